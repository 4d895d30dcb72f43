/**
 * inspect's options.
 *
 * @module
 */

import { flag, optional, type OptionValues, readOptions, text } from "../lib/options.ts";

const OPTIONS = {
  /** File prefix of the primary to look at. */
  filePrefix: optional("--file-prefix", "the primary's file prefix", text, "rte"),
  /** Attach to PCI devices too. */
  pci: flag("--pci"),
  /** Print JSON. */
  json: flag("--json"),
  /** Look for every element of every pool. */
  audit: flag("--audit"),
  /** The pool to repair. */
  repair: optional("--repair", "the name of a pool", text, undefined),
};

/** Reads inspect's options. */
export function inspectOptions(args: readonly string[]): OptionValues<typeof OPTIONS> {
  return readOptions(args, OPTIONS);
}
