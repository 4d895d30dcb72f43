/**
 * The commands of traffic.
 *
 * @module
 */

import { fail, knownWord, ownArgs } from "../lib/options.ts";
import { CAPTURE } from "./capture.ts";
import { type Command, NAME, type Run } from "./command.ts";
import { NDR_COMMAND } from "./ndr.ts";
import { RECEIVE } from "./receive.ts";
import { REPORT } from "./report.ts";
import { RFC2544 } from "./rfc2544.ts";
import { REPLAY } from "./replay.ts";
import { SEND } from "./send.ts";

/** Each command by its name. */
const COMMANDS: ReadonlyMap<string, Command> = new Map([
  ["send", SEND],
  ["receive", RECEIVE],
  ["ndr", NDR_COMMAND],
  ["rfc2544", RFC2544],
  ["replay", REPLAY],
  ["capture", CAPTURE],
  ["report", REPORT],
]);

/** The names of all commands. */
export const trafficCommands = (): string[] => [...COMMANDS.keys()];

/** What needs no EAL, so that there are no options of EAL before it. */
const WITHOUT_EAL = "report";

/** The words of a command: those behind `--`, or all of `traffic report A.json`. */
export function commandWords(args: readonly string[]): readonly string[] {
  return args[0] === WITHOUT_EAL ? args : ownArgs(args);
}

/**
 * Reads what follows `--`, before anything is started.
 *
 * @throws {DpdkError} one line that names the option and what was expected.
 */
export function prepare(args: readonly string[]): Run {
  const names = trafficCommands();
  const [word] = args;
  if (word === undefined) fail(NAME, `a command, one of ${names.join(", ")}`, "nothing");
  const name = knownWord(NAME, word, names, "one");
  return COMMANDS.get(name)!.prepare(args.slice(1));
}
