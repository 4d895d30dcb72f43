/**
 * The options after `--`, as the ancestor has them.
 *
 * @module
 */

import {
  flag,
  integer,
  optional,
  type OptionValues,
  readOptions,
  required,
} from "../lib/options.ts";
import { parsePeriod, PERIOD } from "../lib/period.ts";
import { parsePortMask, PORT_MASK } from "../lib/ports.ts";

/** `MAX_RX_QUEUE_PER_LCORE`. */
const MAX_PORTS_PER_SLAVE = 16;

const OPTIONS = {
  /** Ports to forward on, a bit each. */
  portMask: required(
    "-p",
    `${PORT_MASK} for ports 0 and 1`,
    (text) => parsePortMask(text) || undefined,
  ),
  /** Ports that one slave receives on. */
  portsPerSlave: optional(
    "-q",
    `ports of a slave from 1 to ${MAX_PORTS_PER_SLAVE - 1}`,
    integer(1, MAX_PORTS_PER_SLAVE - 1),
    1,
  ),
  /** Seconds between two tables of statistics, 0 for none. */
  period: optional("-T", PERIOD, parsePeriod, 10),
  /** Slaves float: no CPU, and an lcore id of their own. */
  floating: flag("-f"),
};

/** The values of the options. */
export type Options = OptionValues<typeof OPTIONS>;

/**
 * Reads the options.
 *
 * @throws {DpdkError} one line that names the option and what was expected.
 */
export function parseOptions(args: readonly string[]): Options {
  return readOptions(args, OPTIONS);
}
