/**
 * The part of `mod.ts` that a program without ports needs until its lcores run, for a short start:
 * EAL, rings and mempools. Each module takes 0.2 ms of the start.
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
