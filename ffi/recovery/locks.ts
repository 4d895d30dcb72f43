/**
 * Shared locks after a process was killed while it held one: those of `rte_eal_memconfig.h`, of
 * memory segments and of ports.
 *
 * A secondary takes them for much of its start. Killed there, it holds one for ever: as a reader,
 * so that the next writer waits, which is a process that allocates memory or ends, and whoever
 * wants to read behind it; or alone, so that the next process that starts waits.
 *
 * @module
 */

import { SHIM_LOCKS } from "../boundary/constants.ts";
import { shim } from "../boundary/library.ts";
import type { Quiesce } from "./quiesce.ts";
import { atStandstill } from "./standstill.ts";

/**
 * How often is looked for an instant at which all others hold none, and how many milliseconds lie
 * between two looks. It comes at once, or when somebody has ended.
 */
const LOOKS = 20;
const PERIOD = 5;

/** Room for the numbers of all locks, two each. */
const MAX_NUMBERS = 2 * SHIM_LOCKS;

/** Holders of each lock now. */
function countHolders(): Uint32Array<ArrayBuffer> {
  const holders = new Uint32Array(MAX_NUMBERS);
  return holders.subarray(0, shim().shim_locks_holders(holders, holders.length));
}

/** Forgets these, which are dead; how many. */
function forget(dead: Uint32Array<ArrayBuffer>): number {
  dead.forEach((holders, number) => {
    if (holders > 0) shim().shim_locks_forget(number, holders);
  });
  return dead.reduce((sum, holders) => sum + holders, 0);
}

/** What the shim answers when the locks are not looked for, or not found. */
const REASONS: Record<number, string> = {
  2: "they are not where this DPDK should have them",
  95: "it is turned off by DENODPDK_LOCKS, or this DPDK is unknown to it",
};

/**
 * Learns where the locks are; for a primary that has just started.
 *
 * @returns why they will never be mended, where that is so.
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
 * Makes the locks forget holders that were killed: those that are there at an instant at which no
 * living process holds any.
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
    // nobody was let go meanwhile
    else if (commit()) forgotten = forget(found.value);
  };
  for (let i = 0; i < LOOKS && stillValid(); i++) {
    const quiet = await quiesce?.attempt(look);
    if (!quiet) look();
    else if (!quiet.quiet) moving = quiet.inside;
    if (forgotten !== undefined) return forgotten;
    await new Promise((resolve) => setTimeout(resolve, PERIOD));
  }
  if (stillValid() && countHolders().some((holders) => holders > 0)) onWait?.(moving);
  return 0;
}

/** The same when no other process lives; one that is just coming will not get far. */
export function forgetAllHolders(): void {
  const sleep = new Int32Array(new SharedArrayBuffer(4));
  for (let i = 0; i < LOOKS && countHolders().some((holders) => holders > 0); i++) {
    const found = atStandstill(() => [Deno.pid], countHolders);
    if ("value" in found) forget(found.value);
    else Atomics.wait(sleep, 0, 0, PERIOD);
  }
}
