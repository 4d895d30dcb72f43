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
import { checkInteger, Dependents, disposed, StableMemory, unwrap } from "../boundary/native.ts";
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
  /**
   * How many packets {@linkcode TxQueue.buffer} collects before it sends them; 32 where left out.
   */
  bufferSize?: number;
  /**
   * How long collected packets wait at most before {@linkcode TxQueue.drain} sends them,
   * microseconds; 100 where left out.
   */
  drainUs?: number;
}

/**
 * @internal What another thread makes its own handle of a queue from; the last element is the name
 * of the port's pool.
 */
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

/** The verdict of a queue whose port is gone, which C refuses. As a double it is no address. */
const CLOSED = 253;

/** A bit in a verdict: the queue collects the packets. */
const COLLECT = 1n;

/** An address as a double of the same 64 bits, which a loop can store without a BigInt. */
function patternOf(address: bigint): number {
  return new Float64Array(BigUint64Array.of(address).buffer)[0] ?? 0;
}

/**
 * The memory of all queues, kept for the life of the process: a verdict in an exchange may still
 * contain the address of a queue that was forgotten.
 */
const held: StableMemory[] = [];

/**
 * A verdict for {@linkcode Exchange.decide}: the burst is collected at a queue, and not sent at
 * once. See {@linkcode TxQueue.buffered}.
 */
export class Buffered {
  /** @internal The verdict in the form that C takes. */
  slot: number;
  /** @internal As {@linkcode TxQueue.dependents}. */
  readonly dependents: Dependents;

  /** @internal Use {@linkcode TxQueue.buffered}. */
  constructor(slot: number, dependents: Dependents) {
    this.slot = slot;
    this.dependents = dependents;
  }
}

