/**
 * What DPDK lacks: what a process that was killed leaves behind in rings, pools and locks, found and
 * given back.
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
export { type Participant, Quiesce, type Quiet } from "./quiesce.ts";
export { type LookAtStart, type StartLook, StartWatch } from "./start_watch.ts";
