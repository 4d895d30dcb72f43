/**
 * What `denodpdk` says where it is not told what to do: the list of all commands, or what is wrong.
 *
 * @module
 */

import { fail, knownWord } from "../lib/option.ts";
import { run } from "../lib/run.ts";
import { write } from "../lib/stdout.ts";
import { columnsOf } from "../lib/terminal.ts";
import { wrap } from "../lib/wrap.ts";
import { COMMANDS, HELP } from "./commands.ts";

/** How a person says what is to be done. */
const USAGE = `denodpdk COMMAND [arguments]
denodpdk help COMMAND`;

/** What a README says in its heading behind the name. */
export function summaryOf(readme: URL): string {
  const [heading = ""] = Deno.readTextFileSync(readme).split("\n", 1);
  return heading.slice(heading.indexOf(":") + 1).trim();
}

/** The usage, and the commands, one a line. */
export function listText(width: number = columnsOf("stdout")): string {
  const room = Math.max(...COMMANDS.map(({ name }) => name.length));
  const commands = COMMANDS.flatMap(({ name, readme }) =>
    wrap(summaryOf(readme), width, { first: `  ${name.padEnd(room)}  ` })
  );
  return `${USAGE}\n\n${commands.join("\n")}\n`;
}

/** Answers a command line that names no command. */
function answer([word, ...rest]: readonly string[]): number {
  const names = COMMANDS.map(({ name }) => name);
  if (word !== undefined) knownWord(`'${word}'`, word, [...names, HELP], "one");
  if (rest.length > 1) fail(HELP, "one command", `${rest.length}`);
  if (rest[0] !== undefined) knownWord(HELP, rest[0], names, "one");
  write(listText());
  return 0;
}

/** Lists the commands, or says what is wrong with a command line. */
export function list(name: string): Promise<never> {
  return run(name, new URL("./README.md", import.meta.url), answer);
}