/**
 * A transmit queue of a port, from {@linkcode Port.txQueue}.
 *
 * {@linkcode TxQueue.send} takes packets from the caller: those that the port does not take are
 * freed and counted. {@linkcode TxQueue.buffer} collects packets and sends them when there are
 * enough; disposal sends those that are left. One thread at a time sends on a queue, of all
 * processes. A queue that is handed to a Worker becomes a handle of that Worker's own, with
 * counters from 0.
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
  /**
   * The verdict for {@linkcode Exchange.decide} that collects a burst here, as
   * {@linkcode TxQueue.buffer} does.
   */
  readonly buffered: Buffered;
  /**
   * @internal The verdict that sends a burst here, in the form that C takes: the queue's address.
   */
  slot: number;
  /** @internal Exchanges with copies of the slot, which end with the queue. */
  readonly dependents: Dependents = new Dependents();
  readonly #words: Uint32Array;
  readonly #memories: readonly StableMemory[];
  readonly #table: Deno.PointerObject;
  readonly #options: TxQueueOptions;
  #pointer: Deno.PointerObject | null;
  /** The pool from which {@linkcode TxQueue.sendBytes} allocates; below, its burst. */
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
    this.buffered = new Buffered(patternOf(memory.address | COLLECT), this.dependents);
  }

  /**
   * Sends all packets of a burst, which is empty afterwards: `rte_eth_tx_burst`. Packets that the
   * port does not take are freed, and counted in {@linkcode TxQueue.dropped}.
   *
   * @returns how many the port took.
   * @throws {DpdkError} ENOTSUP when the port is stopped; the burst still has its packets.
   */
  send(burst: Burst): number {
    const sent = (ethSend ??= shim().shim_eth_send)(this.#pointer ?? this.#ended(), burst.handle);
    return sent !== NOT_READY ? sent : notReady(this.port);
  }

  /**
   * Sends as many packets of a burst as the port takes: `rte_eth_tx_burst`. The others stay in the
   * burst.
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
   * Collects the packets of a burst, which is empty afterwards, and sends them once there are
   * {@linkcode TxQueueOptions.bufferSize}: `rte_eth_tx_buffer`.
   *
   * @returns how many packets the port took now.
   * @throws {DpdkError} ENOTSUP when the port is stopped; the burst still has its packets.
   */
  buffer(burst: Burst): number {
    const pointer = this.#pointer ?? this.#ended();
    const sent = (ethBuffer ??= shim().shim_eth_buffer)(pointer, burst.handle);
    return sent !== NOT_READY ? sent : notReady(this.port);
  }

  /**
   * Sends the collected packets: `rte_eth_tx_buffer_flush`. Those that the port does not take are
   * freed and counted.
   *
   * @returns how many the port took.
   * @throws {DpdkError} ENOTSUP when the port is stopped; the packets stay collected.
   */
  flush(): number {
    const sent = (ethFlush ??= shim().shim_eth_flush)(this.#pointer ?? this.#ended());
    return sent !== NOT_READY ? sent : notReady(this.port);
  }

  /**
   * Sends the collected packets if none were sent for {@linkcode TxQueueOptions.drainUs}. A loop
   * calls this once a turn, so that packets do not wait for others for ever.
   *
   * @returns how many the port took.
   * @throws {DpdkError} ENOTSUP when the port is stopped.
   */
  drain(): number {
    const sent = (ethDrain ??= shim().shim_eth_drain)(this.#pointer ?? this.#ended());
    return sent !== NOT_READY ? sent : notReady(this.port);
  }

  /**
   * Checks that the port can do what the offloads of the packets ask for, and does in software what
   * the driver leaves to software: `rte_eth_tx_prepare`. Some drivers need it before packets with
   * offloads are sent.
   *
   * @returns how many packets, counted from the first, can be sent.
   * @throws {DpdkError} EINVAL or ENOTSUP, the reason of the first packet that cannot be sent,
   * where the driver gives one.
   */
  prepare(burst: Burst): number {
    const pointer = this.#pointer ?? this.#ended();
    const ready = (ethPrepare ??= shim().shim_eth_prepare)(pointer, burst.handle);
    return unwrap(`rte_eth_tx_prepare(${this})`, ready, "the port lacks an offload of a packet");
  }

  /**
   * Sends bytes as one packet or several: each is allocated from the port's pool, written and sent.
   * For scripts; a loop on an lcore fills a burst and sends that.
   *
   * @param bytes one packet from its Ethernet header on, as `frame` of `denodpdk/net` makes it.
   * @param copies how many packets to send, 32 at a time; 1 where left out.
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
   * Prepares packets so that all their checksums are right when they are sent. Those of IPv4, UDP
   * and TCP are left to the port, if it was opened with the {@linkcode TxOffload} bits for them and
   * can find the headers; see {@linkcode Packet.offload}. All others are computed here, in tunnels
   * and behind IPv6 extension headers too. Call this when a packet is complete. For scripts: it
   * reads the whole packet.
   *
   * @param packets a packet, or a burst for all packets in it.
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

  /** Number of packets that were collected and not sent yet. */
  get pending(): number {
    return this.#words[TX_QUEUE.length] ?? 0;
  }

  /** Number of packets that the port took from this handle, exact to 2^53. */
  get sent(): number {
    return readCount(this.#words, TX_QUEUE.packets);
  }

  /** Number of packets that the port did not take and that were freed, exact to 2^53. */
  get dropped(): number {
    return readCount(this.#words, TX_QUEUE.dropped);
  }

  /**
   * The addresses of the collected packets as a table, for {@linkcode AuditOptions.recorded} of
   * {@linkcode Mempool.audit}.
   */
  get collected(): BigUint64Array {
    const [pkts] = this.#memories;
    return pkts ? new BigUint64Array(pkts.buffer, 0, this.pending) : new BigUint64Array();
  }

  /** The queue in words: `tx queue 0 of port 1`. */
  toString(): string {
    return `tx queue ${this.queue} of port ${this.port}`;
  }

  /** For `JSON.stringify`: port, queue and counters. */
  toJSON(): { port: number; queue: number; sent: number; dropped: number; pending: number } {
    const { port, queue, sent, dropped, pending } = this;
    return { port, queue, sent, dropped, pending };
  }

  /** What `console.log` shows. */
  [inspected](): string {
    const counts = `${this.sent} sent, ${this.dropped} dropped, ${this.pending} pending`;
    return `TxQueue: ${this}: ${counts}${this.#pointer === null ? " (disposed)" : ""}`;
  }

  /**
   * @internal Called when the port is gone or EAL has ended: collected packets cannot be sent any
   * more.
   */
  end(memoryLives: boolean): void {
    if (this.#pointer === null) return;
    this.#pointer = null;
    this.#own?.burst[Symbol.dispose]();
    this.#own?.pool[Symbol.dispose]();
    this.#own = undefined;
    this.slot = this.buffered.slot = CLOSED;
    this.dependents.detachAll();
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

  /** Sends the collected packets; those that the port does not take are freed. Idempotent. */
  [Symbol.dispose](): void {
    if (this.#pointer === null) return;
    // a stopped port takes no packets: they are freed
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
        reason: "this process does not know the pool of the port",
        hint: "fill a burst from a pool instead: pool.getBulk(burst)",
      });
    }
  }

  /** Reads which checksums the port was opened to compute. */
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
