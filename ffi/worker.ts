/**
 * The modules that the Worker of an lcore needs in a program without ports, without those of the
 * main thread: each Worker loads its modules anew, 0.2 ms each.
 *
 * @module
 */

export { delayUsSleep } from "./cycles.ts";
export { lcoreMain } from "./launch.ts";
export { Mempool } from "./mempool.ts";
export { Objects } from "./objects.ts";
export { PatientMempool, PatientRing } from "./recovery/patient.ts";
export { type Participant, Quiesce } from "./recovery/quiesce.ts";
export { Ring } from "./ring.ts";
