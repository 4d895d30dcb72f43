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

/** Threads of V8's and Deno's own, which call nothing of EAL's. */
const OTHER_THREAD = /^(V8 |tokio-)/;

/** What EAL calls the threads that it has beside those that the program gives it. */
const EAL_THREAD = /^(eal-|rte_|rte-|telemetry|dpdk-)/;

/** How often a thread has run; undefined when it may hold a lock. */
function runsOf(task: string): string | undefined {
  const call = read(`${task}/syscall`)?.match(/^\d+/)?.[0];
  if (call === undefined || shim().shim_locks_idle_call(Number(call)) === 0) return undefined;
  return read(`${task}/schedstat`)?.trim().split(" ")[2];
}

/** How often each thread of a process has run, as one text; undefined when it may hold a lock. */
function standstillOf(pid: number): string | undefined {
  const tasks = `/proc/${pid}/task`;
  const counted = threadIds(pid)?.filter((id) => {
    const name = read(`${tasks}/${id}/comm`) ?? "";
    // of this process itself, JavaScript's threads are in no call of EAL's: this is JavaScript
    return pid === Deno.pid ? EAL_THREAD.test(name) : !OTHER_THREAD.test(name);
  });
  if (counted === undefined) return undefined;
  const runs = counted.map((id) => runsOf(`${tasks}/${id}`));
  return runs.includes(undefined) ? undefined : `${counted.join()} ${runs.join()}`;
}

/**
 * Runs `work` at such an instant.
 *
 * @param pids The processes, as they are now; what comes meanwhile makes this no such instant.
 * @returns what it returned, or the processes that may have held a lock.
 */
export function atStandstill<T>(
  pids: () => readonly number[],
  work: () => T,
): { value: T } | { moving: number[] } {
  const all = pids();
  const before = all.map(standstillOf);
  const moving = (runs: (string | undefined)[]) =>
    all.filter((_, i) => runs[i] === undefined || runs[i] !== before[i]);
  if (before.includes(undefined)) return { moving: moving(before) };
  const value = work();
  const late = pids().filter((pid) => !all.includes(pid));
  const moved = [...moving(all.map(standstillOf)), ...late];
  return moved.length > 0 ? { moving: moved } : { value };
}
