/**
 * What is to be tried, and on which systems.
 *
 * @module
 */

import { SUITES } from "../bare/options.ts";
import {
  knownWord,
  optional,
  type OptionValues,
  readCommand,
  text,
  words,
} from "../../lib/options.ts";

/** What is run on each system, in this order: the arguments of `deno task`. */
export const STEPS: Readonly<Record<string, readonly string[]>> = {
  demo: ["demo"],
  check: ["check"],
  test: ["test"],
  compile: ["compile"],
  dist: ["test", "--dist"],
};

const NAMES = Object.keys(STEPS);

const OPTIONS = {
  /** Names of {@linkcode STEPS}. */
  steps: optional("--steps", `some of ${NAMES.join(", ")}`, words("--steps", NAMES), NAMES),
  /** Filters of `task test`. */
  tests: optional(
    "--tests",
    "filters with commas between them",
    (given) => text(given)?.split(","),
    [],
  ),
};

/** Reads them. */
export function versionsOptions(
  args: readonly string[],
): OptionValues<typeof OPTIONS> & { suites: readonly string[] } {
  const { operands, ...options } = readCommand(
    args,
    OPTIONS,
    (word) => knownWord(`'${word}'`, word, SUITES),
  );
  return { ...options, suites: operands.length > 0 ? operands : SUITES };
}
