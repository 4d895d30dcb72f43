/**
 * Standard output and standard error of a program that must not wait for whoever reads its output.
 * See libshim/output.c.
 *
 * @module
 */

import { DpdkError } from "../boundary/errors.ts";
import { openShim } from "../boundary/library.ts";
import { errnoTexts } from "../boundary/native.ts";

/** Standard output and standard error. */
const FD = { stdout: 1, stderr: 2 } as const;

/** The name of one of these. */
export type OutputName = keyof typeof FD;

/** How long a program waits at its end for a reader that does not read, in milliseconds. */
const PATIENCE = 200;

const encoder = new TextEncoder();

/**
 * Writes a text. What the reader does not take at once waits in the shim, up to 256 KiB. Whole
 * lines beyond that are dropped; once the reader reads again, a line says how many.
 *
 * Before the shim is open, and in a program that does not use it, the call waits for the reader.
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

/** Whether text waits for the reader of standard output. */
export function isOutputWaiting(): boolean {
  return (openShim()?.shim_output_pending(FD.stdout) ?? 0) > 0;
}

/** Waits until all text is written, as long as the reader reads. Called before a program ends. */
export function flushOutput(): void {
  openShim()?.shim_output_flush(PATIENCE);
}
