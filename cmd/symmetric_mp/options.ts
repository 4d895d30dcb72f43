/**
 * symmetric_mp's own options: `smp_parse_args` of the C sample.
 *
 * @module
 */

import { integer, type OptionValues, readOptions, refuse, required } from "../lib/options.ts";
import { parsePortMask, PORT_MASK } from "../lib/ports.ts";

/** The most processes: the queues that a port can have. */
export const MAX_PROCS = 1024;

const OPTIONS = {
  /** A bit for each port. */
  portMask: required("-p", PORT_MASK, (text) => parsePortMask(text) || undefined),
  /** The number of processes. */
  numProcs: required(
    "--num-procs",
    `a number of processes from 1 to ${MAX_PROCS}`,
    integer(1, MAX_PROCS),
  ),
  /** The number of this process, from 0 on. */
  procId: required(
    "--proc-id",
    "the id of this process, from 0 to --num-procs less 1",
    integer(0, MAX_PROCS - 1),
  ),
};

/** The values of the options. */
export type Options = OptionValues<typeof OPTIONS>;

/**
 * Reads what follows `--`.
 *
 * @throws {DpdkError} one line that names the option and what was expected.
 */
export function readOwnOptions(args: readonly string[]): Options {
  const options = readOptions(args, OPTIONS);
  const { numProcs, procId } = options;
  if (procId < numProcs) return options;
  refuse("--proc-id", `less than --num-procs ${numProcs}`, `${procId}`);
}
