/**
 * What the master says about its slaves, each step with its time.
 *
 * @module
 */

import type { MempoolAudit } from "../../ffi/recovery/recovery.ts";
import type { SupervisorEvent } from "../../ffi/supervise/supervise.ts";
import { counted } from "../lib/counted.ts";
import { say } from "../lib/stdout.ts";

/** How a process ended, in words. */
function ending({ signal, code }: Deno.CommandStatus): string {
  return signal ?? `status ${code}`;
}

function ms(time: number): string {
  return `${time.toFixed(1)} ms`;
}

/** Why something failed, in one line. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n")[0] ?? "";
}

/** An event in words. */
function describe(event: SupervisorEvent): string {
  switch (event.kind) {
    case "spawned":
      return event.reserve
        ? `in reserve for slave ${event.slave}: pid ${event.pid}`
        : `slave ${event.slave} has pid ${event.pid}`;
    case "started":
      return `slave ${event.slave} (pid ${event.pid}) forwards, ${ms(event.ms)} after its start`;
    case "died":
      return `slave ${event.slave} (pid ${event.pid}) died: ${ending(event.status)}`;
    case "stopped":
      return `slave ${event.slave} (pid ${event.pid}) stopped, ${ms(event.ms)} after the command`;
    case "killed":
      return `slave ${event.slave} (pid ${event.pid}) killed: ${event.reason}`;
    case "reset":
      return `slave ${event.slave}: ${event.resource}, ${ms(event.ms)}`;
    case "recovered":
      return `slaves ${event.group.join(" and ")} recovered in ${ms(event.ms)}`;
    case "delayed":
      return `slaves ${event.group.join(" and ")} start again in ${ms(event.ms)}`;
    case "gaveUp":
      return `slave ${event.slave} died ${counted(event.deaths, "time")} in ${ms(event.ms)}: ` +
        `slaves ${event.group.join(" and ")} stay down`;
    case "unstarted":
      return `slave ${event.slave} cannot be started: ${reasonOf(event.error)}; ` +
        `it is tried again in ${ms(event.ms)}`;
    case "failed":
      return `slaves ${event.group.join(" and ")} stay down: ${reasonOf(event.error)}`;
  }
}

/**
 * Where the mbufs of a pool are, in words.
 *
 * @param kept how many mbufs its device keeps, which cannot be seen.
 */
export function accountText(pool: string, found: MempoolAudit, kept: number): string {
  const { common, cached, queued, lost } = found;
  return `${pool}: ${common} free, ${cached} in caches, ${queued + kept} in queues, ` +
    `${lost - kept} lost`;
}

/** A function that prints events, with the time since the first death of a group. */
export function eventPrinter(): (event: SupervisorEvent) => void {
  const since = new Map<string, number>();
  return (event) => {
    const group = event.group.join();
    const begins = event.kind === "killed" || (event.kind === "died" && event.worked);
    if (begins && !since.has(group)) since.set(group, event.at);
    const begin = since.get(group);
    const time = begin === undefined ? "" : `+${ms(event.at - begin)}: `;
    say(`${time}${describe(event)}`);
    if (["recovered", "gaveUp", "failed"].includes(event.kind)) since.delete(group);
  };
}
