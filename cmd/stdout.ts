/**
 * What programs print: never through `console`, which waits for the reader.
 *
 * @module
 */

import { writeOutput } from "../ffi/host/output.ts";

/** Writes all of a text to stdout now, or drops lines where nobody reads them. */
export function write(text: string): void {
  writeOutput("stdout", text);
}

/** Writes a line to stdout. */
export function say(line: string): void {
  writeOutput("stdout", `${line}\n`);
}

/** Writes a line to stderr. */
export function complain(line: string): void {
  writeOutput("stderr", `${line}\n`);
}
