/**
 * DPDK from TypeScript: EAL, lcores, rings, mempools, memzones and ports, over a small C shim.
 *
 * Importing this does nothing; the shim is built and opened when it is first needed.
 *
 * @example Attach to a running primary and read a ring
 * ```ts
 * import { Eal, Ring } from "denodpdk";
 *
 * using _eal = Eal.attach({ filePrefix: "rte" });
 * using ring = Ring.lookup("PRI_2_SEC");
 * console.log(`${ring.name}: ${ring.count} of ${ring.capacity}`);
 * ```
 *
 * @module
 */

import "./ffi/mbuf/read.ts";

export type { AuditOptions, MempoolAudit, MempoolLook } from "./ffi/recovery/audit.ts";
export * from "./ffi/boundary/counters.ts";
export * from "./ffi/cycles.ts";
export * from "./ffi/eal.ts";
export { type EalOptions, parseEalOptions, secondaryArgs } from "./ffi/host/eal_options.ts";
export { DpdkError, type DpdkErrorInit } from "./ffi/boundary/errors.ts";
export type { Json } from "./ffi/boundary/shown.ts";
export { readKernelFile } from "./ffi/host/kernel_file.ts";
export * from "./ffi/launch.ts";
export * from "./ffi/recovery/lcore_ids.ts";
export type { LcoreMap } from "./ffi/host/lcore_list.ts";
export * from "./ffi/lcore.ts";
export type { DeadHoldersOptions } from "./ffi/recovery/locks.ts";
export * from "./ffi/log.ts";
export type { ProcessName } from "./ffi/host/machine.ts";
export { createPktmbufPool, type PktmbufPoolOptions } from "./ffi/mbuf/pool.ts";
export { Mempool, MempoolFlags, type MempoolInfo, type MempoolOptions } from "./ffi/mempool.ts";
export * from "./ffi/memzone.ts";
export { RssHash, RxOffload, TxOffload } from "./ffi/ethdev/offload.ts";
export { type ObjectHolder, Objects, OBJECTS_MAX } from "./ffi/objects.ts";
export { Burst, type BurstOptions, DROP, KEEP } from "./ffi/mbuf/burst.ts";
export { type ChecksumVerdict, Packet, type PacketOffload } from "./ffi/mbuf/packet.ts";
export * from "./ffi/net/net.ts";
export * from "./ffi/pcap/pcap.ts";
export { OUTSIDE, PacketMemory } from "./ffi/mbuf/packet_memory.ts";
export * from "./ffi/ethdev/device.ts";
export { Exchange, type ExchangeOptions, type Verdict } from "./ffi/ethdev/exchange.ts";
export {
  type FlowControl,
  Port,
  type PortLink,
  type PortOptions,
  type RssConfig,
} from "./ffi/ethdev/port.ts";
export type { PortInfo } from "./ffi/ethdev/ports.ts";
export { RxQueue } from "./ffi/ethdev/rx_queue.ts";
export type { ReceivedOptions } from "./ffi/ethdev/received.ts";
export type {
  PortRates,
  PortStats,
  QueueCounters,
  QueueRates,
  QueueStats,
} from "./ffi/ethdev/stats.ts";
export { type Buffered, TxQueue, type TxQueueOptions } from "./ffi/ethdev/tx_queue.ts";
export * from "./ffi/supervise/process.ts";
export * from "./ffi/supervise/self.ts";
export { type Claim, Claims } from "./ffi/recovery/claims.ts";
export { giveBackLost, type GiveBackOptions, type GivenBack } from "./ffi/recovery/give_back.ts";
export { type Mender, type MenderOptions, startMender } from "./ffi/recovery/mend.ts";
export { type Participant, Quiesce, type Quiet } from "./ffi/recovery/quiesce.ts";
export { type LookAtStart, type StartLook, StartWatch } from "./ffi/recovery/start_watch.ts";
export * from "./ffi/ring.ts";
export * from "./ffi/supervise/slave.ts";
export type { SupervisorEvent, SupervisorLimits } from "./ffi/supervise/slave_group.ts";
export * from "./ffi/supervise/supervisor.ts";
export * as option from "./cmd/lib/option.ts";
export type { OptionSpec, OptionValues, Reader } from "./cmd/lib/option.ts";
export {
  type HandedOver,
  type LcoreFunctions,
  type LcoreHandles,
  type LcoreScope,
  type PortsOf,
  program,
  type ProgramContext,
  type ProgramLcore,
  type ProgramSpec,
} from "./cmd/lib/program/program.ts";
