/**
 * Which tests are to be run, and on which systems.
 *
 * @module
 */

import { optional, type OptionValues, readCommand, words } from "../../lib/options.ts";
import { selectFiles } from "../test/files.ts";

/** Debian's names for what is supported. */
export const SUITES: readonly string[] = ["bookworm", "trixie", "sid"];

const OPTIONS = {
  /** The systems. */
  suites: optional(
    "--suites",
    `some of ${SUITES.join(", ")}`,
    words("--suites", SUITES),
    ["bookworm", "trixie"],
  ),
};

/**
 * Reads them.
 *
 * @throws {DpdkError} for a filter that selects nothing.
 */
export function bareOptions(
  args: readonly string[],
): OptionValues<typeof OPTIONS> & { filters: string[] } {
  const { suites, operands } = readCommand(args, OPTIONS, (word) => word);
  const filters = operands.length > 0 ? operands : ["tests/tools/bare/", "tests/samples/"];
  selectFiles(filters);
  return { suites, filters };
}
