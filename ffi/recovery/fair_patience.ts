/**
 * How long a request to come out waits for a process that is inside, see `quiesce.ts`: meanwhile
 * all others stand still.
 *
 * For one that uses its CPU and yet does not come out, or sleeps, a short time: it waits for another
 * one itself. A process that gets hardly any CPU is only slow, since others keep its CPU busy: it
 * comes out when it gets some. To give up on it would be to give up again and again.
 *
 * @module
 */

import { shim } from "../boundary/library.ts";
import { type Look, lookAtThreads, type ThreadLook } from "./foreign.ts";
import type { Patience } from "./quiesce.ts";

/** Milliseconds until threads are looked at: most processes come out long before. */
const FIRST = 100;

/** Milliseconds between two looks at threads. */
const SPAN = 400;

/** Milliseconds after which any request is given up. */
const MOST = 3_000;

/**
 * The part of the time for which a runnable thread has its CPU, if it is not slow: less than where
 * several that poll share a CPU.
 */
const FAIR = 1 / 10;

const NS_PER_MS = 1e6;

/** What the patience is measured by; tests replace it. */
export interface PatienceWorld {
  /** Milliseconds on a clock. */
  now(): number;
  /** The threads of a process. */
  look: Look;
  /** The id of the thread that asks, which is always found running. */
  self: number;
}

/** Whether a thread has been runnable, and hardly ran. */
function isStarved(before: ThreadLook | undefined, now: ThreadLook, ms: number): boolean {
  if (!before || before.inCall || now.inCall) return false;
  if (before.cpu === undefined || now.cpu === undefined) return false;
  return Number(now.cpu - before.cpu) < ms * NS_PER_MS * FAIR;
}

/** The patience of one request, from now on: more with those who get hardly any CPU. */
export class FairPatience implements Patience {
  readonly #world: PatienceWorld;
  readonly #start: number;
  #mark: { at: number; threads: Map<number, ReturnType<Look>> } | undefined;

  constructor(world: PatienceWorld = {
    now: () => performance.now(),
    look: lookAtThreads,
    self: shim().shim_process_thread(),
  }) {
    this.#world = world;
    this.#start = world.now();
  }

  waits(inside: readonly number[]): boolean {
    const { look } = this.#world;
    const now = this.#world.now();
    if (now - this.#start > MOST) return false;
    // this thread may have had no CPU either: the time counts from the first look
    const mark = this.#mark;
    if (now - (mark?.at ?? this.#start) < (mark ? SPAN : FIRST)) return true;
    const threads = new Map(inside.map((pid) => [pid, look(pid)]));
    this.#mark = { at: now, threads };
    return !mark || inside.every((pid) =>
      !mark.threads.has(pid) ||
      this.#isSlow(mark.threads.get(pid), threads.get(pid), now - mark.at)
    );
  }

  #isSlow(before: ReturnType<Look>, now: ReturnType<Look>, ms: number): boolean {
    return [...now ?? []].some(([id, thread]) =>
      id !== this.#world.self && isStarved(before?.get(id), thread, ms)
    );
  }
}
