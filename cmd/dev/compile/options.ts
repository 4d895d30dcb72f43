/**
 * What is to be compiled.
 *
 * @module
 */

import {
  fail,
  knownWord,
  optional,
  type OptionValues,
  readCommand,
  refuse,
  text,
} from "../../lib/options.ts";
import { PROGRAMS } from "./programs.ts";

const NAMES = PROGRAMS.map(({ name }) => name);

/** Reads a list of paths. */
const paths = (given: string) => given.split(",").filter((path) => path !== "");

const OPTIONS = {
  /** Where programs of scripts go; undefined for `dist`. */
  output: optional("--output", "a file, or a folder, as bin/", text, undefined),
  /** What a script reads beside its modules. */
  include: optional("--include", "files and folders, separated by commas", paths, []),
  /** What resolves a script's imports in place of its `deno.json`. */
  importMap: optional("--import-map", "a file with an import map", text, undefined),
};

/** What is to be compiled, and how. */
export type CompileOptions = OptionValues<typeof OPTIONS> & {
  /** Names of programs of `cmd/`. */
  programs: string[];
  /** Paths of scripts, as they were given. */
  scripts: string[];
  /** What these are permitted, as flags of Deno. */
  permissions: string[];
};

/** What Deno's permissions are about. */
const KINDS = ["read", "write", "import", "net", "env", "sys", "run", "ffi"];
const PERMISSION = RegExp(
  `^(-A|--allow-all|--((allow|deny)-(${KINDS.join("|")})|ignore-(env|read))(=.+)?)$`,
);

/**
 * One of Deno's flags about permissions.
 *
 * @throws {DpdkError} for one that Deno does not have.
 */
function isPermission(arg: string): boolean {
  if (PERMISSION.test(arg)) return true;
  const [, verb] = arg.match(/^--(allow|deny)-/) ?? [];
  if (verb === undefined) return false;
  return knownWord(arg, arg, KINDS.map((kind) => `--${verb}-${kind}`), "one") === arg;
}

/** Whether a word names a file and not one of the programs. */
function isScript(word: string): boolean {
  return word.includes("/") || /\.[mc]?[jt]sx?$/.test(word);
}

/**
 * Reads the words of the command line; all programs where none and no script is named.
 *
 * @throws {DpdkError} for a wrong word.
 */
export function compileOptions(args: readonly string[]): CompileOptions {
  const permissions = args.filter(isPermission);
  const rest = args.filter((arg) => !isPermission(arg));
  const { operands, ...given } = readCommand(rest, OPTIONS, (word) => word);
  const scripts = operands.filter(isScript);
  const named = operands.filter((word) => !isScript(word))
    .map((word) => knownWord(`'${word}'`, word, NAMES));
  if (scripts.length === 0) {
    const flags = [
      ...permissions.map((flag) => flag.replace(/=.*/, "")),
      ...given.output === undefined ? [] : ["--output"],
      ...given.include.length === 0 ? [] : ["--include"],
      ...given.importMap === undefined ? [] : ["--import-map"],
    ];
    if (flags[0] !== undefined) fail(flags[0], "a script, as FILE.ts", "none");
  }
  if (given.output?.endsWith("/") === false && scripts.length > 1) {
    refuse("--output", "a folder, as bin/, for several scripts", given.output);
  }
  const programs = operands.length > 0 ? named : NAMES;
  return { ...given, programs, scripts, permissions };
}
