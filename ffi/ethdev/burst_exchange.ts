/**
 * Several bursts in one native call: those that were decided about leave, new ones come.
 *
 * @module
 */

import { DpdkError } from "../boundary/errors.ts";
import type { EthDev } from "./ethdev.ts";
import { type Hot, shim } from "../boundary/library.ts";
import { checkInteger, disposed, StableMemory, track } from "../boundary/native.ts";
import type { Objects } from "../objects.ts";
import { PacketBurst } from "../mbuf/old_packet.ts";
import { NOT_READY } from "./readiness.ts";
import { TxBuffer } from "./tx_buffer.ts";

/** In {@linkcode BurstExchange.to}: nothing is decided, the burst stays in hand. */
export const UNDECIDED = 0xffff_ffff;
/** In {@linkcode BurstExchange.to}: the packets go back to their pools. */
export const FREE = 0xffff_fffe;

/** A receive queue of a {@linkcode BurstExchange}. */
export interface ExchangeRx {
  /** The port. */
  dev: EthDev;
  /** Its queue. */
  queue: number;
  /**
   * What its packets come to, at most as many at once as this holds. With a `PacketBurst` it is
   * also told where they lie.
   */
  burst: Objects | PacketBurst;
}

/** A transmit queue of a {@linkcode BurstExchange}. */
export interface ExchangeTx {
  /** The port. */
  dev: EthDev;
  /** Its queue. */
  queue: number;
}

let ethExchange: Hot<"shim_eth_exchange"> | undefined;
let ethExchangeSend: Hot<"shim_eth_exchange_send"> | undefined;

/** More than any machine has. */
const QUEUES_MAX = 0xffff;

const HALF = 0x1_0000_0000;

/** Bytes of `struct shim_rx` and of `struct shim_tx`; what is where in them, in 4-byte words. */
const RX = { bytes: 40, objs: 0, burst: 2, packets: 4, port: 6, queue: 7, size: 8 } as const;
const TX = { bytes: 32, buffer: 0, packets: 2, dropped: 4, port: 6, queue: 7 } as const;

/** Lists of structs, by words; addresses and counters take two each. */
class Structs {
  readonly words: Uint32Array;
  readonly memory: StableMemory;

  constructor(readonly bytes: number, count: number) {
    this.memory = new StableMemory(bytes * count);
    this.words = new Uint32Array(this.memory.buffer);
  }

  /** Where a member of a struct lies. */
  at(index: number, member: number): number {
    return index * this.bytes / Uint32Array.BYTES_PER_ELEMENT + member;
  }

  set(index: number, member: number, value: number): void {
    this.words[this.at(index, member)] = value;
  }

  setAddress(index: number, member: number, pointer: Deno.PointerObject): void {
    const { buffer } = this.words;
    const at = this.at(index, member) * Uint32Array.BYTES_PER_ELEMENT;
    new DataView(buffer).setBigUint64(at, Deno.UnsafePointer.value(pointer), true);
  }

  /** A counter, exact to 2^53; 0 where there is no such struct. */
  count(index: number, member: number): number {
    const at = this.at(index, member);
    return (this.words[at + 1] ?? 0) * HALF + (this.words[at] ?? 0);
  }
}

/**
 * What a forwarding loop does with a burst at a time, `rte_eth_rx_burst`, `rte_eth_tx_burst` and
 * the freeing of what the port did not take, for several queues in one native call.
 *
 * A turn sends each burst where {@linkcode BurstExchange.to} says, which the loop has written since
 * the turn before, and receives the next one in its place. A burst about which nothing was decided
 * stays in hand, and its queue receives nothing meanwhile. In between the loop looks at what came:
 * how much in {@linkcode BurstExchange.counts}, what it is in the tables that it gave.
 *
 * One thread at a time. Make it anew when one of its ports is configured anew.
 *
 * @example Forward between two ports until `done`
 * ```ts
 * import { BurstExchange, EthDev, Objects } from "denodpdk";
 *
 * const ends = [0, 1].map((port) => ({ dev: EthDev.of(port), queue: 0 }));
 * const exchange = new BurstExchange(
 *   ends.map((end) => ({ ...end, burst: new Objects(32) })),
 *   ends,
 * );
 * for (let turn = 0; turn < 1000; turn++) {
 *   if (exchange.turn() === 0) continue;
 *   // what came from the one leaves by the other
 *   exchange.to[0] = 1;
 *   exchange.to[1] = 0;
 * }
 * exchange.send();
 * ```
 */
