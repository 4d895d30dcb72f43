/**
 * Options of a program, and what is said of wrong values, always in one line:
 * `OPTION: expected ..., got '...'`, with what was probably meant.
 *
 * @module
 */

import { DpdkError } from "../../ffi/boundary/errors.ts";
import { didYouMean } from "../../ffi/host/suggest.ts";

/** An option. Made by {@linkcode required}, {@linkcode optional} and {@linkcode flag}. */
export interface OptionSpec<T> {
  /** As it is given: `-p` or `--num-procs`. */
  readonly flag: string;
  /** What its value must be, for messages; undefined where it takes none. */
  readonly expected?: string;
  /** The value of its text. */
  read(text: string): T;
  /** The value where it is left out. */
  absent(): T;
}

/** The values of options by the names that a program gives them. */
export type OptionValues<Specs> = {
  [Name in keyof Specs]: Specs[Name] extends OptionSpec<infer T> ? T : never;
};

/** Reads a text; undefined where it is not what is expected. */
export type Reader<T> = (text: string) => T | undefined;

/** Refuses an option: `-n: expected a number of clients from 1 to 16, got nothing`. */
export function fail(operation: string, expected: string, got: string, hint?: string): never {
  throw new DpdkError({
    operation,
    reason: `expected ${expected}, got ${got}`,
    ...(hint ? { hint } : {}),
  });
}

/** Refuses a value: `-n: expected a number of clients from 1 to 16, got '0'`. */
export function refuse(flag: string, expected: string, got: string, hint?: string): never {
  fail(flag, expected, `'${got}'`, hint);
}

function reader<T>(flag: string, expected: string, read: Reader<T>): (text: string) => T {
  return (text) => read(text) ?? refuse(flag, expected, text);
}

/**
 * An option that must be given.
 *
 * @param expected What its value must be, as `a hexadecimal mask of ports such as 3`.
 */
export function required<T>(flag: string, expected: string, read: Reader<T>): OptionSpec<T> {
  const absent = () => fail(flag, expected, "nothing");
  return { flag, expected, read: reader(flag, expected, read), absent };
}

/** An option that can be left out. */
export function optional<T, Default>(
  flag: string,
  expected: string,
  read: Reader<T>,
  otherwise: Default,
): OptionSpec<T | Default> {
  return { flag, expected, read: reader(flag, expected, read), absent: () => otherwise };
}

/** An option without a value: whether it was given. */
export function flag(flag: string): OptionSpec<boolean> {
  return { flag, read: () => true, absent: () => false };
}

/** A whole number of a range. */
export function integer(min: number, max: number): Reader<number> {
  return (text) => {
    const value = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
    return value >= min && value <= max ? value : undefined;
  };
}

/** Any text but none. */
export function text(given: string): string | undefined {
  return given || undefined;
}

/**
 * Words of a list, with commas between them.
 *
 * @param what What an unknown word is refused for, as `--rows`.
 */
export function words(what: string, known: readonly string[]): Reader<string[]> {
  return (text) => text.split(",").map((word) => knownWord(what, word, known));
}

/** A word of a list; an unknown one is refused with the one that was probably meant. */
export function knownWord(what: string, word: string, known: readonly string[]): string {
  if (known.includes(word)) return word;
  refuse(what, `some of ${known.join(", ")}`, word, didYouMean(word, known));
}
