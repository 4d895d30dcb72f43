/**
 * Packet buffers: `rte_mbuf.h`. {@linkcode PacketMemory} and {@linkcode Packet} read and write
 * what is in them.
 *
 * @module
 */

import { type Hot, shim } from "../boundary/library.ts";
import type { Mempool } from "../mempool.ts";
import { checkInteger, disposed, StableMemory, track } from "../boundary/native.ts";
import { badCount, badSpan, type Objects, OBJECTS_MAX } from "../objects.ts";

export * from "./pool.ts";

/** Bytes for headroom and data of a pool's packets. */
export function dataRoomOf(pool: Mempool): number {
  return pool.dataRoom;
}

let allocBulk: Hot<"shim_pktmbuf_alloc_bulk"> | undefined;
let freeBulk: Hot<"shim_pktmbuf_free_bulk"> | undefined;

/**
 * Gets `count` fresh mbufs to the front of the table or none: `rte_pktmbuf_alloc_bulk`. Each is an
 * empty packet of one segment; the caller has them.
 *
 * @returns false when the pool has fewer.
 * @throws {DpdkError} EINVAL when the pool is not one of packet buffers.
 * @throws {RangeError} when count exceeds the table.
 */
export function pktmbufAllocBulk(pool: Mempool, objs: Objects, count: number): boolean {
  if (count >>> 0 !== count || count > objs.length) badCount("pktmbufAllocBulk", count, objs);
  const pointer = pool.pointer;
  dataRoomOf(pool);
  // a pool on a ring says that it is empty when asked for none
  return count === 0 ||
    (allocBulk ??= shim().shim_pktmbuf_alloc_bulk)(pointer, objs.pointer, count) === 0;
}

/**
 * Frees `count` packets of the table, all their segments, from index `from` on:
 * `rte_pktmbuf_free_bulk`. The caller must have them and has them no more.
 *
 * @throws {RangeError} when the span leaves the table.
 */
export function pktmbufFreeBulk(objs: Objects, count: number, from = 0): void {
  if (
    count >>> 0 !== count || from >>> 0 !== from || from + count > objs.length
  ) badSpan("pktmbufFreeBulk", from, count, objs);
  (freeBulk ??= bindFreeBulk())(objs.pointer, from, count);
}

/** Stands for the binding among what EAL's end concerns. */
const binding = {};

/** When EAL has ended, there is no memory that an mbuf could go back to. */
function bindFreeBulk(): Hot<"shim_pktmbuf_free_bulk"> {
  track(binding, () => freeBulk = () => disposed("pktmbufFreeBulk"));
  return shim().shim_pktmbuf_free_bulk;
}

let mbufPorts: Hot<"shim_mbuf_ports"> | undefined;

/**
 * A preallocated table of the ports that packets came from, for loops that look at nothing else of
 * them; `PacketBurst` also tells where their data is. It must not be used by two threads at once.
 *
 * @example
 * ```ts
 * import { MbufPorts, Objects, Ring } from "denodpdk";
 *
 * const objs = new Objects(32);
 * const from = new MbufPorts(32);
 * const n = Ring.lookup("MProc_Client_0_RX").dequeueBurst(objs, 32);
 * from.read(objs, n);
 * console.log(from.ports[0]);
 * ```
 */
export class MbufPorts {
  /** Port of each packet that was read: `mbuf->port`. */
  readonly ports: Uint16Array;
  readonly #pointer: Deno.PointerObject;

  /**
   * A table for `length` packets.
   *
   * @throws {RangeError} when length is not an integer from 1 to `OBJECTS_MAX`.
   */
  constructor(length: number) {
    checkInteger("MbufPorts length", length, 1, OBJECTS_MAX);
    const memory = new StableMemory(length * Uint16Array.BYTES_PER_ELEMENT);
    this.ports = new Uint16Array(memory.buffer);
    this.#pointer = memory.pointer;
  }

  /**
   * Reads the ports of the first `count` packets of a table.
   *
   * @throws {RangeError} when count exceeds one of the tables.
   */
  read(objs: Objects, count: number): void {
    if (count >>> 0 !== count || count > objs.length || count > this.ports.length) {
      badCount("MbufPorts.read", count, objs);
    }
    (mbufPorts ??= shim().shim_mbuf_ports)(objs.pointer, count, this.#pointer);
  }
}
