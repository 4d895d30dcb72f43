/**
 * Options of a program: how they are written, and how their values are read. A wrong value is
 * refused in one line, `OPTION: expected ..., got '...'`, with a suggestion where one is near.
 *
 * @module
 */

import { DpdkError } from "../../ffi/boundary/errors.ts";
import { didYouMean } from "../../ffi/host/suggest.ts";

/**
 * An option whose value is a `T`. Made by `option.required`, `option.optional` and `option.flag`.
 */
export interface OptionSpec<T> {
  /** The option on the command line: `-p` or `--num-procs`. */
  readonly flag: string;
  /** What the value must be, in words, for messages; undefined for an option without a value. */
  readonly expected?: string;
  /** Reads the value from its text. */
  read(text: string): T;
  /** Gives the value for an option that was left out. */
  absent(): T;
}

/** The values of options, by the names that the program gave the options. */
export type OptionValues<Specs> = {
  [Name in keyof Specs]: Specs[Name] extends OptionSpec<infer T> ? T : never;
};

/** Reads a value from its text; returns undefined for a text that is not what is expected. */
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
 * @param expected what the value must be, in words, as `a hexadecimal mask of ports such as 3`.
 */
export function required<T>(flag: string, expected: string, read: Reader<T>): OptionSpec<T> {
  const absent = () => fail(flag, expected, "nothing");
  return { flag, expected, read: reader(flag, expected, read), absent };
}

/**
 * An option that may be left out; `otherwise` is its value then.
 *
 * @example A rate, 1000 packets a second unless it is given
 * ```ts
 * import { option, program } from "denodpdk";
 *
 * program({
 *   options: {
 *     rate: option.optional("--rate", "packets a second", option.integer(1, 1e9), 1000),
 *   },
 *   main({ options }) {
 *     console.log(options.rate);
 *   },
 * });
 * ```
 */
export function optional<T, Default>(
  flag: string,
  expected: string,
  read: Reader<T>,
  otherwise: Default,
): OptionSpec<T | Default> {
  return { flag, expected, read: reader(flag, expected, read), absent: () => otherwise };
}

/** An option without a value, such as `--quiet`: true when it was given. */
export function flag(flag: string): OptionSpec<boolean> {
  return { flag, read: () => true, absent: () => false };
}

/** Reads a whole number from `min` to `max`. */
export function integer(min: number, max: number): Reader<number> {
  return (text) => {
    const value = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
    return value >= min && value <= max ? value : undefined;
  };
}

/** Reads any text that is not empty. */
export function text(given: string): string | undefined {
  return given || undefined;
}

/**
 * Reads words of a list, separated by commas.
 *
 * @param what the option that is named when a word is not in the list, such as `--rows`.
 */
export function words(what: string, known: readonly string[]): Reader<string[]> {
  return (text) => text.split(",").map((word) => knownWord(what, word, known));
}

/**
 * Returns a word that is in a list; any other is refused, with a suggestion where one is near.
 *
 * @param some How many words of the list may be given.
 */
export function knownWord(
  what: string,
  word: string,
  known: readonly string[],
  some: "some" | "one" = "some",
): string {
  if (known.includes(word)) return word;
  refuse(what, `${some} of ${known.join(", ")}`, word, didYouMean(word, known));
}
