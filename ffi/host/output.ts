/**
 * Standard output and standard error of a program that works while it prints: a reader that does not
 * read must not keep it from its work. See libshim/output.c.
 *
 * @module
 */

import { DpdkError } from "../boundary/errors.ts";
import { openShim } from "../boundary/library.ts";
import { errnoTexts } from "../boundary/native.ts";

/** Standard output and standard error. */
const FD = { stdout: 1, stderr: 2 } as const;

/** One of the two. */
export type OutputName = keyof typeof FD;

/** How long the end of a program waits for a reader that does not read, in milliseconds. */
const PATIENCE = 200;

const encoder = new TextEncoder();

/**
 * Writes a text. What its reader does not take at once waits in the shim, up to 256 KiB; whole lines
 * beyond that are dropped, and a line says how many as soon as somebody reads again.
 *
 * Before the shim is open, and in a program that uses none, it waits for the reader.
 *
 * @throws {Deno.errors.BrokenPipe} once, when the reader has gone.
 * @throws {DpdkError} for any other failure, as a full disk.
 */
export function writeOutput(name: OutputName, text: string): void {
  const bytes = encoder.encode(text);
  const shim = openShim();
  if (shim === undefined) {
    for (let at = 0; at < bytes.length;) at += Deno[name].writeSync(bytes.subarray(at));
    return;
  }
  const result = shim.shim_output_write(FD[name], bytes, bytes.length);
  if (result === 0) return;
  const { code, reason } = errnoTexts(-result);
  if (code === "EPIPE") throw new Deno.errors.BrokenPipe(reason);
  throw new DpdkError({ operation: `write to ${name}`, errno: -result, code, reason });
}

/** Whether something waits for the reader of standard output. */
export function isOutputWaiting(): boolean {
  return (openShim()?.shim_output_pending(FD.stdout) ?? 0) > 0;
}

/** Waits until all is written, as long as somebody reads; before the end of a program. */
export function flushOutput(): void {
  openShim()?.shim_output_flush(PATIENCE);
}
