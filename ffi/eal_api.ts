/**
 * EAL's services for programs that do without `program()`: they read EAL's options, and place their
 * threads on lcores themselves. Each part is named as its header: `rte_lcore.h`, `rte_launch.h`,
 * `rte_cycles.h`, `rte_log.h`, `rte_dev.h`.
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
