/**
 * The commands of the prompt, as `mp_commands.c` has them.
 *
 * @module
 */

import { Objects, PatientMempool, PatientRing } from "../../ffi/core.ts";
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

/**
 * The most microseconds to wait for another process's update; a stopped process stays in the middle
 * of it.
 */
const PATIENCE = 10_000;

/**
 * Sends a text to the peer: get, fill, enqueue; a message that does not fit the ring goes back.
 *
 * @returns what went wrong, or undefined.
 */
function send(text: string, shared: Shared, objs: Objects): string | undefined {
  const pool = new PatientMempool(shared.pool, PATIENCE);
  const ring = new PatientRing(shared.sendRing, PATIENCE);
  const bytes = encoder.encode(text);
  const most = shared.pool.elementSize - 1;
  if (bytes.length === 0) return "Bad arguments: send needs a message";
  if (bytes.length > most) {
    return `Message of ${bytes.length} bytes is too long, at most ${most} fit - message discarded`;
  }
  if (!pool.get(objs)) return "Failed to get message buffer - message discarded";
  const element = shared.pool.bytes(objs);
  element.set(bytes);
  element[bytes.length] = 0;
  if (ring.enqueue(objs)) return undefined;
  // where the put fails, the next audit gives the message back
  pool.put(objs);
  return "Failed to send message - message discarded";
}

/** The result of a line of input: text to print, or the end. */
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
