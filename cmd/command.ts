/**
 * What all commands share: `--help` prints the program's README, and a wrong option is one line
 * that says what was expected.
 *
 * @module
 */

import { Command } from "@commander-js/extra-typings";
import { helpText } from "./help.ts";

/**
 * A commander command without options yet.
 *
 * @param name The name that its messages begin with.
 * @param readmeUrl The README that is its `--help` text.
 */
export function command(name: string, readmeUrl: URL): Command {
  const command = new Command(name);
  return command
    .helpOption("--help")
    .addHelpCommand(false)
    .showSuggestionAfterError(false)
    .configureHelp({ formatHelp: () => helpText(readmeUrl) })
    .configureOutput({
      outputError: (text, write) => {
        const options = [...command.options.map(({ flags }) => flags), "--help"].join(", ");
        const what = text.trim().replace(/^error: /, "").replace(/\.$/, "")
          .replace(". expected", "; expected");
        // an InvalidArgumentError says itself what was expected
        const expected = what.includes("expected") ? "" : `; expected ${options}`;
        write(`${name}: ${what}${expected}\n`);
      },
    });
}

/** How a person runs a task of this project: with their Deno, or with npx's where that runs us. */
export function task(name: string): string {
  const npx = Deno.env.get("npm_command") === "exec";
  return `${npx ? `npx --yes deno@${Deno.version.deno}` : "deno"} task ${name}`;
}
