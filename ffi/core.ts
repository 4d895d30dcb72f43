/**
 * What a program without ports needs until its lcores run: EAL, rings and mempools. It is a part of
 * `mod.ts` for those whose start is to be short: a module takes 0.2 ms of it.
 *
 * @module
 */

export { DpdkError } from "./boundary/errors.ts";
export { Eal } from "./eal.ts";
export { parseEalOptions } from "./host/eal_options.ts";
export type { ProcessName } from "./host/machine.ts";
export { Lcore } from "./lcore.ts";
export { log, LogLevel } from "./log.ts";
export { Mempool } from "./mempool.ts";
export { Objects } from "./objects.ts";
export { PatientMempool, PatientRing } from "./recovery/patient.ts";
export { Ring } from "./ring.ts";
