/**
 * Pools of packet buffers: `rte_pktmbuf_pool_create` of `rte_mbuf.h`.
 *
 * @module
 */

import { limits } from "../boundary/bounds.ts";
import { UINT16_MAX, UINT32_MAX } from "../boundary/constants.ts";
import { shim } from "../boundary/library.ts";
import { checkInteger, checkSocket, cString, unwrapPointer } from "../boundary/native.ts";
import { Mempool, poolHint } from "../mempool.ts";

/** Options of {@linkcode createPktmbufPool}. */
export interface PktmbufPoolOptions {
  /**
   * Mbufs that each lcore keeps in a cache of its own, 512 at most; 0, no cache, where left out.
   */
  cacheSize?: number;
  /**
   * Bytes of the application's own data behind each mbuf's header, a multiple of 8; 0 where left
   * out.
   */
  privateSize?: number;
  /**
   * Bytes for headroom and data of each mbuf; `RTE_MBUF_DEFAULT_BUF_SIZE` where left out, which is
   * 128 bytes of headroom and 2048 of data unless DPDK was built otherwise.
   */
  dataRoomSize?: number;
  /**
   * Bytes of the longest packet that one mbuf must hold: the room is made larger for it, the headroom
   * added, where it would be too small. Bytes without a frame check sequence.
   */
  longest?: number;
  /** NUMA node of the memory; -1, any, where left out. */
  socket?: number;
}

/** Whether the elements of a pool are packets. */
export function isPacketPool(pool: Mempool): boolean {
  return shim().shim_pktmbuf_pool_check(pool.pointer) >= 0;
}

let told: ((pool: Mempool) => void) | undefined;

/** Registers `tell`, which is called for every packet pool that this thread creates from now on. */
export function onPacketPool(tell: (pool: Mempool) => void): void {
  told = tell;
}

/**
 * Creates a pool of packet buffers: `rte_pktmbuf_pool_create`. Only in the primary process; others
 * find it with {@linkcode Mempool.lookup}. Disposal frees the pool; ports of this process that
 * receive into it are stopped before.
 *
 * @param name up to 25 bytes, unique among the pools of this primary.
 * @param count number of mbufs; 2^n - 1 uses memory best.
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
  const { headroom, data_room } = limits();
  const longest = checkInteger("pktmbuf longest packet", options.longest ?? 1, 1, UINT16_MAX);
  const given = options.dataRoomSize ?? data_room;
  const room = options.longest === undefined ? given : Math.max(given, headroom + longest);
  checkInteger("pktmbuf data room size", room, headroom, UINT16_MAX);
  const socket = checkSocket(options.socket);
  const pointer = unwrapPointer(
    `rte_pktmbuf_pool_create(${name})`,
    (out) => shim().shim_pktmbuf_pool_create(cString(name), count, cache, extra, room, socket, out),
    (code) => poolHint(count, extra + room, extra)(code),
  );
  const pool = Mempool.own(name, pointer);
  told?.(pool);
  return pool;
}
