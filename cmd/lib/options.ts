/**
 * How every program reads its own options, and what it says of wrong ones, always in one line:
 * `OPTION: expected ..., got '...'`, with what was probably meant.
 *
 * @module
 */

import { Command, CommanderError, Option } from "@commander-js/extra-typings";
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

function fail(operation: string, expected: string, got: string, hint?: string): never {
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

/** What commander makes of a command line: the text of each option given, and the other words. */
function split(
  args: readonly string[],
  specs: readonly OptionSpec<unknown>[],
): { texts: Map<string, string>; operands: string[] } {
  const texts = new Map<string, string>();
  const command = new Command().exitOverride().helpOption(false).addHelpCommand(false)
    .allowExcessArguments(true).showSuggestionAfterError(false)
    .configureOutput({ writeErr: () => {} });
  const take = (flag: string, given: string) => {
    if (texts.has(flag)) fail(flag, "once", "it twice");
    texts.set(flag, given);
  };
  for (const { flag, expected } of specs) {
    const option = new Option(expected === undefined ? flag : `${flag} <value>`);
    command.addOption(option.argParser((given: string | null) => take(flag, given ?? "")));
  }
  try {
    command.parse(args, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) explain(error, specs);
    throw error;
  }
  return { texts, operands: command.args };
}

/** Says what commander found in the words of all programs. */
function explain({ code, message }: CommanderError, specs: readonly OptionSpec<unknown>[]): never {
  const [, word = ""] = message.match(/'([^']*)'/) ?? [];
  const [name = "", ...value] = word.split(/(?==)/);
  const given = name.split(" ", 1)[0] ?? "";
  const spec = specs.find(({ flag }) => flag === given);
  if (code === "commander.optionMissingArgument" && spec) {
    fail(given, spec.expected ?? "a value", "nothing");
  }
  if (spec) refuse(given, "no value", value.join("").slice(1));
  unknown(given, given, specs);
}

/** Refuses a word that is no option of the program's. */
function unknown(what: string, word: string, specs: readonly OptionSpec<unknown>[]): never {
  const flags = specs.map(({ flag }) => flag);
  const expected = flags.length > 1 ? `one of ${flags.join(", ")}` : flags[0] ?? "no options";
  refuse(what, expected, word, didYouMean(word, flags));
}

function valuesOf<Specs extends Record<string, OptionSpec<unknown>>>(
  specs: Specs,
  texts: ReadonlyMap<string, string>,
): OptionValues<Specs> {
  const values = Object.entries(specs).map(([name, spec]) => {
    const given = texts.get(spec.flag);
    return [name, given === undefined ? spec.absent() : spec.read(given)];
  });
  return Object.fromEntries(values) as OptionValues<Specs>;
}

/**
 * Reads a program's options.
 *
 * @throws {DpdkError} for the first that is wrong.
 */
export function readOptions<Specs extends Record<string, OptionSpec<unknown>>>(
  args: readonly string[],
  specs: Specs,
): OptionValues<Specs> {
  const all = Object.values(specs);
  const { texts, operands: [stray] } = split(args, all);
  if (stray !== undefined) unknown(`'${stray}'`, stray, all);
  return valuesOf(specs, texts);
}

/**
 * The same for a program that takes other words as well.
 *
 * @param read Reads such a word, and refuses a wrong one.
 */
export function readCommand<Specs extends Record<string, OptionSpec<unknown>>, T>(
  args: readonly string[],
  specs: Specs,
  read: (word: string) => T,
): OptionValues<Specs> & { operands: T[] } {
  const { texts, operands } = split(args, Object.values(specs));
  return { ...valuesOf(specs, texts), operands: operands.map(read) };
}
