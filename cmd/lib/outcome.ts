/**
 * How the error that ends a program is told, and with what exit status.
 *
 * @module
 */

import { DpdkError } from "../../ffi/boundary/errors.ts";

/** What a failed write to standard output is called. */
const OUTPUT = "write to stdout";

/** The end of a program that failed. */
export interface Outcome {
  /** The line on stderr, without the program's name; undefined where nothing is to be said. */
  line: string | undefined;
  /** Its exit status. */
  status: number;
}

/** The status of a program that SIGPIPE ends, as shells have it: most C programs end so. */
const SIGPIPE_STATUS = 141;

/** Whether it is standard output that could not be written. */
export function isOutputFailure(error: unknown): boolean {
  return error instanceof DpdkError && error.operation === OUTPUT;
}

/** Whether the reader of standard output has gone, as `head` goes: no fault of anybody's. */
function isReaderGone(error: unknown): boolean {
  return error instanceof Deno.errors.BrokenPipe ||
    error instanceof DpdkError && error.operation === OUTPUT && error.code === "EPIPE";
}

/** What is told of an error: "internal error" for what is no doing of the user's. */
export function outcomeOf(error: unknown): Outcome {
  // what went wrong first, not what could not be released after it
  if (error instanceof SuppressedError) return outcomeOf(error.suppressed);
  if (isReaderGone(error)) return { line: undefined, status: SIGPIPE_STATUS };
  const message = error instanceof Error ? error.message : String(error);
  const known = error instanceof DpdkError || error instanceof RangeError;
  return { line: `${known ? "" : "internal error: "}${message.split("\n")[0]}`, status: 1 };
}

/** The error of a failed write to standard output. */
export function outputError(error: unknown): DpdkError {
  if (error instanceof DpdkError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const code = error instanceof Deno.errors.BrokenPipe
    ? "EPIPE"
    : text.includes("os error 28")
    ? "ENOSPC"
    : "EIO";
  const reason = text.replace(/ \(os error \d+\).*/s, "");
  return new DpdkError({ operation: OUTPUT, code, reason });
}
