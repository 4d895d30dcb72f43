/**
 * EAL's shared locks after a process was killed while it held one: `rte_eal_memconfig.h`.
 *
 * A secondary reads the memory configuration for much of its start. Killed there, it counts as a
 * reader for ever: the next writer, which is a process that allocates memory or ends, waits for
 * ever, and whoever wants to read behind it.
 *
 * @module
 */

import { shim } from "./library.ts";

/** How often the readers are counted, and how many milliseconds lie between two counts. */
const SAMPLES = 25;
const PERIOD = 10;

/** Readers of each lock now. */
function countReaders(): Uint32Array<ArrayBuffer> {
  const readers = new Uint32Array(8);
  return readers.subarray(0, shim().shim_locks_readers(readers, readers.length));
}

/** Forgets what stays when readers come and go: the dead ones. */
function forget(least: Uint32Array<ArrayBuffer>): number {
  least.forEach((readers, lock) => {
    if (readers > 0) shim().shim_locks_forget(lock, readers);
  });
  return least.reduce((sum, readers) => sum + readers, 0);
}

/** Lowers `least` to what `now` has less of. */
function lower(least: Uint32Array<ArrayBuffer>, now: Uint32Array<ArrayBuffer>): void {
  now.forEach((readers, lock) => least[lock] = Math.min(least[lock] ?? 0, readers));
}

/** Learns where the locks are; for a primary that has just started. */
export function findLocks(): void {
  // where they cannot be found, nothing is ever mended
  shim().shim_locks_find();
}

/**
 * Makes the locks forget readers that were killed: those that are there for a quarter of a second.
 * `stillValid` says that no process started or was starting meanwhile.
 *
 * @returns how many there were.
 */
export async function forgetDeadReaders(stillValid: () => boolean): Promise<number> {
  const least = countReaders();
  for (let i = 0; i < SAMPLES; i++) {
    if (least.every((readers) => readers === 0)) return 0;
    await new Promise((resolve) => setTimeout(resolve, PERIOD));
    if (!stillValid()) return 0;
    lower(least, countReaders());
  }
  return forget(least);
}

/** The same when no other process lives; one that is just coming will not get far. */
export function forgetAllReaders(): void {
  const least = countReaders();
  const sleep = new Int32Array(new SharedArrayBuffer(4));
  for (let i = 0; i < 5 && least.some((readers) => readers > 0); i++) {
    Atomics.wait(sleep, 0, 0, PERIOD);
    lower(least, countReaders());
  }
  forget(least);
}
