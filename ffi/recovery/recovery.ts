/**
 * What DPDK lacks: a process that is killed leaves rings and pools in the middle of an update, and
 * takes the elements with it that it held. Here both are noticed and made good.
 *
 * - {@linkcode startMender}: watches the other processes. When one dies in the middle of an update
 *   of a ring or pool, one of the survivors finishes the update, and nobody waits for the dead.
 * - {@linkcode Quiesce}: asks all threads of all processes to hold nothing for a moment; each is a
 *   {@linkcode Participant}.
 * - {@linkcode giveBackLost}: in such a moment, gives back elements that only the dead held.
 * - {@linkcode PatientRing}, {@linkcode PatientMempool}: give up, instead of waiting for a process
 *   that was stopped or killed in the middle of an update.
 * - {@linkcode Claims}: slots in shared memory, each taken by one living process.
 * - {@linkcode LcoreIds}: ids of lcores for threads that EAL does not know.
 * - {@linkcode StartWatch}: tells whether a process that starts up hangs.
 *
 * @example Finish what killed processes began, as symmetric_mp does
 * ```ts
 * import { Eal } from "denodpdk";
 * import { startMender } from "denodpdk/recovery";
 *
 * using eal = Eal.init(["--no-pci", "--vdev=net_null0"]);
 * await using _mender = startMender({
 *   runtimeFolder: eal.runtimeFolder,
 *   pools: ["SMP_MBUF_POOL"],
 *   say: (line) => console.log(line),
 * });
 * ```
 *
 * @module
 */

export type { AuditOptions, MempoolAudit, MempoolLook } from "./audit.ts";
export { type Claim, Claims } from "./claims.ts";
export { giveBackLost, type GiveBackOptions, type GivenBack } from "./give_back.ts";
export * from "./lcore_ids.ts";
export type { DeadHoldersOptions } from "./locks.ts";
export { type Mender, type MenderOptions, startMender } from "./mend.ts";
export { PatientMempool, PatientRing } from "./patient.ts";
export { type Participant, type Patience, Quiesce, type Quiet } from "./quiesce.ts";
export { type LookAtStart, type StartLook, StartWatch } from "./start_watch.ts";
