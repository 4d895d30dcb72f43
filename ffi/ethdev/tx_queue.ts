/**
 * Transmit queues: `rte_eth_tx_burst`, and `rte_eth_tx_buffer`.
 *
 * @module
 */

import { type Hot, shim } from "../boundary/library.ts";
import {
  RTE_ETH_TX_OFFLOAD_IPV4_CKSUM,
  RTE_ETH_TX_OFFLOAD_TCP_CKSUM,
  RTE_ETH_TX_OFFLOAD_UDP_CKSUM,
} from "../boundary/constants.ts";
import { DpdkError } from "../boundary/errors.ts";
import { checkInteger, disposed, StableMemory, unwrap } from "../boundary/native.ts";
import { inspected } from "../boundary/shown.ts";
import { Burst } from "../mbuf/burst.ts";
import { Packet } from "../mbuf/packet.ts";
import { type ChecksumCapabilities, packetReader } from "../mbuf/reader.ts";
import { Mempool } from "../mempool.ts";
import { handedOver } from "../transfer.ts";
import { readCount, TX_QUEUE, writeLong } from "./layout.ts";
import { ownPoolName, readInfo } from "./ports.ts";
import { NOT_READY, notReady } from "./readiness.ts";

/** Options of {@linkcode Port.txQueue}. */
export interface TxQueueOptions {
  /** Packets that {@linkcode TxQueue.buffer} sends at once; 32 where left out. */
  bufferSize?: number;
  /** How long packets may be collected before {@linkcode TxQueue.drain} sends them, us; 100 where left out. */
  drainUs?: number;
}

/** @internal What a queue is found by in another thread; the last is the name of the port's pool. */
export type TxQueueOrigin = [
  port: number,
  queue: number,
  options: TxQueueOptions,
  poolName: string,
];

let ethSend: Hot<"shim_eth_send"> | undefined;
let ethTrySend: Hot<"shim_eth_try_send"> | undefined;
let ethBuffer: Hot<"shim_eth_buffer"> | undefined;
let ethFlush: Hot<"shim_eth_flush"> | undefined;
let ethDrain: Hot<"shim_eth_drain"> | undefined;
let ethPrepare: Hot<"shim_eth_prepare"> | undefined;
let freeBulk: Hot<"shim_pktmbuf_free_bulk"> | undefined;

/** A verdict that refuses: of a queue whose port has gone. As a double no address of C. */
const CLOSED = 253;

/** In a verdict: the queue collects. */
const COLLECT = 1n;

/** An address as a double of the same 64 bits, which a loop can store without a BigInt. */
function patternOf(address: bigint): number {
  return new Float64Array(BigUint64Array.of(address).buffer)[0] ?? 0;
}

/** All memory of queues: a verdict in an exchange may have its address, whoever has forgotten the queue. */
const held: StableMemory[] = [];

/** In a turn of an `Exchange`, the verdict that a burst is collected and not sent at once. */
export class Buffered {
  /** @internal The verdict as C has it. */
  slot: number;

  /** @internal Use {@linkcode TxQueue.buffered}. */
  constructor(slot: number) {
    this.slot = slot;
  }
}

/**
 * A transmit queue of a port, from {@linkcode Port.txQueue}: that there is one was checked there.
 *
 * Packets that were given to it are not the caller's any more. Those that the port does not take are
 * freed and counted. {@linkcode TxQueue.buffer} collects packets until there are as many as are sent
 * at once; disposal sends what was collected. One thread at a time on a queue. A Worker that is given
 * one has it as its own, with counters from 0.
 *
 * @example Collect, and send what waits at least every 100 microseconds
 * ```ts
 * import { Burst, type RxQueue, type TxQueue } from "denodpdk";
 *
 * function forward(rx: RxQueue, tx: TxQueue, running: () => boolean) {
 *   using burst = new Burst(32);
 *   while (running()) {
 *     if (rx.receive(burst) > 0) tx.buffer(burst);
 *     tx.drain();
 *   }
 *   tx.flush();
 * }
 * ```
 */
