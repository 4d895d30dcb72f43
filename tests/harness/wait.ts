/**
 * Waiting for what the tested processes do beside writing, and what they are at when it does not come.
 *
 * @module
 */

import { setTimeout as delay } from "node:timers/promises";
import { PATIENCE } from "./patience.ts";

function read(path: string): string {
  try {
    return Deno.readTextFileSync(path).trim();
  } catch {
    return "?"; // gone meanwhile
  }
}

/** Each thread of a process in a line: its name, its state, its system call and where it sleeps. */
export function threadsOf(pid: number): string {
  let ids: string[];
  try {
    ids = [...Deno.readDirSync(`/proc/${pid}/task`)].map(({ name }) => name).sort();
  } catch {
    return `    ${pid}: is gone`;
  }
  const lines = ids.map((id) => {
    const task = `/proc/${pid}/task/${id}`;
    const state = read(`${task}/stat`).match(/\) (\S)/)?.[1] ?? "?";
    const call = read(`${task}/syscall`).split(" ").slice(0, 4).join(" ");
    return `      ${id} ${read(`${task}/comm`)}, ${state}, ${read(`${task}/wchan`)}, call ${call}`;
  });
  return [`    ${pid}: ${read(`/proc/${pid}/cmdline`).replaceAll("\0", " ")}`, ...lines].join("\n");
}

/**
 * Waits until a condition holds.
 *
 * @param what What is waited for, for the failure's message.
 * @param pids Processes whose threads a failure shows.
 */
export async function until(
  condition: () => boolean,
  what: string,
  pids: readonly number[] = [],
): Promise<void> {
  for (const end = performance.now() + PATIENCE; !condition();) {
    if (performance.now() > end) {
      throw new Error([`waited ${PATIENCE} ms for ${what}`, ...pids.map(threadsOf)].join("\n"));
    }
    await delay(2);
  }
}
