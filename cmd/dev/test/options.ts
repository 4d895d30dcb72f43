/**
 * Which tests are to be run.
 *
 * @module
 */

import { flag, readCommand } from "../../lib/options.ts";
import { DIST_FILTERS, selectFiles } from "./files.ts";

const OPTIONS = {
  /** With the compiled programs. */
  dist: flag("--dist"),
};

/**
 * Reads them.
 *
 * @throws {DpdkError} for a filter that selects nothing.
 */
export function testOptions(args: readonly string[]): { dist: boolean; files: string[] } {
  const { dist, operands } = readCommand(args, OPTIONS, (word) => word);
  return { dist, files: selectFiles(dist && operands.length === 0 ? DIST_FILTERS : operands) };
}