export class TxQueue implements Disposable {
  /** The port's id. */
  readonly port: number;
  /** Number of the queue. */
  readonly queue: number;
  /** The verdict that a burst of an `Exchange` is collected here, as {@linkcode TxQueue.buffer} does. */
  readonly buffered: Buffered;
  /** @internal The verdict that a burst is sent here, as C has it: the queue's address. */
  slot: number;
  readonly #words: Uint32Array;
  readonly #memories: readonly StableMemory[];
  readonly #table: Deno.PointerObject;
  readonly #options: TxQueueOptions;
  #pointer: Deno.PointerObject | null;
  /** Where {@linkcode TxQueue.sendBytes} takes its packets from, and its burst. */
  readonly #poolName: string;
  #own: { pool: Mempool; burst: Burst } | undefined;
  #checksums: ChecksumCapabilities | undefined;

  /** @internal Use {@linkcode Port.txQueue}. */
  constructor(
    port: number,
    queue: number,
    options: TxQueueOptions,
    cyclesPerUs: number,
    poolName: string = ownPoolName(port),
  ) {
    const size = checkInteger("bufferSize", options.bufferSize ?? 32, 1, 0xffff);
    const drainUs = checkInteger("drainUs", options.drainUs ?? 100, 0, 1_000_000_000);
    this.port = port;
    this.queue = queue;
    this.#options = options;
    this.#poolName = poolName;
    const pkts = new StableMemory(size * Float64Array.BYTES_PER_ELEMENT);
    const memory = new StableMemory(TX_QUEUE.bytes);
    this.#words = new Uint32Array(memory.buffer);
    writeLong(this.#words, TX_QUEUE.drainCycles, BigInt(Math.round(drainUs * cyclesPerUs)));
    writeLong(this.#words, TX_QUEUE.pkts, pkts.address);
    this.#words[TX_QUEUE.size] = size;
    this.#words[TX_QUEUE.port] = port;
    this.#words[TX_QUEUE.queue] = queue;
    this.#table = pkts.pointer;
    this.#memories = [pkts, memory];
    held.push(...this.#memories);
    this.#pointer = memory.pointer;
    this.slot = patternOf(memory.address);
    this.buffered = new Buffered(patternOf(memory.address | COLLECT));
  }

  /**
   * Sends a burst, which is empty then: `rte_eth_tx_burst`. What the port does not take is freed, and
   * counted in {@linkcode TxQueue.dropped}.
   *
   * @returns how many the port took.
   * @throws {DpdkError} ENOTSUP when the port is stopped; the burst still has its packets.
   */
  send(burst: Burst): number {
    const sent = (ethSend ??= shim().shim_eth_send)(this.#pointer ?? this.#ended(), burst.handle);
    return sent !== NOT_READY ? sent : notReady(this.port);
  }

  /**
   * Sends what the port takes of a burst: `rte_eth_tx_burst`. The burst keeps the rest, to be sent
   * again.
   *
   * @returns how many the port took.
   * @throws {DpdkError} ENOTSUP when the port is stopped.
   */
  trySend(burst: Burst): number {
    const pointer = this.#pointer ?? this.#ended();
    const sent = (ethTrySend ??= shim().shim_eth_try_send)(pointer, burst.handle);
    return sent !== NOT_READY ? sent : notReady(this.port);
  }

  /**
   * Collects a burst, which is empty then, and sends when enough have come together:
   * `rte_eth_tx_buffer`.
   *
   * @returns how many the port took now.
   * @throws {DpdkError} ENOTSUP when the port is stopped; the burst still has its packets.
   */
  buffer(burst: Burst): number {
    const pointer = this.#pointer ?? this.#ended();
    const sent = (ethBuffer ??= shim().shim_eth_buffer)(pointer, burst.handle);
    return sent !== NOT_READY ? sent : notReady(this.port);
  }

  /**
   * Sends what was collected: `rte_eth_tx_buffer_flush`.
   *
   * @returns how many the port took.
   * @throws {DpdkError} ENOTSUP when the port is stopped; what was collected stays so.
   */
  flush(): number {
    const sent = (ethFlush ??= shim().shim_eth_flush)(this.#pointer ?? this.#ended());
    return sent !== NOT_READY ? sent : notReady(this.port);
  }

  /**
   * Sends what was collected if this did not happen for `drainUs`. For every turn of a loop.
   *
   * @returns how many the port took.
   * @throws {DpdkError} ENOTSUP when the port is stopped.
   */
  drain(): number {
    const sent = (ethDrain ??= shim().shim_eth_drain)(this.#pointer ?? this.#ended());
    return sent !== NOT_READY ? sent : notReady(this.port);
  }

  /**
   * Checks that the port can do what the packets' offloads want, and does what is left to software:
   * `rte_eth_tx_prepare`. Some drivers need it before packets with offloads are sent.
   *
   * @returns how many packets, from the first one on, can be sent.
   * @throws {DpdkError} EINVAL or ENOTSUP of the first one that cannot.
   */
  prepare(burst: Burst): number {
    const pointer = this.#pointer ?? this.#ended();
    const ready = (ethPrepare ??= shim().shim_eth_prepare)(pointer, burst.handle);
    return unwrap(`rte_eth_tx_prepare(${this})`, ready, "the port lacks an offload of a packet");
  }

  /**
   * Sends bytes as packets: each is allocated from the port's pool, written and sent. For scripts; a
   * loop fills a burst.
   *
   * @param bytes a packet from its Ethernet header on, as `frame` makes it.
   * @param copies how many packets; as many as fit into a burst of 32 are sent at a time.
   * @returns how many the port took.
   * @throws {DpdkError} ENOMEM when the pool is empty; ENOENT when this process does not know the
   * port's pool, as a secondary of another program; ENOTSUP when the port is stopped.
   * @throws {RangeError} when the bytes do not fit into a packet of the pool.
   *
   * @example A hundred packets
   * ```ts
   * import type { TxQueue } from "denodpdk";
   * import { ether, frame, ipv4, udp } from "denodpdk/net";
   *
   * function greet(tx: TxQueue): number {
   *   const to = ether({ dst: "02:00:00:00:00:01" });
   *   return tx.sendBytes(frame(to, ipv4({ dst: "192.0.2.1" }), udp({ dstPort: 9 }), "hello"), 100);
   * }
   * ```
   */
  sendBytes(bytes: Uint8Array, copies = 1): number {
    checkInteger("TxQueue.sendBytes", copies, 1, Number.MAX_SAFE_INTEGER);
    if (this.#pointer === null) this.#ended();
    const { pool, burst } = this.#own ??= this.#prepareOwn();
    let sent = 0;
    for (let left = copies; left > 0;) {
      const count = pool.getBulk(burst, Math.min(left, burst.size));
      if (count === 0) {
        const operation = `TxQueue.sendBytes(${this})`;
        throw new DpdkError({ operation, code: "ENOMEM", reason: `mempool ${pool.name} is empty` });
      }
      try {
        for (const packet of burst) packet.write(bytes);
        sent += this.send(burst);
      } finally {
        burst.clear();
      }
      left -= count;
    }
    return sent;
  }

  /**
   * Sees to it that packets are sent with right checksums, whatever is there now: those of IPv4, UDP
   * and TCP are left to the port where it was opened with the `TxOffload`s for them and finds the
   * headers ({@linkcode Packet.offload}); all others are computed here, those in tunnels, behind
   * IPv6's extension headers and in headers of several segments too. Call it when the packet is
   * complete. For scripts: it reads the whole packet.
   *
   * @param packets a packet, or all of a burst.
   *
   * @example Change an address
   * ```ts
   * import type { Burst, TxQueue } from "denodpdk";
   * import { ether, ipv4, parseIpv4 } from "denodpdk/net";
   *
   * const SRC = parseIpv4("192.0.2.1");
   *
   * function hide(burst: Burst, tx: TxQueue) {
   *   for (const packet of burst) {
   *     if (packet.ipv4) ipv4.setSrc(burst.view, packet.offset + ether.SIZE, SRC);
   *   }
   *   tx.offload(burst);
   *   tx.send(burst);
   * }
   * ```
   */
  offload(packets: Packet | Burst): void {
    const can = this.#checksums ??= this.#readChecksums();
    const reader = packetReader();
    if (packets instanceof Packet) return reader.offloadChecksums(packets, can);
    for (const packet of packets) reader.offloadChecksums(packet, can);
  }

  /** Packets that were collected and not sent yet. */
  get pending(): number {
    return this.#words[TX_QUEUE.length] ?? 0;
  }

  /** Packets that the port took from this handle, exact to 2^53. */
  get sent(): number {
    return readCount(this.#words, TX_QUEUE.packets);
  }

  /** Packets that the port did not take and that were freed, exact to 2^53. */
  get dropped(): number {
    return readCount(this.#words, TX_QUEUE.dropped);
  }

  /** The collected packets as a table, for an audit of their pool: `recorded`. */
  get collected(): BigUint64Array {
    const [pkts] = this.#memories;
    return pkts ? new BigUint64Array(pkts.buffer, 0, this.pending) : new BigUint64Array();
  }

  /** As `tx queue 0 of port 1`. */
  toString(): string {
    return `tx queue ${this.queue} of port ${this.port}`;
  }

  /** For JSON: whose it is, and what it counted. */
  toJSON(): { port: number; queue: number; sent: number; dropped: number; pending: number } {
    const { port, queue, sent, dropped, pending } = this;
    return { port, queue, sent, dropped, pending };
  }

  /** What `console.log` shows. */
  [inspected](): string {
    const counts = `${this.sent} sent, ${this.dropped} dropped, ${this.pending} pending`;
    return `TxQueue: ${this}: ${counts}${this.#pointer === null ? " (disposed)" : ""}`;
  }

  /** @internal The port stops for good, or EAL has ended: what was collected cannot be sent. */
  end(memoryLives: boolean): void {
    if (this.#pointer === null) return;
    this.#pointer = null;
    this.#own?.burst[Symbol.dispose]();
    this.#own?.pool[Symbol.dispose]();
    this.#own = undefined;
    this.slot = this.buffered.slot = CLOSED;
    const left = this.pending;
    if (memoryLives && left > 0) {
      (freeBulk ??= shim().shim_pktmbuf_free_bulk)(this.#table, 0, left);
      writeLong(this.#words, TX_QUEUE.dropped, BigInt(this.dropped + left));
    }
    this.#words[TX_QUEUE.length] = 0;
  }

  /** @internal */
  [handedOver](): { kind: string; by: TxQueueOrigin } {
    return { kind: "TxQueue", by: [this.port, this.queue, this.#options, this.#poolName] };
  }

  /** Sends what was collected; what the port does not take is freed. Idempotent. */
  [Symbol.dispose](): void {
    if (this.#pointer === null) return;
    // a stopped port takes nothing
    (ethFlush ??= shim().shim_eth_flush)(this.#pointer);
    this.end(true);
  }

  #prepareOwn(): { pool: Mempool; burst: Burst } {
    try {
      const pool = Mempool.lookup(this.#poolName);
      return { pool, burst: new Burst(32, { pools: [pool] }) };
    } catch (error) {
      if (!(error instanceof DpdkError) || error.code !== "ENOENT") throw error;
      throw new DpdkError({
        operation: `TxQueue.sendBytes(${this})`,
        code: "ENOENT",
        reason: "the pool of the port is not known here",
        hint: "fill a burst from a pool instead: pool.getBulk(burst)",
      });
    }
  }

  /** What the port was opened to compute. */
  #readChecksums(): ChecksumCapabilities {
    const { txOffloads } = readInfo(`TxQueue.offload(${this})`, this.port);
    const has = (offload: bigint) => (txOffloads & offload) !== 0n;
    return {
      ip: has(RTE_ETH_TX_OFFLOAD_IPV4_CKSUM),
      udp: has(RTE_ETH_TX_OFFLOAD_UDP_CKSUM),
      tcp: has(RTE_ETH_TX_OFFLOAD_TCP_CKSUM),
    };
  }

  #ended(): never {
    disposed(this.toString());
  }
}
