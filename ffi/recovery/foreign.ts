/**
 * Whether threads of processes that keep no journal, as those of C samples, may be inside an update.
 *
 * A thread is outside when it is in a system call, because there is none inside an update. It is
 * also outside, or waits behind another one, when it has used more CPU time since than any update
 * takes. Nothing else proves anything: not the time that passed, since it may be stopped or starved;
 * nor its voluntary context switches, since the kernel counts a stop by SIGSTOP as one.
 *
 * @module
 */

import { threadIds, tryReadKernelFile as read } from "../host/kernel_file.ts";

/** Nanoseconds of CPU time that no update takes; it has fewer than 2000 instructions. */
const LONG = 20_000_000n;

/**
 * How often a thread must have used that much between two looks: a virtual machine that gets no CPU
 * may charge that to the thread once.
 */
const ADVANCES = 2;

/** What a thread does, as the kernel tells. */
export interface ThreadLook {
  /** It is in a system call. */
  inCall: boolean;
  /** CPU time that it has used, in nanoseconds; undefined where that cannot be seen. */
  cpu: bigint | undefined;
}

/** The threads of a process, by id; undefined when they cannot be looked at. */
export type Look = (pid: number) => Map<number, ThreadLook> | undefined;

/** {@linkcode Look} of the kernel. */
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

/** A thread as it was when it was last found to have gone on. */
interface Mark {
  cpu: bigint | undefined;
  advances: number;
}

/** Watches the threads of foreign processes from the moment on that something was seen. */
export class ForeignWatch {
  readonly #look: Look;
  /** Threads that may be inside, by process; undefined where they cannot be looked at. */
  readonly #marks = new Map<number, Map<number, Mark> | undefined>();
  /** Threads of each process that were in no system call when it was looked last. */
  readonly #awake = new Map<number, number>();

  /** Begins with the living foreign processes of this moment. */
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
   * Looks again.
   *
   * @param pids The foreign processes that live now.
   * @returns those of which a thread may still be inside.
   */
  inside(pids: readonly number[]): number[] {
    this.#awake.clear();
    return pids.filter((pid) => {
      const threads = this.#look(pid);
      const awake = [...threads?.values() ?? []].filter(({ inCall }) => !inCall).length;
      this.#awake.set(pid, threads ? awake : 1);
      // what came later was not there
      if (!this.#marks.has(pid)) return false;
      const marks = this.#marks.get(pid);
      if (!marks || !threads) return true;
      for (const [id, mark] of marks) {
        if (isOutside(mark, threads.get(id))) marks.delete(id);
      }
      return marks.size > 0;
    });
  }

  /** Threads of a process that may have come behind since, by the last look. */
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
