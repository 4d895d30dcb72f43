/**
 * Ends without unwinding, for a program that cannot go on and cannot be sure to get to its end.
 *
 * @module
 */

import { openShim } from "../boundary/library.ts";

/**
 * Ends this process at once. Slaves are killed, and files removed that nobody else uses, where the
 * shim is open.
 */
export function endNow(status: number): never {
  openShim()?.shim_ending_now(status);
  Deno.exit(status);
}

/** Names a child that must not outlive a forced end, until disposal. */
export function endsWithUs(pid: number): Disposable {
  openShim()?.shim_ending_child(pid, 1);
  return { [Symbol.dispose]: () => openShim()?.shim_ending_child(pid, 0) };
}
