/**
 * The line and the exit status for an error that ends a program.
 *
 * @module
 */

import { DpdkError } from "../../ffi/boundary/errors.ts";

/** The operation in the error of a failed write to standard output. */
const OUTPUT = "write to stdout";

/** The end of a program that failed. */
export interface Outcome {
  /** The line on stderr, without the program's name; undefined for none. */
  line: string | undefined;
  /** The program's exit status. */
  status: number;
}

/** The status that shells show for a program that SIGPIPE ends, as most C programs. */
const SIGPIPE_STATUS = 141;

/** Whether it is standard output that could not be written. */
export function isOutputFailure(error: unknown): boolean {
  return error instanceof DpdkError && error.operation === OUTPUT;
}

/** Whether the reader of standard output has ended, as `head` does, which is no fault. */
function isReaderGone(error: unknown): boolean {
  return error instanceof Deno.errors.BrokenPipe ||
    error instanceof DpdkError && error.operation === OUTPUT && error.code === "EPIPE";
}

let inWords = (message: string): string => message;

/** Sets in which words the messages of errors are told. */
export function setErrorWords(words: (message: string) => string): void {
  inWords = words;
}

/** The message of an error, as it is told. */
export function messageOf(error: unknown): string {
  return inWords(error instanceof Error ? error.message : String(error));
}

/** The outcome of an error; errors that the user did not cause are "internal errors". */
export function outcomeOf(error: unknown): Outcome {
  // the first error counts, not one of the disposal after it
  if (error instanceof SuppressedError) return outcomeOf(error.suppressed);
  if (isReaderGone(error)) return { line: undefined, status: SIGPIPE_STATUS };
  const message = messageOf(error);
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
