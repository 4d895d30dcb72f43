/**
 * Frees EAL's shared locks that killed processes hold: the locks of `rte_eal_memconfig.h`, of
 * memory segments and of ports.
 *
 * A secondary holds such locks for much of its start. If it is killed then, it holds a lock for
 * ever. Where it held the lock as a reader, the next writer waits, a process that allocates memory
 * or ends, and all readers behind it. Where it held the lock alone, the next process that starts
 * waits.
 *
 * @module
 */

import { setTimeout as delay } from "node:timers/promises";
import { SHIM_LOCKS } from "../boundary/constants.ts";
import { shim } from "../boundary/library.ts";
import type { Quiesce } from "./quiesce.ts";
import { atStandstill } from "./standstill.ts";

/**
 * How many looks are made for an instant at which no other process holds a lock; below, the
 * milliseconds between two looks. Such an instant comes at once, or only after a process has ended.
 */
const LOOKS = 20;
const PERIOD = 5;

/** Room for the numbers of all locks, two each. */
const MAX_NUMBERS = 2 * SHIM_LOCKS;

/** The number of holders of each lock now. */
function countHolders(): Uint32Array<ArrayBuffer> {
  const holders = new Uint32Array(MAX_NUMBERS);
  return holders.subarray(0, shim().shim_locks_holders(holders, holders.length));
}

/** Frees the locks that these dead holders have. Returns how many. */
function forget(dead: Uint32Array<ArrayBuffer>): number {
  dead.forEach((holders, number) => {
    if (holders > 0) shim().shim_locks_forget(number, holders);
  });
  return dead.reduce((sum, holders) => sum + holders, 0);
}

/** Why the locks are not looked for, or were not found, by the shim's answer. */
const REASONS: Record<number, string> = {
  2: "they are not where this DPDK should have them",
  95: "it is turned off by DENODPDK_LOCKS, or this DPDK is unknown to it",
};

/**
 * Finds where the locks lie in memory; for a primary that has just started.
 *
 * @returns why locks cannot be freed in this process; undefined where they can.
 */
export function findLocks(): string | undefined {
  const result = shim().shim_locks_find();
  return result < 0 ? REASONS[-result] ?? `errno ${-result}` : undefined;
}

/** How `Eal.forgetDeadHolders` makes sure that no living process holds a lock that it frees. */
export interface DeadHoldersOptions {
  /**
   * Pids of living secondaries that hold no such lock and take none: programs of this toolkit that
   * have started.
   */
  outside?: () => Iterable<number>;
  /**
   * Returns false once another process begins to start, which holds such locks for a while; nothing
   * is done then.
   */
  stillValid?: () => boolean;
  /**
   * Ends living processes that may hold a lock because they hang on another one. Called when a lock
   * stays held, before it is freed.
   */
  endDoubtful?: () => Promise<void>;
  /**
   * The table of all threads that poll: they are asked to wait for a moment, since a thread that
   * runs may hold a lock.
   */
  quiesce?: Quiesce;
  /**
   * Called with the pids of living processes that may hold a lock, when therefore nothing can be
   * done yet.
   */
  onWait?: (pids: readonly number[]) => void;
}

/**
 * Frees the locks that are held at an instant at which no living process holds any: their holders
 * were killed.
 *
 * @param others The living processes of the primary, as they are now.
 * @returns how many there were.
 */
export async function forgetDeadHolders(
  others: () => readonly number[],
  options: DeadHoldersOptions,
): Promise<number> {
  const { outside = () => [], stillValid = () => true, endDoubtful, quiesce, onWait } = options;
  if (countHolders().every((holders) => holders === 0)) return 0;
  if (!stillValid()) return 0;
  await endDoubtful?.();
  const suspects = () => {
    const known = new Set(outside());
    return [Deno.pid, ...others().filter((pid) => !known.has(pid))];
  };
  let moving: readonly number[] = [];
  let forgotten: number | undefined;
  const look = (commit = () => true) => {
    const found = atStandstill(suspects, countHolders, quiesce?.waitingThreads());
    if ("moving" in found) moving = found.moving;
    // all are still waiting
    else if (commit()) forgotten = forget(found.value);
  };
  for (let i = 0; i < LOOKS && stillValid(); i++) {
    const quiet = await quiesce?.attempt(look);
    if (!quiet) look();
    else if (!quiet.quiet) moving = quiet.inside;
    if (forgotten !== undefined) return forgotten;
    await delay(PERIOD);
  }
  if (stillValid() && countHolders().some((holders) => holders > 0)) onWait?.(moving);
  return 0;
}

/**
 * Frees all locks, when no other process lives. A process that is just starting cannot take one
 * before.
 */
export function forgetAllHolders(): void {
  const sleep = new Int32Array(new SharedArrayBuffer(4));
  for (let i = 0; i < LOOKS && countHolders().some((holders) => holders > 0); i++) {
    const found = atStandstill(() => [Deno.pid], countHolders);
    if ("value" in found) forget(found.value);
    else Atomics.wait(sleep, 0, 0, PERIOD);
  }
}
