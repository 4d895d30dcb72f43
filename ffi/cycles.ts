/**
 * Time: `rte_cycles.h`.
 *
 * @module
 */

import { type Hot, shim } from "./boundary/library.ts";
import { checkInteger } from "./boundary/native.ts";

let nativeDelay: Hot<"shim_delay_us_sleep"> | undefined;

/**
 * Sleeps for at least `us` microseconds without giving the event loop a turn:
 * `rte_delay_us_sleep`. For polling threads; the main thread awaits timers.
 *
 * @throws {RangeError} when us is no integer from 0 to 1,000,000.
 */
export function delayUsSleep(us: number): void {
  checkInteger("delayUsSleep us", us, 0, 1_000_000);
  nativeDelay ??= shim().shim_delay_us_sleep;
  nativeDelay(us);
}

/** The time stamp counter in cycles: `rte_rdtsc`. */
export function tsc(): bigint {
  return shim().shim_tsc();
}

/** Cycles of {@linkcode tsc} in a second, 0 before EAL is initialised: `rte_get_tsc_hz`. */
export function tscHz(): bigint {
  return shim().shim_tsc_hz();
}

let nativeCycles: Hot<"shim_tsc_cycles"> | undefined;

/**
 * The time stamp counter in cycles as a plain number, for loops where a BigInt would be garbage:
 * `rte_rdtsc`. Differences are exact for the first month after boot, and to a few cycles later.
 */
export function tscCycles(): number {
  return (nativeCycles ??= shim().shim_tsc_cycles)();
}

/** Cycles of {@linkcode tscCycles} in a second: `rte_get_tsc_hz`. */
export function tscCyclesPerSecond(): number {
  return Number(tscHz());
}
