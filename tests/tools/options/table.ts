/**
 * Tables of command lines: what a program makes of them, or the one line that refuses them.
 *
 * @module
 */

import { DpdkError } from "../../../mod.ts";
import { assertEquals, assertMatch, assertStrictEquals, assertThrows } from "../../assert.ts";

const words = (line: string) => line.split(" ").filter((word) => word !== "").map(unquoted);

/** `''` is an empty word. */
const unquoted = (word: string) => word === "''" ? "" : word;

/** Registers a test for each command line that is right. */
export function understands<T>(
  program: string,
  read: (args: string[]) => T,
  lines: Readonly<Record<string, T>>,
): void {
  for (const [line, expected] of Object.entries(lines)) {
    Deno.test(`${program} ${line}`, () => assertEquals(read(words(line)), expected));
  }
}

/** Registers a test for each command line that is wrong, with the whole line that says so. */
export function refuses(
  program: string,
  read: (args: string[]) => unknown,
  lines: Readonly<Record<string, string>>,
): void {
  for (const [line, expected] of Object.entries(lines)) {
    Deno.test(`${program} refuses: ${line}`, () => {
      const { message } = assertThrows(() => read(words(line)), DpdkError);
      assertMatch(message, /^[^\n]+: expected [^\n]+, got [^\n]+$/);
      assertStrictEquals(message, expected);
    });
  }
}
