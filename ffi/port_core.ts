/**
 * The part of `mod.ts` that a program with ports needs, for a short start: EAL, ports, bursts,
 * rings, mempools and memzones. It leaves out headers, showing packets, and programs of one file:
 * 50 modules, which take 8 ms.
 *
 * @module
 */

export { DpdkError } from "./boundary/errors.ts";
export { Eal } from "./eal.ts";
export { RssHash, RxOffload, TxOffload } from "./ethdev/offload.ts";
export { Port, type PortOptions } from "./ethdev/port.ts";
export type { RxQueue } from "./ethdev/rx_queue.ts";
export type { TxQueue } from "./ethdev/tx_queue.ts";
export { Burst } from "./mbuf/burst.ts";
export type { PacketMemory } from "./mbuf/packet_memory.ts";
export { createPktmbufPool } from "./mbuf/pool.ts";
export { Mempool } from "./mempool.ts";
export { Memzone } from "./memzone.ts";
export { Objects } from "./objects.ts";
export { Ring, RingFlags } from "./ring.ts";
