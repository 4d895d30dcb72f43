/**
 * Standard output of programs. A program that works meanwhile does not wait for the reader.
 *
 * @module
 */

import { writeOutput } from "../../ffi/host/output.ts";
import { outputError } from "./outcome.ts";

export { isOutputWaiting } from "../../ffi/host/output.ts";

/**
 * Writes a text to stdout without waiting; lines are dropped when the reader does not read.
 *
 * @throws {DpdkError} EPIPE when its reader has gone, ENOSPC when the disk is full.
 */
export function write(text: string): void {
  try {
    writeOutput("stdout", text);
  } catch (error) {
    throw outputError(error);
  }
}

/**
 * Writes a text to stdout, and waits until the reader has taken it: for a program that prints its
 * result once, and ends.
 *
 * @throws {DpdkError} EPIPE when its reader has gone, ENOSPC when the disk is full.
 */
export function writeAll(text: string): void {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
  } catch (error) {
    throw outputError(error);
  }
}

/** Writes a line to stdout. */
export function say(line: string): void {
  write(`${line}\n`);
}

/** Writes a line to stderr. */
export function complain(line: string): void {
  writeOutput("stderr", `${line}\n`);
}
