/**
 * EAL's services for programs that do without `program()`: they read EAL's options, and place their
 * threads on lcores themselves.
 *
 * ## Lcores and threads
 *
 * - {@linkcode launchOnLcore}, {@linkcode lcoreMain}: run a Worker on an lcore: `rte_launch.h`.
 * - {@linkcode Lcore}: the lcores of this process, and the one that this thread is: `rte_lcore.h`;
 *   {@linkcode LCORE_ID_ANY} is none.
 * - {@linkcode releaseMainLcore}: lets a Worker have the main lcore.
 * - {@linkcode threadAffinity}, {@linkcode setThreadAffinity}: the CPUs that a thread may run on.
 * - {@linkcode Counters}: 64-bit counters that one thread counts up and others read.
 *
 * ## Time and log
 *
 * - {@linkcode tscCycles}, {@linkcode tscCyclesPerSecond}: the time stamp counter for loops, and
 *   {@linkcode tsc}, {@linkcode tscHz} as BigInts, {@linkcode isTscInvariant},
 *   {@linkcode requireInvariantTsc}:
 *   `rte_cycles.h`;
 *   {@linkcode measuredCyclesPerSecond} is not rounded.
 * - {@linkcode delayUsSleep}: sleeps in a polling thread.
 * - {@linkcode log}, {@linkcode LogLevel}: DPDK's log: `rte_log.h`.
 *
 * ## Devices and options
 *
 * - {@linkcode probeDevice}, {@linkcode attachVdev}: add a device while the program runs:
 *   `rte_dev.h`.
 * - {@linkcode parseEalOptions}, {@linkcode secondaryArgs}: EAL's command line.
 * - {@linkcode readKernelFile}: a file of `/proc` or `/sys`.
 *
 * @example What EAL would make of these options, before it starts
 * ```ts
 * import { parseEalOptions } from "denodpdk/eal";
 *
 * const { filePrefix, procType, lcores } = parseEalOptions(Deno.args);
 * console.log(filePrefix, procType, lcores);
 * ```
 *
 * @module
 */

export * from "./boundary/counters.ts";
export type { DpdkErrorInit } from "./boundary/errors.ts";
export type { Json } from "./boundary/shown.ts";
export * from "./cycles.ts";
export * from "./ethdev/device.ts";
export { type EalOptions, parseEalOptions, secondaryArgs } from "./host/eal_options.ts";
export { readKernelFile } from "./host/kernel_file.ts";
export type { LcoreMap } from "./host/lcore_list.ts";
export type { ProcessName } from "./host/machine.ts";
export * from "./launch.ts";
export * from "./lcore.ts";
export * from "./log.ts";
