/**
 * What is to be compiled.
 *
 * @module
 */

import { knownWord, readCommand } from "../../lib/options.ts";
import { PROGRAMS } from "./programs.ts";

const NAMES = PROGRAMS.map(({ name }) => name);

/** Names of programs; all where none is given. */
export function compileOptions(args: readonly string[]): string[] {
  const { operands } = readCommand(args, {}, (word) => knownWord(`'${word}'`, word, NAMES));
  return operands.length > 0 ? operands : NAMES;
}
