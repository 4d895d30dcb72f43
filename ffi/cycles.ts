/**
 * Time: `rte_cycles.h`.
 *
 * @module
 */

import { type Hot, shim } from "./boundary/library.ts";
import { DpdkError } from "./boundary/errors.ts";
import { checkInteger } from "./boundary/native.ts";

let nativeDelay: Hot<"shim_delay_us_sleep"> | undefined;

/**
 * Sleeps for at least `us` microseconds and blocks this thread meanwhile: `rte_delay_us_sleep`. For
 * polling threads; the main thread awaits a timer instead.
 *
 * @throws {RangeError} when us is no integer from 0 to 1,000,000.
 */
export function delayUsSleep(us: number): void {
  checkInteger("delayUsSleep us", us, 0, 1_000_000);
  nativeDelay ??= shim().shim_delay_us_sleep;
  nativeDelay(us);
}

/**
 * The time stamp counter: `rte_rdtsc`. It counts at a constant rate, {@linkcode tscHz}, whatever
 * the CPU's clock is. On x86-64 that is near the CPU's nominal clock, so that a count is about a
 * CPU cycle. On arm64 it is the system timer, `cntvct_el0`, of 25 MHz to 1 GHz, and a count is many
 * CPU cycles. All CPUs and all processes of a machine see the same counter.
 */
export function tsc(): bigint {
  return shim().shim_tsc();
}

/** Counts of {@linkcode tsc} in a second; 0 before EAL is initialised: `rte_get_tsc_hz`. */
export function tscHz(): bigint {
  return shim().shim_tsc_hz();
}

let nativeCycles: Hot<"shim_tsc_cycles"> | undefined;

/**
 * The time stamp counter {@linkcode tsc} as a plain number, for loops that must not allocate
 * BigInts: `rte_rdtsc`. Exact up to 2^53 counts, which is a month after boot at 3 GHz, and to a few
 * counts later. It measures time: divide a difference by {@linkcode tscCyclesPerSecond} to have
 * seconds.
 *
 * @example Nanoseconds that a packet takes
 * ```ts
 * import { Burst, type RxQueue, type TxQueue } from "denodpdk";
 * import { tscCycles, tscCyclesPerSecond } from "denodpdk/eal";
 *
 * function measure(rx: RxQueue, tx: TxQueue): number {
 *   using burst = new Burst(32);
 *   const begin = tscCycles();
 *   let packets = 0;
 *   while (packets < 1_000_000) {
 *     packets += rx.receive(burst);
 *     tx.send(burst);
 *   }
 *   return (tscCycles() - begin) / tscCyclesPerSecond() / packets * 1e9;
 * }
 * ```
 */
export function tscCycles(): number {
  return (nativeCycles ??= shim().shim_tsc_cycles)();
}

/**
 * Counts of {@linkcode tscCycles} in a second; 0 before EAL is initialised: `rte_get_tsc_hz`. EAL
 * rounds it, before DPDK 24.11 to 10 MHz, which can be wrong by a second in ten minutes; what must
 * keep time with the world takes {@linkcode measuredCyclesPerSecond}.
 */
export function tscCyclesPerSecond(): number {
  return Number(tscHz());
}

let invariant: boolean | undefined;

/**
 * Whether {@linkcode tscCycles} counts at one rate, whatever the CPU's clock is and how deep it
 * sleeps: `RTE_CPUFLAG_INVTSC`, CPUID 0x80000007, EDX bit 8; always on arm64. Where it does not,
 * differences of it are no time. A virtual machine has the bit where its host gives it.
 */
export function isTscInvariant(): boolean {
  return invariant ??= shim().shim_tsc_invariant() === 1;
}

/**
 * Makes sure that times can be measured by {@linkcode tscCycles}.
 *
 * @param operation what is about to measure, for the error.
 * @param isInvariant what is known of the counter; {@linkcode isTscInvariant} where left out.
 * @throws {DpdkError} ENOTSUP when the counter does not count at one rate.
 *
 * @example
 * ```ts
 * import { requireInvariantTsc } from "denodpdk/eal";
 *
 * requireInvariantTsc("latency of a device");
 * ```
 */
export function requireInvariantTsc(
  operation: string,
  isInvariant: boolean = isTscInvariant(),
): void {
  if (isInvariant) return;
  throw new DpdkError({
    operation,
    code: "ENOTSUP",
    reason: "this CPU's time stamp counter does not count at one rate (no invariant TSC)",
    hint: "in a virtual machine the host must give it: QEMU's -cpu host,+invtsc",
  });
}

/** How far apart two readings are at least, in microseconds: 50 ns of 20 ms are 0.00025 %. */
const LEAST_US = 20_000;

/**
 * Counts of {@linkcode tscCycles} in a second by the kernel's clock, `CLOCK_MONOTONIC`, not rounded:
 * measured from the first call in this thread until this one. The first call takes 20 ms, and
 * blocks the thread for that time; later ones take some microseconds, and are the more exact the
 * later they are. It needs no EAL.
 *
 * @example Every millisecond of the world's
 * ```ts
 * import { measuredCyclesPerSecond, tscCycles } from "denodpdk/eal";
 *
 * const millisecond = measuredCyclesPerSecond() / 1000;
 * for (let next = tscCycles() + millisecond, n = 0; n < 10; n++, next += millisecond) {
 *   while (tscCycles() < next);
 * }
 * ```
 */
export function measuredCyclesPerSecond(): number {
  return shim().shim_tsc_measure(LEAST_US);
}
