/**
 * Ends a process at once, for a program that cannot go on and may not get to its orderly end.
 *
 * @module
 */

import { openShim } from "../boundary/library.ts";

/**
 * Ends this process at once. Where the shim is open, slaves are killed, and EAL's files that no
 * other process uses are removed.
 */
export function endNow(status: number): never {
  openShim()?.shim_ending_now(status);
  Deno.exit(status);
}

/** Registers a child that is killed when this process ends by force, until disposal. */
export function endsWithUs(pid: number): Disposable {
  openShim()?.shim_ending_child(pid, 1);
  return { [Symbol.dispose]: () => openShim()?.shim_ending_child(pid, 0) };
}
