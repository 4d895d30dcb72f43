/**
 * Whether processes that start up wait for a lock of EAL that will never be released.
 *
 * EAL waits for a lock in a loop that reads it again and again. A thread in that loop uses CPU
 * time, makes no system call and touches no new memory. No other part of EAL's start does that for
 * as long as is measured here. Time by the clock proves nothing: a process that is stopped, or gets
 * no CPU, will go on later.
 *
 * @module
 */

import { threadIds, tryReadKernelFile as read } from "../host/kernel_file.ts";
import { EAL_THREAD } from "./standstill.ts";

/**
 * Nanoseconds of CPU time, without any sign of progress, after which a thread is taken to wait in
 * that loop.
 */
const LONG = 50_000_000n;

/**
 * How often a thread must have used that much between two looks: a virtual machine that gets no CPU
 * may charge that to the thread once.
 */
const ADVANCES = 3;

/** What the kernel says about a thread at one instant. */
export interface StartLook {
  /** CPU time that the thread has used so far, nanoseconds. */
  cpu: bigint;
  /** A text that changes whenever the thread has slept, read, written, or touched new memory. */
  signs: string;
  /**
   * State, as in `ps`: `S` for a thread that waits in a system call, `T` for one that is stopped.
   */
  state: string;
}

/** Looks at a thread; undefined when it has ended. */
export type LookAtStart = (pid: number, thread: number) => StartLook | undefined;

/** Looks at a thread by what the kernel tells in `/proc`. */
export const lookAtStart: LookAtStart = (pid, thread) => {
  const task = `/proc/${pid}/task/${thread}`;
  const stat = read(`${task}/stat`);
  const cpu = read(`${task}/schedstat`)?.split(" ")[0];
  const switches = read(`${task}/status`)?.match(/^voluntary_ctxt_switches:\s*(\d+)/m)?.[1];
  const calls = read(`${task}/io`)?.match(/^sysc[rw]: \d+/gm)?.join() ?? "";
  if (stat === undefined || !cpu || switches === undefined) return undefined;
  // the name before the last parenthesis can contain anything
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state = "", minorFaults, majorFaults] = [fields[0], fields[7], fields[9]];
  const signs = `${switches} ${minorFaults} ${majorFaults} ${calls}`;
  return { cpu: BigInt(cpu), signs, state };
};

/** What a thread does: it reads a lock again and again, makes progress, sleeps, or is stopped. */
type Doing = "spins" | "goes on" | "sleeps" | "is stopped";

/** A thread at the last look at which it had made progress. */
interface Mark {
  cpu: bigint;
  signs: string;
  advances: number;
}

/** Tells whether processes that start up hang, from repeated looks at their threads. */
export class StartWatch {
  readonly #look: LookAtStart;
  readonly #own: () => readonly number[];
  #marks = new Map<string, Mark>();

  /**
   * A watch that has seen nothing yet.
   *
   * @param look looks at a thread.
   * @param own the ids of EAL's threads in this process, one of which answers processes that start.
   */
  constructor(look: LookAtStart = lookAtStart, own: () => readonly number[] = ownThreads) {
    this.#look = look;
    this.#own = own;
  }

  /**
   * Looks at all threads once more.
   *
   * @param pids the pids of the processes that start up now.
   * @returns whether all of them hang: they wait for a lock, or for this process, whose thread
   * waits for one.
   */
  allHang(pids: readonly number[]): boolean {
    const before = this.#marks;
    this.#marks = new Map();
    const starting = pids.map((pid) => this.#doing(pid, pid, before));
    const own = this.#own().map((id) => this.#doing(Deno.pid, id, before));
    const all = (...doings: Doing[]) => starting.every((doing) => doings.includes(doing));
    // a stopped process may have the lock, and it is not known for how long
    if (starting.includes("spins") && all("spins", "is stopped")) return true;
    return own.includes("spins") && starting.length > 0 && all("spins", "is stopped", "sleeps");
  }

  #doing(pid: number, thread: number, before: Map<string, Mark>): Doing {
    const key = `${pid} ${thread}`;
    const now = this.#look(pid, thread);
    if (!now) return "goes on";
    const { cpu, signs, state } = now;
    let mark = before.get(key);
    if (mark?.signs !== signs) mark = { cpu, signs, advances: 0 };
    if (cpu - mark.cpu >= LONG) mark = { cpu, signs, advances: mark.advances + 1 };
    this.#marks.set(key, mark);
    if (mark.advances >= ADVANCES) return "spins";
    if (/[Tt]/.test(state)) return "is stopped";
    return state === "S" ? "sleeps" : "goes on";
  }
}

function ownThreads(): number[] {
  const ids = threadIds(Deno.pid) ?? [];
  return ids.filter((id) => EAL_THREAD.test(read(`/proc/${Deno.pid}/task/${id}/comm`) ?? ""))
    .map(Number);
}
