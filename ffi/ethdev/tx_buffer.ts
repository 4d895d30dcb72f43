/**
 * Buffered transmit: `rte_eth_tx_buffer` of `rte_ethdev.h`.
 *
 * @module
 */

import type { EthDev } from "./ethdev.ts";
import { type Hot, shim } from "../boundary/library.ts";
import { checkInteger, disposed, pointerOf, track } from "../boundary/native.ts";
import { badSpan, type Objects } from "../objects.ts";
import { NOT_READY, notReady } from "./readiness.ts";

let ethTxBuffer: Hot<"shim_eth_tx_buffer"> | undefined;
let ethTxFlush: Hot<"shim_eth_tx_buffer_flush"> | undefined;

/**
 * Packets on their way to one queue of one port, sent when `size` have come together. It has the
 * packets that were added until they are sent; those that the device does not take are freed and
 * counted. The buffer is this process's own memory, not shared. One thread at a time. Make it anew
 * when its port is configured anew.
 *
 * @example
 * ```ts
 * import { EthDev, Objects, TxBuffer } from "denodpdk";
 *
 * const objs = new Objects(32);
 * const buffer = new TxBuffer(EthDev.of(1), 0);
 * buffer.add(objs, EthDev.of(0).rxBurst(0, objs, 32));
 * buffer.flush();
 * ```
 */
export class TxBuffer {
  readonly #memory: ArrayBuffer;
  /** @internal Where C finds the buffer. */
  readonly pointer: Deno.PointerObject;
  readonly #dropped: Uint32Array<ArrayBuffer>;
  /** Port that it sends to. */
  readonly port: number;
  /** Queue of that port. */
  readonly queue: number;
  /** How many packets make a flush. */
  readonly size: number;
  #alive = true;

  /**
   * A buffer for one queue: `rte_eth_tx_buffer_init`.
   *
   * @param size packets, 1 to 65535; the samples have 32.
   * @throws {DpdkError} ENOTSUP when the port is not started.
   * @throws {RangeError} when the port has no such queue, or size is out of range.
   */
  constructor(dev: EthDev, queue: number, size = 32) {
    dev.checkTxQueue(queue);
    this.size = checkInteger("TxBuffer size", size, 1, 0xffff);
    this.port = dev.port;
    this.queue = queue;
    this.#memory = new ArrayBuffer(shim().shim_eth_tx_buffer_bytes(size));
    this.pointer = pointerOf(this.#memory);
    shim().shim_eth_tx_buffer_init(this.pointer, size);
    this.#dropped = new Uint32Array(this.#memory, 0, 2);
    track(this, (buffer) => {
      buffer.#alive = false;
    });
  }

  /**
   * Adds `count` packets of the table, from index `from` on: `rte_eth_tx_buffer` for each.
   *
   * @returns how many left, by flushes of a full buffer.
   * @throws {DpdkError} ENOTSUP when the port is not started; the caller has all of them still.
   * @throws {RangeError} when the span leaves the table.
   */
  add(objs: Objects, count: number, from = 0): number {
    if (!this.#alive) disposed("TxBuffer");
    if (
      count >>> 0 !== count || from >>> 0 !== from || from + count > objs.length
    ) badSpan("TxBuffer.add", from, count, objs);
    ethTxBuffer ??= shim().shim_eth_tx_buffer;
    const sent = ethTxBuffer(this.port, this.queue, this.pointer, objs.pointer, from, count);
    return sent !== NOT_READY ? sent : notReady(this.port);
  }

  /**
   * Sends what is pending: `rte_eth_tx_buffer_flush`.
   *
   * @returns how many left.
   * @throws {DpdkError} ENOTSUP when the port is not started; what is pending stays so.
   */
  flush(): number {
    if (!this.#alive) disposed("TxBuffer");
    ethTxFlush ??= shim().shim_eth_tx_buffer_flush;
    const sent = ethTxFlush(this.port, this.queue, this.pointer);
    return sent !== NOT_READY ? sent : notReady(this.port);
  }

  /** Packets that wait for a flush. */
  get pending(): number {
    return shim().shim_eth_tx_buffer_pending(this.pointer);
  }

  /** Packets that the device did not take and that were freed: `rte_eth_tx_buffer_count_callback`. */
  get dropped(): number {
    return (this.#dropped[1] ?? 0) * 0x1_0000_0000 + (this.#dropped[0] ?? 0);
  }
}
