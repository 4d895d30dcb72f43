/**
 * setup's options.
 *
 * @module
 */

import { flag, integer, optional, type OptionValues, readOptions } from "../lib/options.ts";
import { DEFAULT_MIB } from "../lib/setup/hugepages.ts";

const OPTIONS = {
  /** Also what tests need. */
  tests: flag("--tests"),
  /** Memory in 2 MiB hugepages, in all. */
  hugepagesMib: optional(
    "--hugepages-mib",
    "a whole number of MiB, 2 or more",
    integer(2, 2 ** 31),
    DEFAULT_MIB,
  ),
};

/** Reads setup's options. */
export function setupOptions(args: readonly string[]): OptionValues<typeof OPTIONS> {
  return readOptions(args, OPTIONS);
}
