/**
 * DPDK from TypeScript: programs of one file, ports and their queues, bursts of packets, rings,
 * mempools and memzones, over a small C shim.
 *
 * Importing this does nothing; the shim is built and opened when it is first needed. What fewer
 * programs need has entries of its own:
 *
 * - `denodpdk/net`: headers, frames, checksums, what is in a packet;
 * - `denodpdk/pcap`: capture files;
 * - `denodpdk/eal`: EAL's options, lcores and threads, cycles, log, devices, for programs that do
 *   without {@linkcode program};
 * - `denodpdk/recovery`: what killed processes leave behind, and how it is given back;
 * - `denodpdk/supervise`: processes that are started, watched and replaced.
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

// rte_eal.h, and what goes wrong in it
export * from "./ffi/eal.ts";
export { DpdkError } from "./ffi/boundary/errors.ts";

// rte_ethdev.h
export {
  type FlowControl,
  Port,
  type PortLink,
  type PortOptions,
  type RssConfig,
} from "./ffi/ethdev/port.ts";
export type { PortInfo } from "./ffi/ethdev/ports.ts";
export { RxQueue } from "./ffi/ethdev/rx_queue.ts";
export { type Buffered, TxQueue, type TxQueueOptions } from "./ffi/ethdev/tx_queue.ts";
export { Exchange, type ExchangeOptions, type Verdict } from "./ffi/ethdev/exchange.ts";
export { RssHash, RxOffload, TxOffload } from "./ffi/ethdev/offload.ts";
export type {
  PortRates,
  PortStats,
  QueueCounters,
  QueueRates,
  QueueStats,
} from "./ffi/ethdev/stats.ts";

// rte_mbuf.h
export { Burst, type BurstOptions, DROP, KEEP } from "./ffi/mbuf/burst.ts";
export { type ChecksumVerdict, Packet, type PacketOffload } from "./ffi/mbuf/packet.ts";
export { PacketMemory } from "./ffi/mbuf/packet_memory.ts";
export { createPktmbufPool, type PktmbufPoolOptions } from "./ffi/mbuf/pool.ts";

// rte_ring.h, rte_mempool.h, rte_memzone.h
export * from "./ffi/ring.ts";
export { Mempool, MempoolFlags, type MempoolInfo, type MempoolOptions } from "./ffi/mempool.ts";
export * from "./ffi/memzone.ts";
export { Objects } from "./ffi/objects.ts";

// programs of one file
export * as option from "./cmd/lib/option.ts";
export type { OptionSpec, OptionValues } from "./cmd/lib/option.ts";
export {
  type LcoreFunctions,
  type LcoreHandles,
  type LcorePairs,
  type LcoreScope,
  program,
  type ProgramContext,
  type ProgramLcore,
  type ProgramSpec,
} from "./cmd/lib/program/program.ts";
