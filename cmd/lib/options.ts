/**
 * How every program reads its own options.
 *
 * @module
 */

// by its whole name: a script elsewhere has an import map of its own, without this package
// deno-lint-ignore no-import-prefix
import { Command, CommanderError, Option } from "npm:@commander-js/extra-typings@15.1.0";
import { didYouMean } from "../../ffi/host/suggest.ts";
import { fail, type OptionSpec, type OptionValues, refuse } from "./option.ts";

export * from "./option.ts";

/**
 * A program's own arguments: all that follows `--`. They are found without the shim, which knows EAL's
 * options, so that a wrong one is told before the shim is built.
 */
export function ownArgs(args: readonly string[]): string[] {
  const end = args.indexOf("--");
  return end < 0 ? [] : args.slice(end + 1);
}

/** Splits a command line by commander: the text of each given option, and the other words. */
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

/** Throws commander's error in the words of all programs. */
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

/** Refuses a word that is no option of the program. */
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
 * @throws {DpdkError} for the first wrong option.
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
 * Reads the options of a program that takes other words too.
 *
 * @param read reads such a word, and throws for a wrong one.
 */
export function readCommand<Specs extends Record<string, OptionSpec<unknown>>, T>(
  args: readonly string[],
  specs: Specs,
  read: (word: string) => T,
): OptionValues<Specs> & { operands: T[] } {
  const { texts, operands } = split(args, Object.values(specs));
  return { ...valuesOf(specs, texts), operands: operands.map(read) };
}
