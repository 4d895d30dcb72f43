/**
 * Packet buffers: `rte_mbuf.h`. {@linkcode PacketMemory} and {@linkcode Packet} read and write
 * what is in them.
 *
 * @module
 */

import { type Hot, shim } from "../boundary/library.ts";
import { Mempool, poolHint } from "../mempool.ts";
import {
  checkInteger,
  checkSocket,
  cString,
  disposed,
  StableMemory,
  track,
  UINT32_MAX,
  unwrap,
  unwrapPointer,
} from "../boundary/native.ts";
import { badCount, badSpan, OBJ_TABLE_MAX, type ObjTable } from "./obj_table.ts";

/** `RTE_PKTMBUF_HEADROOM`: free bytes before a packet's data, for headers to come. */
export const PKTMBUF_HEADROOM = 128;
/** `RTE_MBUF_DEFAULT_BUF_SIZE`: headroom and 2048 bytes of data, as the samples have it. */
export const MBUF_DEFAULT_BUF_SIZE = 2176;

const UINT16_MAX = 0xffff;

/** Options of {@linkcode createPktmbufPool}. */
export interface PktmbufPoolOptions {
  /** Mbufs that each lcore keeps for itself; 0 (no cache) where left out, 512 at most. */
  cacheSize?: number;
  /** Bytes between an mbuf and its data, a multiple of 8; 0 where left out. */
  privateSize?: number;
  /** Bytes for headroom and data; {@linkcode MBUF_DEFAULT_BUF_SIZE} where left out. */
  dataRoomSize?: number;
  /** NUMA node of the memory; any (-1) where left out. */
  socket?: number;
}

const dataRooms = new WeakMap<Mempool, number>();

/** Bytes for headroom and data of a pool's packets, asked once; an error where it has none. */
export function dataRoomOf(pool: Mempool): number {
  let room = dataRooms.get(pool);
  if (room === undefined) {
    room = unwrap(
      `packets of mempool ${pool.name}`,
      shim().shim_pktmbuf_pool_check(pool.pointer),
      "its elements are no packets: it must come from createPktmbufPool()",
    );
    dataRooms.set(pool, room);
  }
  return room;
}

let allocBulk: Hot<"shim_pktmbuf_alloc_bulk"> | undefined;
let freeBulk: Hot<"shim_pktmbuf_free_bulk"> | undefined;

/**
 * Creates a pool of packet buffers: `rte_pktmbuf_pool_create`. Only in the primary process; others
 * find it with {@linkcode Mempool.lookup}. Its disposal frees it, as that of a {@linkcode Mempool}.
 *
 * @param name up to 25 bytes, unique among the pools of this primary.
 * @param count mbufs; 2^n - 1 uses memory best.
 * @throws {DpdkError} EEXIST, EINVAL (cache too large), ENAMETOOLONG, ENOMEM, E_RTE_SECONDARY.
 * @throws {RangeError} when a number is no integer in range.
 *
 * @example
 * ```ts
 * import { createPktmbufPool } from "denodpdk";
 *
 * using pool = createPktmbufPool("packets", 8191, { cacheSize: 256 });
 * ```
 */
export function createPktmbufPool(
  name: string,
  count: number,
  options: PktmbufPoolOptions = {},
): Mempool {
  checkInteger("pktmbuf pool count", count, 1, UINT32_MAX);
  const cache = checkInteger("pktmbuf pool cache size", options.cacheSize ?? 0, 0, UINT32_MAX);
  const extra = checkInteger("pktmbuf private size", options.privateSize ?? 0, 0, UINT16_MAX);
  const room = options.dataRoomSize ?? MBUF_DEFAULT_BUF_SIZE;
  checkInteger("pktmbuf data room size", room, PKTMBUF_HEADROOM, UINT16_MAX);
  const socket = checkSocket(options.socket);
  const pool = unwrapPointer(
    `rte_pktmbuf_pool_create(${name})`,
    (out) => shim().shim_pktmbuf_pool_create(cString(name), count, cache, extra, room, socket, out),
    (code) => poolHint(count, extra + room, extra)(code),
  );
  return Mempool.own(name, pool);
}

/**
 * Gets `count` fresh mbufs to the front of the table or none: `rte_pktmbuf_alloc_bulk`. Each is an
 * empty packet of one segment; the caller has them.
 *
 * @returns false when the pool has fewer.
 * @throws {DpdkError} EINVAL when the pool is not one of packet buffers.
 * @throws {RangeError} when count exceeds the table.
 */
export function pktmbufAllocBulk(pool: Mempool, objs: ObjTable, count: number): boolean {
  if (count >>> 0 !== count || count > objs.length) badCount("pktmbufAllocBulk", count, objs);
  const pointer = pool.pointer;
  if (!dataRooms.has(pool)) dataRoomOf(pool);
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
export function pktmbufFreeBulk(objs: ObjTable, count: number, from = 0): void {
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
 * import { MbufPorts, ObjTable, Ring } from "denodpdk";
 *
 * const objs = new ObjTable(32);
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
   * @throws {RangeError} when length is not an integer from 1 to `OBJ_TABLE_MAX`.
   */
  constructor(length: number) {
    checkInteger("MbufPorts length", length, 1, OBJ_TABLE_MAX);
    const memory = new StableMemory(length * Uint16Array.BYTES_PER_ELEMENT);
    this.ports = new Uint16Array(memory.buffer);
    this.#pointer = memory.pointer;
  }

  /**
   * Reads the ports of the first `count` packets of a table.
   *
   * @throws {RangeError} when count exceeds one of the tables.
   */
  read(objs: ObjTable, count: number): void {
    if (count >>> 0 !== count || count > objs.length || count > this.ports.length) {
      badCount("MbufPorts.read", count, objs);
    }
    (mbufPorts ??= shim().shim_mbuf_ports)(objs.pointer, count, this.#pointer);
  }
}
