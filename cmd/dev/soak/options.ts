/**
 * The soak's options.
 *
 * @module
 */

import {
  flag,
  integer,
  knownWord,
  optional,
  type OptionValues,
  readOptions,
} from "../../lib/options.ts";

/** Whether slaves float, for each mode. */
const MODES: Readonly<Record<string, readonly boolean[]>> = {
  pinned: [false],
  floating: [true],
  both: [false, true],
};

const NAMES = Object.keys(MODES);

const OPTIONS = {
  /** Slaves to kill. */
  count: optional("--count", "kills from 0 to 100000", integer(0, 100_000), 200),
  /** Whether slaves float, for each part of the run. */
  mode: optional(
    "--mode",
    `some of ${NAMES.join(", ")}`,
    (text) => MODES[knownWord("--mode", text, NAMES)],
    [false, true],
  ),
  /** Where the random numbers begin; undefined for anywhere. */
  seed: optional(
    "--seed",
    "a number from 0 to 4294967295",
    integer(0, 0xffff_ffff),
    undefined,
  ),
  /** Rounds of mp_server's clients. */
  clients: optional("--clients", "rounds from 0 to 100000", integer(0, 100_000), 300),
  /** Starts of two primaries at once, and a quarter as many of eight. */
  races: optional("--races", "rounds from 0 to 100000", integer(0, 100_000), 200),
  /** Rounds of symmetric_mp's and simple_mp's processes. */
  rings: optional("--rings", "rounds from 0 to 100000", integer(0, 100_000), 300),
  /** Leave the crash points out. */
  noCrashPoints: flag("--no-crash-points"),
};

/** Reads them. */
export function soakOptions(args: readonly string[]): OptionValues<typeof OPTIONS> {
  return readOptions(args, OPTIONS);
}
