/**
 * The commands of the prompt, as `mp_commands.c` has them.
 *
 * @module
 */

import { delayUsSleep, Objects } from "../../ffi/core.ts";
import type { Shared } from "./objects.ts";

/** The words that the prompt knows, for completion. */
export const COMMANDS: readonly string[] = ["send", "quit", "help"];

const HELP = `Simple demo example of multi-process in RTE

This is a readline-like interface that can be used to
send commands to the simple app. Commands supported are:

- send [string]
- help
- quit
`;

const encoder = new TextEncoder();

/** How long an update by another process may be under way, in tries of 5 microseconds. */
const TRIES = 2_000;

/**
 * Waits until nobody is in the middle of an update. One that does not end is a stopped process's: a
 * call would wait for it.
 */
function settled(shared: { readonly torn: boolean }): boolean {
  for (let i = 0; i < TRIES; i++) {
    if (!shared.torn) return true;
    delayUsSleep(5);
  }
  return false;
}

/**
 * Sends a text to the peer: get, fill, enqueue; a message that does not fit the ring goes back.
 *
 * @returns what went wrong, or undefined.
 */
function send(text: string, { pool, sendRing }: Shared, objs: Objects): string | undefined {
  const bytes = encoder.encode(text);
  const most = pool.elementSize - 1;
  if (bytes.length === 0) return "Bad arguments: send needs a message";
  if (bytes.length > most) {
    return `Message of ${bytes.length} bytes is too long, at most ${most} fit - message discarded`;
  }
  if (!settled(pool) || !pool.get(objs)) return "Failed to get message buffer - message discarded";
  const element = pool.bytes(objs);
  element.set(bytes);
  element[bytes.length] = 0;
  if (settled(sendRing) && sendRing.enqueue(objs)) return undefined;
  if (settled(pool)) pool.put(objs);
  return "Failed to send message - message discarded";
}

/** What a line of input leads to: lines to print, or the end. */
export type Outcome = { print?: string } | "quit";

/** A function that obeys one line of input. The message is all that follows `send `. */
export function commands(objects: Shared): (line: string) => Outcome {
  let objs: Objects | undefined;
  return (line) => {
    const [, command, rest = ""] = line.match(/^\s*(\S*)\s*([^]*?)\s*$/) ?? [];
    if (command === "") return {};
    if (!COMMANDS.includes(command ?? "")) return { print: "Command not found" };
    if (command === "send") {
      objects.sender?.enter();
      const problem = send(rest, objects, objs ??= new Objects(1));
      objects.sender?.leave();
      return problem === undefined ? {} : { print: problem };
    }
    if (rest !== "") return { print: `Bad arguments: ${command} takes none` };
    return command === "quit" ? "quit" : { print: HELP };
  };
}
