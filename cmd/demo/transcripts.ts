/**
 * Two transcripts side by side, row by row as their lines come.
 *
 * @module
 */

import { say } from "../lib/stdout.ts";

/** Columns of the terminal for each transcript; with the line between them, 80 hold both. */
const WIDTH = 38;

/** A text, cut or filled up to the width; every character of the demo is one column wide. */
function cell(text: string): string {
  const characters = [...text];
  if (characters.length > WIDTH) return `${characters.slice(0, WIDTH - 1).join("")}…`;
  return text + " ".repeat(WIDTH - characters.length);
}

/** Prints the table's head and returns a function that prints one line of one of the two. */
export function sideBySide<Name extends string>(
  left: Name,
  right: Name,
): (name: Name, line: string) => void {
  say(`${cell(left)} │ ${right}`);
  say(`${"─".repeat(WIDTH)}─┼─${"─".repeat(WIDTH)}`);
  return (name, line) =>
    say(
      name === left ? `${cell(line)} │` : `${" ".repeat(WIDTH)} │ ${cell(line).trimEnd()}`,
    );
}
