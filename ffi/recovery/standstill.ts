/**
 * An instant at which processes are known to hold none of EAL's locks: all of their threads sleep in
 * system calls in which EAL holds none, and did not run between two looks around it.
 *
 * A sleeping thread may still hold a lock: EAL holds locks while it waits for an answer of the
 * primary or for a futex, and while it opens, maps or grows files. It holds none while it waits for
 * events, for packets of its sockets, for its pipes or for a time.
 *
 * @module
 */

import { threadIds, tryReadKernelFile as read } from "../host/kernel_file.ts";
import { shim } from "../boundary/library.ts";

/** Names of threads of V8, of Deno and of libshim/output.c, which never call EAL. */
const OTHER_THREAD = /^(V8 |tokio-|denodpdk-output$)/;

/** Names of the threads that EAL starts for itself. */
export const EAL_THREAD = /^(eal-|rte_|rte-|telemetry|dpdk-)/;

/** Names of the threads of Workers. */
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
    // the main thread of this process runs this JavaScript, so it is in no call of EAL
    return pid === Deno.pid ? EAL_THREAD.test(name) || WORKER.test(name) : !OTHER_THREAD.test(name);
  });
  if (counted === undefined) return undefined;
  const runs = counted.map((id) => runsOf(`${tasks}/${id}`));
  return runs.includes(undefined) ? undefined : `${counted.join()} ${runs.join()}`;
}

/**
 * Runs `work` at an instant at which these processes hold no lock. Only on the main thread.
 *
 * @param pids the processes that live now; when another one comes meanwhile, the instant does not
 * count.
 * @param outside threads that are known to be in no call of EAL until this has returned.
 * @returns what `work` returned, or the processes that may have held a lock.
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
