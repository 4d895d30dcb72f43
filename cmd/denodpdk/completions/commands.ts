/**
 * The commands as shells complete them: all of what is completed stands in READMEs.
 *
 * @module
 */

import { COMMANDS } from "../commands.ts";
import { summaryOf } from "../list.ts";
import { documentedOptions } from "./options.ts";
import type { CompletedCommand } from "./shells.ts";

/** All commands with their options. */
export function completedCommands(): CompletedCommand[] {
  return COMMANDS.map(({ name, readme }) => ({
    name,
    summary: summaryOf(readme),
    ...documentedOptions(Deno.readTextFileSync(readme)),
  }));
}
