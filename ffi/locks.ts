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

import { shim } from "./library.ts";

/** How often the holders are counted, and how many milliseconds lie between two counts. */
const SAMPLES = 25;
const PERIOD = 10;

/** Room for the numbers of all locks: `MAX_LOCKS` of the shim, two each. */
const MAX_NUMBERS = 128;

/** Holders of each lock now. */
function countHolders(): Uint32Array<ArrayBuffer> {
  const holders = new Uint32Array(MAX_NUMBERS);
  return holders.subarray(0, shim().shim_locks_holders(holders, holders.length));
}

/** Forgets what stays when holders come and go: the dead ones. */
function forget(least: Uint32Array<ArrayBuffer>): number {
  least.forEach((holders, number) => {
    if (holders > 0) shim().shim_locks_forget(number, holders);
  });
  return least.reduce((sum, holders) => sum + holders, 0);
}

/** Lowers `least` to what `now` has less of. */
function lower(least: Uint32Array<ArrayBuffer>, now: Uint32Array<ArrayBuffer>): void {
  now.forEach((holders, number) => least[number] = Math.min(least[number] ?? 0, holders));
}

/** Learns where the locks are; for a primary that has just started. */
export function findLocks(): void {
  // where they cannot be found, nothing is ever mended
  shim().shim_locks_find();
}

/** How `Eal.forgetDeadHolders` makes sure of what it does. */
export interface DeadHoldersOptions {
  /**
   * Answers false once a process starts meanwhile, which holds locks for a while; then nothing is
   * done.
   */
  stillValid?: () => boolean;
  /**
   * Ends what processes there are that may hold a lock and live, because they hang on another;
   * called when something stays held, and before it is forgotten.
   */
  endDoubtful?: () => Promise<void>;
}

/**
 * Makes the locks forget holders that were killed: those that are there for a quarter of a second.
 *
 * @returns how many there were.
 */
export async function forgetDeadHolders(
  { stillValid = () => true, endDoubtful }: DeadHoldersOptions,
): Promise<number> {
  const least = countHolders();
  for (let i = 0; i < SAMPLES; i++) {
    if (least.every((holders) => holders === 0)) return 0;
    await new Promise((resolve) => setTimeout(resolve, PERIOD));
    if (!stillValid()) return 0;
    lower(least, countHolders());
  }
  if (endDoubtful && least.some((holders) => holders > 0)) {
    await endDoubtful();
    lower(least, countHolders());
  }
  return forget(least);
}

/** The same when no other process lives; one that is just coming will not get far. */
export function forgetAllHolders(): void {
  const least = countHolders();
  const sleep = new Int32Array(new SharedArrayBuffer(4));
  for (let i = 0; i < 5 && least.some((holders) => holders > 0); i++) {
    Atomics.wait(sleep, 0, 0, PERIOD);
    lower(least, countHolders());
  }
  forget(least);
}