export class BurstExchange {
  /**
   * By receive queue, how many packets are in hand. A loop that has taken packets out of the front
   * part of a burst lowers it.
   */
  readonly counts: Uint32Array;
  /**
   * By receive queue, where its burst goes: an index into the transmit queues, {@linkcode FREE}, or
   * {@linkcode UNDECIDED}, as each burst is when it comes.
   */
  readonly to: Uint32Array;
  readonly #rx: Structs;
  readonly #tx: Structs;
  /** `struct shim_exchange`. */
  readonly #head: StableMemory;
  readonly #pointer: Deno.PointerObject;
  /** What C has pointers to: as long as this lives. */
  readonly #held: readonly unknown[];
  #alive = true;

  /**
   * Bursts from `rx` to `tx`.
   *
   * @param tx Transmit queues, or the buffers that collect packets for them.
   * @throws {DpdkError} ENOTSUP when a port is not started.
   * @throws {RangeError} when a port has no such queue, or there are none.
   */
  constructor(rx: readonly ExchangeRx[], tx: readonly (ExchangeTx | TxBuffer)[]) {
    checkInteger("number of rx queues", rx.length, 1, QUEUES_MAX);
    checkInteger("number of tx queues", tx.length, 1, QUEUES_MAX);
    this.#rx = new Structs(RX.bytes, rx.length);
    this.#tx = new Structs(TX.bytes, tx.length);
    const counts = new StableMemory(rx.length * Uint32Array.BYTES_PER_ELEMENT);
    const to = new StableMemory(rx.length * Uint32Array.BYTES_PER_ELEMENT);
    this.counts = new Uint32Array(counts.buffer);
    this.to = new Uint32Array(to.buffer).fill(UNDECIDED);
    rx.forEach(({ dev, queue, burst }, i) => {
      dev.checkRxQueue(queue);
      const located = burst instanceof PacketBurst;
      this.#rx.setAddress(i, RX.objs, located ? burst.objs.pointer : burst.pointer);
      if (located) this.#rx.setAddress(i, RX.burst, burst.pointer);
      this.#rx.set(i, RX.port, dev.port);
      this.#rx.set(i, RX.queue, queue);
      this.#rx.set(i, RX.size, burst.length);
    });
    tx.forEach((to, i) => {
      const { queue } = to;
      if (to instanceof TxBuffer) this.#tx.setAddress(i, TX.buffer, to.pointer);
      else to.dev.checkTxQueue(queue);
      this.#tx.set(i, TX.port, to instanceof TxBuffer ? to.port : to.dev.port);
      this.#tx.set(i, TX.queue, queue);
    });
    this.#held = [rx.map(({ burst }) => burst), [...tx]];
    const head = BigUint64Array.of(
      ...[this.#rx.memory, this.#tx.memory, counts, to].map(({ address }) => address),
      BigInt(rx.length) | BigInt(tx.length) << 32n,
    );
    this.#head = new StableMemory(head.byteLength);
    new BigUint64Array(this.#head.buffer).set(head);
    this.#pointer = this.#head.pointer;
    track(this, (exchange) => {
      exchange.#alive = false;
    });
  }

  /**
   * Sends what was decided about and receives anew.
   *
   * @returns how many packets are in hand.
   * @throws {DpdkError} ENOTSUP when one of the ports is not started; what was to go there stays in
   * hand.
   */
  turn(): number {
    if (!this.#alive) disposed("BurstExchange");
    const inHand = (ethExchange ??= shim().shim_eth_exchange)(this.#pointer);
    return inHand !== NOT_READY ? inHand : this.#notReady();
  }

  /** Sends what was decided about and receives nothing: the end of a loop. */
  send(): void {
    if (!this.#alive) disposed("BurstExchange");
    (ethExchangeSend ??= shim().shim_eth_exchange_send)(this.#pointer);
  }

  #notReady(): never {
    throw new DpdkError({
      operation: "burst exchange",
      code: "ENOTSUP",
      reason: "one of its ports is not started",
      hint: "make it anew when all are",
    });
  }

  /** Packets that came from receive queue `index`. */
  received(index: number): number {
    return this.#rx.count(index, RX.packets);
  }

  /** Packets that left by transmit queue `index`. */
  sent(index: number): number {
    return this.#tx.count(index, TX.packets);
  }

  /** Packets that transmit queue `index` did not take and that were freed; a buffer counts its own. */
  dropped(index: number): number {
    return this.#tx.count(index, TX.dropped);
  }
}
