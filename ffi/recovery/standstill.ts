/**
 * An instant at which processes are known to hold none of EAL's locks: all of their threads sleep in
 * system calls in which EAL holds none, and did not run between two looks around it.
 *
 * That a thread sleeps proves nothing by itself: EAL sleeps with locks held while it waits for an
 * answer of the primary, a futex, and while it opens, maps or grows files. It holds none while it
 * waits for events, packets of its sockets, its pipes or time.
 *
 * @module
 */

import { threadIds, tryReadKernelFile as read } from "../host/kernel_file.ts";
import { shim } from "../boundary/library.ts";

/** Threads of V8's, of Deno's own and of libshim/output.c, which call nothing of EAL's. */
const OTHER_THREAD = /^(V8 |tokio-|denodpdk-output$)/;

/** What EAL calls the threads that it has beside those that the program gives it. */
export const EAL_THREAD = /^(eal-|rte_|rte-|telemetry|dpdk-)/;

/** What Deno calls the threads of Workers. */
const WORKER = /^worker-/;

/** How often a thread has run; undefined when it may hold a lock. */
function runsOf(task: string): string | undefined {
  const call = read(`${task}/syscall`)?.match(/^\d+/)?.[0];
  if (call === undefined || shim().shim_locks_idle_call(Number(call)) === 0) return undefined;
  return read(`${task}/schedstat`)?.trim().split(" ")[2];
}

/** How often each thread of a process has run, as one text; undefined when it may hold a lock. */
function standstillOf(pid: number, outside: ReadonlySet<number>): string | undefined {
  const tasks = `/proc/${pid}/task`;
  const counted = threadIds(pid)?.filter((id) => {
    if (outside.has(Number(id))) return false;
    const name = read(`${tasks}/${id}/comm`)?.trim() ?? "";
    // the main thread of this process itself is in no call of EAL's: this is JavaScript
    return pid === Deno.pid ? EAL_THREAD.test(name) || WORKER.test(name) : !OTHER_THREAD.test(name);
  });
  if (counted === undefined) return undefined;
  const runs = counted.map((id) => runsOf(`${tasks}/${id}`));
  return runs.includes(undefined) ? undefined : `${counted.join()} ${runs.join()}`;
}

/**
 * Runs `work` at such an instant. Only on the main thread.
 *
 * @param pids The processes, as they are now; what comes meanwhile makes this no such instant.
 * @param outside Threads that are known to be in no call of EAL's until this has returned.
 * @returns what it returned, or the processes that may have held a lock.
 */
export function atStandstill<T>(
  pids: () => readonly number[],
  work: () => T,
  outside: ReadonlySet<number> = new Set(),
): { value: T } | { moving: number[] } {
  const all = pids();
  const look = (pid: number) => standstillOf(pid, outside);
  const before = all.map(look);
  const moving = (runs: (string | undefined)[]) =>
    all.filter((_, i) => runs[i] === undefined || runs[i] !== before[i]);
  if (before.includes(undefined)) return { moving: moving(before) };
  const value = work();
  const late = pids().filter((pid) => !all.includes(pid));
  const moved = [...moving(all.map(look)), ...late];
  return moved.length > 0 ? { moving: moved } : { value };
}
