/**
 * Whether threads of processes that keep no journal, such as C samples, may be in the middle of an
 * update of a ring.
 *
 * A thread in a system call is not, because no update makes one. A thread that has used more CPU
 * time since than any update takes is not either; at most it waits behind another one. Nothing else
 * proves anything: not the time that has passed, since the thread may be stopped or get no CPU, and
 * not its voluntary context switches, since the kernel counts a stop by SIGSTOP as one.
 *
 * @module
 */

import { threadIds, tryReadKernelFile as read } from "../host/kernel_file.ts";

/** More nanoseconds of CPU time than any update takes, which has fewer than 2000 instructions. */
const LONG = 20_000_000n;

/**
 * How often a thread must have used that much between two looks: a virtual machine that gets no CPU
 * may charge that to the thread once.
 */
const ADVANCES = 2;

/** What the kernel says about a thread at one instant. */
export interface ThreadLook {
  /** Whether the thread is in a system call. */
  inCall: boolean;
  /** CPU time that the thread has used so far, nanoseconds; undefined where that cannot be read. */
  cpu: bigint | undefined;
}

/** The threads of a process, by id; undefined when they cannot be looked at. */
export type Look = (pid: number) => Map<number, ThreadLook> | undefined;

/** Looks at the threads of a process by what the kernel tells in `/proc`. */
export const lookAtThreads: Look = (pid) => {
  const tasks = `/proc/${pid}/task`;
  const ids = threadIds(pid);
  return ids && new Map(ids.map((id) => {
    const cpu = read(`${tasks}/${id}/schedstat`)?.split(" ")[0];
    return [Number(id), {
      inCall: /^\d/.test(read(`${tasks}/${id}/syscall`) ?? ""),
      cpu: cpu ? BigInt(cpu) : undefined,
    }];
  }));
};

/** A thread at the last look at which it had made progress. */
interface Mark {
  cpu: bigint | undefined;
  advances: number;
}

/** Watches the threads of foreign processes from the moment at which a side was first seen torn. */
export class ForeignWatch {
  readonly #look: Look;
  /**
   * Threads that may be in the middle of an update, by process; undefined where they cannot be
   * looked at.
   */
  readonly #marks = new Map<number, Map<number, Mark> | undefined>();
  /** Number of threads of each process that were in no system call at the last look. */
  readonly #awake = new Map<number, number>();

  /** A watch that begins with the foreign processes that live now. */
  constructor(pids: readonly number[], look: Look = lookAtThreads) {
    this.#look = look;
    for (const pid of pids) {
      const threads = look(pid);
      this.#marks.set(
        pid,
        threads && new Map([...threads].map(([id, { cpu }]) => [id, { cpu, advances: 0 }])),
      );
    }
  }

  /**
   * Looks at all threads once more.
   *
   * @param pids the foreign processes that live now.
   * @returns the processes of which a thread may still be in the middle of an update.
   */
  inside(pids: readonly number[]): number[] {
    this.#awake.clear();
    return pids.filter((pid) => {
      const threads = this.#look(pid);
      const awake = [...threads?.values() ?? []].filter(({ inCall }) => !inCall).length;
      this.#awake.set(pid, threads ? awake : 1);
      // a process that came later cannot have begun this update
      if (!this.#marks.has(pid)) return false;
      const marks = this.#marks.get(pid);
      if (!marks || !threads) return true;
      for (const [id, mark] of marks) {
        if (isOutside(mark, threads.get(id))) marks.delete(id);
      }
      return marks.size > 0;
    });
  }

  /**
   * Number of threads of a process that may have made a reservation behind the torn one, by the
   * last look.
   */
  behind(pid: number): number {
    return this.#awake.get(pid) ?? 0;
  }
}

function isOutside(mark: Mark, now: ThreadLook | undefined): boolean {
  if (!now || now.inCall) return true;
  if (now.cpu === undefined || mark.cpu === undefined || now.cpu - mark.cpu < LONG) return false;
  mark.cpu = now.cpu;
  return ++mark.advances >= ADVANCES;
}
