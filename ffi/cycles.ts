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

/**
 * The time stamp counter: `rte_rdtsc`. It runs at a rate of its own, {@linkcode tscHz}, whatever clock
 * the CPU has: on x86-64 near its nominal one, so that "cycles" of it are about cycles of a CPU; on
 * arm64 it is the system's timer, `cntvct_el0`, of 25 MHz to 1 GHz, where a cycle of the CPU is none of it.
 * Both are the same on all CPUs of a machine, and in all of its processes.
 */
export function tsc(): bigint {
  return shim().shim_tsc();
}

/** How far {@linkcode tsc} runs in a second, 0 before EAL is initialised: `rte_get_tsc_hz`. */
export function tscHz(): bigint {
  return shim().shim_tsc_hz();
}

let nativeCycles: Hot<"shim_tsc_cycles"> | undefined;

/**
 * The time stamp counter, see {@linkcode tsc}, as a plain number, for loops where a BigInt would be
 * garbage: `rte_rdtsc`. Differences are exact to 2^53, at 3 GHz the first month after boot, and to a
 * few counts later. It counts time, not the CPU's cycles: divide by {@linkcode tscCyclesPerSecond}.
 */
export function tscCycles(): number {
  return (nativeCycles ??= shim().shim_tsc_cycles)();
}

/** How far {@linkcode tscCycles} runs in a second: `rte_get_tsc_hz`. */
export function tscCyclesPerSecond(): number {
  return Number(tscHz());
}
