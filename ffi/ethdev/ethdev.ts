/**
 * Ethernet ports: `rte_ethdev.h`.
 *
 * @module
 */

import { DpdkError } from "../boundary/errors.ts";
import { type Hot, shim } from "../boundary/library.ts";
import { dataRoomOf } from "../mbuf/mbuf.ts";
import { Mempool } from "../mempool.ts";
import {
  checkBits,
  checkInteger,
  cString,
  disposed,
  readList,
  readText,
  requireEal,
  track,
  unwrap,
} from "../boundary/native.ts";
import { badCount, badSpan, type Objects } from "../objects.ts";
import type { PacketBurst } from "../mbuf/old_packet.ts";
import { notReady } from "./readiness.ts";

const UINT16_MAX = 0xffff;
const ENODEV = 19;

/** What a device can do, and how it is configured: `struct rte_eth_dev_info`. */
export interface EthDevInfo {
  /** Driver name, as `net_null`. */
  driver: string;
  /** NUMA node of the device, -1 where it has none. */
  socket: number;
  /** Configured receive queues. */
  rxQueues: number;
  /** Configured transmit queues. */
  txQueues: number;
  /** Most receive queues. */
  maxRxQueues: number;
  /** Most transmit queues. */
  maxTxQueues: number;
  /** `RxOffload` bits that it can do. */
  rxOffloadCapa: bigint;
  /** `TxOffload` bits that it can do. */
  txOffloadCapa: bigint;
  /** `RssHash` bits that it can do. */
  rssCapa: bigint;
  /** Smallest MTU, bytes. */
  minMtu: number;
  /** Largest MTU, bytes. */
  maxMtu: number;
  /** Smallest data room of an mbuf, bytes. */
  minRxBufferSize: number;
  /** Longest frame, bytes. */
  maxRxPacketLength: number;
  /** Descriptors of a receive queue that its driver prefers; 0 where it does not say. */
  preferredRxDescriptors: number;
  /** Descriptors of a transmit queue that its driver prefers; 0 where it does not say. */
  preferredTxDescriptors: number;
}

/** Counters of a port: `struct rte_eth_stats`, exact to 2^53. */
export interface EthStats {
  /** Packets received. */
  ipackets: number;
  /** Packets sent. */
  opackets: number;
  /** Bytes received. */
  ibytes: number;
  /** Bytes sent. */
  obytes: number;
  /** Packets dropped because no descriptor was free. */
  imissed: number;
  /** Packets received with errors. */
  ierrors: number;
  /** Packets that could not be sent. */
  oerrors: number;
  /** Failed allocations of mbufs for reception. */
  rxNombuf: number;
}

/** A link at one instant: `struct rte_eth_link`. */
export interface EthLink {
  /** Whether there is one. */
  up: boolean;
  /** Mbps; 0xffffffff where unknown. */
  speed: number;
  /** Whether both sides may send at once. */
  fullDuplex: boolean;
  /** Whether the sides agreed on this by themselves. */
  autoneg: boolean;
  /** In words, as `Link up at 10 Gbps FDX Autoneg`: `rte_eth_link_to_str`. */
  text: string;
}

/** How a port is to be: the part of `struct rte_eth_conf` that the samples use. */
export interface EthDevConf {
  /** Receive queues. */
  rxQueues: number;
  /** Transmit queues. */
  txQueues: number;
  /** `RxOffload` bits; none where left out. */
  rxOffloads?: bigint;
  /** `TxOffload` bits; none where left out. */
  txOffloads?: bigint;
  /** `RssHash` bits: spreads packets over the receive queues. No RSS where left out. */
  rss?: bigint;
  /** Largest payload of a frame, bytes; the device's default where left out. */
  mtu?: number;
}

/** Options of {@linkcode EthDev.setupRxQueue}. */
export interface OldRxQueueOptions {
  /** Where the mbufs of received packets come from. */
  pool: Mempool;
  /** Descriptors; as {@linkcode EthDev.adjustDescriptors} says. */
  descriptors: number;
  /** NUMA node; the device's where left out. */
  socket?: number;
  /** `RxOffload` bits; none where left out. */
  offloads?: bigint;
  /** Drops packets when no descriptor is free, instead of stopping all queues; no where left out. */
  dropEnable?: boolean;
}

/** Options of {@linkcode EthDev.setupTxQueue}. */
export interface OldTxQueueOptions {
  /** Descriptors; as {@linkcode EthDev.adjustDescriptors} says. */
  descriptors: number;
  /** NUMA node; the device's where left out. */
  socket?: number;
  /** `TxOffload` bits; none where left out. */
  offloads?: bigint;
}

// The hot functions, each bound at its first call, as in mempool.ts.
let ethRxBurst: Hot<"shim_eth_rx_burst"> | undefined;
let ethRxPackets: Hot<"shim_eth_rx_packets"> | undefined;
let ethTxBurst: Hot<"shim_eth_tx_burst"> | undefined;

function nameOf(port: number): string {
  return readText((text, len) => shim().shim_eth_dev_name(port, text, len));
}

/** The numbers that a shim function gives in an order of its own. */
function numbers(
  operation: string,
  length: number,
  read: (values: BigUint64Array<ArrayBuffer>, len: number) => number,
): BigUint64Array<ArrayBuffer> {
  const values = new BigUint64Array(length);
  unwrap(operation, read(values, length));
  return values;
}

/** What `shim_eth_dev_queues` says beside 0. */
const EARLY = 1;
const STOPPED = 2;

/** The ports that this thread has looked at, by id: one object each, or one would not know what another did. */
const known = new Map<number, EthDev>();

/**
 * A port of this process.
 *
 * The device is DPDK's; these objects only name it, one for each port and thread. The primary
 * configures, starts and closes it; every process receives and sends, each on queues of its own. A
 * device that is removed, or EAL that ended, makes each method throw {@linkcode DpdkError}. How many
 * queues there are a thread learns when it looks the port up, and anew each time that it does.
 *
 * @example Forward between two ports
 * ```ts
 * import { EthDev, Objects, pktmbufFreeBulk } from "denodpdk";
 *
 * const [from, to] = [EthDev.of(0), EthDev.of(1)];
 * const objs = new Objects(32);
 * const received = from.rxBurst(0, objs, 32);
 * const sent = to.txBurst(0, objs, received);
 * pktmbufFreeBulk(objs, received - sent, sent);
 * ```
 */
export class EthDev {
  /** Port id. */
  readonly port: number;
  /** Device name, as `net_null0`. */
  readonly name: string;
  #rxQueues = 0;
  #txQueues = 0;
  #alive = true;
  /** Why there are no queues for bursts: this secondary attached before there were any. */
  #early = false;
  /** Whether the port runs, for all that this thread knows. */
  #started = false;
  /** By receive queue: what makes its pool forget this port. */
  readonly #forgetPools: (() => void)[] = [];

  private constructor(port: number) {
    this.port = port;
    this.name = nameOf(port);
    track(this, (dev) => dev.#forget());
  }

  /** The object of a port that there is. */
  static #of(port: number): EthDev {
    let dev = known.get(port);
    // a device that another process removed made room for another one
    if (dev && dev.name !== nameOf(port)) dev.#forget();
    if (!dev || !dev.#alive) known.set(port, dev = new EthDev(port));
    dev.#learnQueues();
    return dev;
  }

  /** All ports of this process: `RTE_ETH_FOREACH_DEV`. */
  static list(): EthDev[] {
    requireEal("list of ports");
    const ports = readList(
      "list of ports",
      (length) => new Uint32Array(length),
      (list, len) => shim().shim_eth_dev_list(list, len),
    );
    return Array.from(ports, (port) => EthDev.#of(port));
  }

  /**
   * The port of this id.
   *
   * @throws {DpdkError} ENODEV when there is none.
   */
  static of(port: number): EthDev {
    const dev = EthDev.list().find((dev) => dev.port === port);
    if (dev) return dev;
    throw new DpdkError({
      operation: `port ${port}`,
      errno: ENODEV,
      code: "ENODEV",
      reason: "no such port",
      hint: `ports are ${EthDev.list().map(({ port }) => port).join(", ") || "none"}`,
    });
  }

  /**
   * The port of this device name: `rte_eth_dev_get_port_by_name`.
   *
   * @throws {DpdkError} ENODEV when there is none.
   */
  static byName(name: string): EthDev {
    const operation = `rte_eth_dev_get_port_by_name(${name})`;
    requireEal(operation);
    return EthDev.#of(unwrap(operation, shim().shim_eth_dev_by_name(cString(name))));
  }

  /** What the device can do and how it is configured: `rte_eth_dev_info_get`. */
  info(): EthDevInfo {
    const operation = this.#operation("rte_eth_dev_info_get");
    const values = numbers(
      operation,
      13,
      (list, len) => shim().shim_eth_dev_info(this.port, list, len),
    );
    const at = (index: number) => Number(values[index] ?? 0n);
    return {
      driver: readText((text, len) => shim().shim_eth_dev_driver(this.port, text, len)),
      socket: this.socket,
      rxQueues: at(0),
      txQueues: at(1),
      maxRxQueues: at(2),
      maxTxQueues: at(3),
      rxOffloadCapa: values[4] ?? 0n,
      txOffloadCapa: values[5] ?? 0n,
      rssCapa: values[6] ?? 0n,
      minMtu: at(7),
      maxMtu: at(8),
      minRxBufferSize: at(9),
      maxRxPacketLength: at(10),
      preferredRxDescriptors: at(11),
      preferredTxDescriptors: at(12),
    };
  }

  /** NUMA node of the device, -1 where it has none: `rte_eth_dev_socket_id`. */
  get socket(): number {
    this.#operation("rte_eth_dev_socket_id");
    return shim().shim_eth_dev_socket(this.port);
  }

  /** The MAC address, 6 bytes: `rte_eth_macaddr_get`. */
  get macBytes(): Uint8Array<ArrayBuffer> {
    const mac = new Uint8Array(6);
    unwrap(this.#operation("rte_eth_macaddr_get"), shim().shim_eth_macaddr_get(this.port, mac));
    return mac;
  }

  /** The MAC address as DPDK writes it, `02:00:00:00:00:0A`: `rte_ether_format_addr`. */
  get mac(): string {
    const pair = (byte: number) => byte.toString(16).padStart(2, "0").toUpperCase();
    return Array.from(this.macBytes, pair).join(":");
  }

  /** Largest payload of a frame, bytes: `rte_eth_dev_get_mtu`. */
  get mtu(): number {
    return unwrap(this.#operation("rte_eth_dev_get_mtu"), shim().shim_eth_mtu_get(this.port));
  }

  /** Sets it: `rte_eth_dev_set_mtu`; throws {@linkcode DpdkError} where the device refuses. */
  set mtu(mtu: number) {
    checkInteger("MTU", mtu, 0, UINT16_MAX);
    const operation = this.#operation("rte_eth_dev_set_mtu");
    unwrap(operation, shim().shim_eth_mtu_set(this.port, mtu));
  }

  /** Whether the port takes packets for all addresses: `rte_eth_promiscuous_get`. */
  get promiscuous(): boolean {
    const operation = this.#operation("rte_eth_promiscuous_get");
    return unwrap(operation, shim().shim_eth_promiscuous_get(this.port)) === 1;
  }

  /**
   * Sets it: `rte_eth_promiscuous_enable`, `rte_eth_promiscuous_disable`; throws
   * {@linkcode DpdkError} where the device refuses.
   */
  set promiscuous(on: boolean) {
    const operation = this.#operation(`rte_eth_promiscuous_${on ? "enable" : "disable"}`);
    unwrap(operation, shim().shim_eth_promiscuous_set(this.port, Number(on)));
  }

  /** The link now, without waiting for one: `rte_eth_link_get_nowait`. */
  link(): EthLink {
    const operation = this.#operation("rte_eth_link_get_nowait");
    const words = new Uint32Array(4);
    const text = readText((text, len) =>
      unwrap(operation, shim().shim_eth_link_get(this.port, words, text, len))
    );
    const [up = 0, speed = 0, duplex = 0, autoneg = 0] = words;
    return { up: up !== 0, speed, fullDuplex: duplex !== 0, autoneg: autoneg !== 0, text };
  }

  /** The counters now: `rte_eth_stats_get`. */
  stats(): EthStats {
    const operation = this.#operation("rte_eth_stats_get");
    const values = numbers(
      operation,
      8,
      (list, len) => shim().shim_eth_stats_get(this.port, list, len),
    );
    const [ipackets = 0, opackets = 0, ibytes = 0, obytes = 0, ...errors] = Array.from(
      values,
      Number,
    );
    const [imissed = 0, ierrors = 0, oerrors = 0, rxNombuf = 0] = errors;
    return { ipackets, opackets, ibytes, obytes, imissed, ierrors, oerrors, rxNombuf };
  }

  /** Sets the counters to 0: `rte_eth_stats_reset`. */
  resetStats(): void {
    unwrap(this.#operation("rte_eth_stats_reset"), shim().shim_eth_stats_reset(this.port));
  }

  /** The driver's own counters by name, exact to 2^53: `rte_eth_xstats_get`. */
  xstats(): Record<string, number> {
    const values = readList(
      this.#operation("rte_eth_xstats_get"),
      (length) => new BigUint64Array(length),
      (list, len) => shim().shim_eth_xstats_get(this.port, list, len),
    );
    return Object.fromEntries(
      Array.from(values, (value, id) => [
        readText((text, len) => shim().shim_eth_xstats_name(this.port, BigInt(id), text, len)),
        Number(value),
      ]),
    );
  }

  /**
   * Configures the port, which must be stopped: `rte_eth_dev_configure`. Only in the primary, as
   * the set-up of queues, start and stop.
   *
   * @throws {DpdkError} EINVAL or ENOTSUP when the device cannot do it, EBUSY when it runs,
   * E_RTE_SECONDARY.
   * @throws {RangeError} when a number is no integer in range.
   */
  configure(conf: EthDevConf): void {
    const operation = this.#operation("rte_eth_dev_configure");
    const rxQueues = checkInteger("rxQueues", conf.rxQueues, 0, UINT16_MAX);
    const txQueues = checkInteger("txQueues", conf.txQueues, 0, UINT16_MAX);
    const mtu = checkInteger("mtu", conf.mtu ?? 0, 0, UINT16_MAX);
    const result = shim().shim_eth_dev_configure(
      this.port,
      rxQueues,
      txQueues,
      checkBits("rxOffloads", conf.rxOffloads),
      checkBits("txOffloads", conf.txOffloads),
      Number(conf.rss !== undefined),
      checkBits("rss", conf.rss),
      mtu,
    );
    unwrap(operation, result);
    this.#learnQueues();
  }

  /** The numbers of descriptors that the device can do, next to these: `rte_eth_dev_adjust_nb_rx_tx_desc`. */
  adjustDescriptors(rx: number, tx: number): { rx: number; tx: number } {
    checkInteger("rx descriptors", rx, 0, UINT16_MAX);
    checkInteger("tx descriptors", tx, 0, UINT16_MAX);
    const both = Uint32Array.of(rx, tx);
    unwrap(
      this.#operation("rte_eth_dev_adjust_nb_rx_tx_desc"),
      shim().shim_eth_dev_adjust_desc(this.port, both),
    );
    return { rx: both[0] ?? rx, tx: both[1] ?? tx };
  }

  /**
   * Sets a receive queue up: `rte_eth_rx_queue_setup`. The port has a handle of the pool then, until
   * it is closed: a pool that is freed in this thread stops the port first, and one that is freed in
   * another thread stays until then.
   */
  setupRxQueue(queue: number, options: OldRxQueueOptions): void {
    const operation = this.#operation(`rte_eth_rx_queue_setup queue ${queue}`);
    dataRoomOf(options.pool);
    const result = shim().shim_eth_rx_queue_setup(
      this.port,
      checkInteger("rx queue", queue, 0, UINT16_MAX),
      checkInteger("rx descriptors", options.descriptors, 0, UINT16_MAX),
      checkInteger("socket", options.socket ?? this.socket, -1, UINT16_MAX),
      checkBits("offloads", options.offloads),
      Number(options.dropEnable ?? false),
      options.pool.pointer,
    );
    unwrap(operation, result);
    this.#forgetPools[queue]?.();
    // a handle of its own: the pool may be a Worker's, or this one's handle is disposed of
    const pool = Mempool.lookup(options.pool.name);
    const forget = pool.dependents.add(this, (dev) => dev.#stopQuietly());
    this.#forgetPools[queue] = () => {
      forget();
      pool[Symbol.dispose]();
    };
  }

  /** Sets a transmit queue up: `rte_eth_tx_queue_setup`. */
  setupTxQueue(queue: number, options: OldTxQueueOptions): void {
    const operation = this.#operation(`rte_eth_tx_queue_setup queue ${queue}`);
    const result = shim().shim_eth_tx_queue_setup(
      this.port,
      checkInteger("tx queue", queue, 0, UINT16_MAX),
      checkInteger("tx descriptors", options.descriptors, 0, UINT16_MAX),
      checkInteger("socket", options.socket ?? this.socket, -1, UINT16_MAX),
      checkBits("offloads", options.offloads),
    );
    unwrap(operation, result);
  }

  /**
   * Starts the port: `rte_eth_dev_start`. Does nothing where it runs.
   *
   * @throws {DpdkError} EINVAL when it is not configured, or a queue is not set up.
   */
  start(): void {
    const operation = this.#operation("rte_eth_dev_start");
    const { rxQueues, txQueues } = this.info();
    const setUp = "call setupRxQueue() and setupTxQueue() for all queues first";
    for (let queue = 0; queue < rxQueues; queue++) {
      const what = `${operation}, rx queue ${queue}`;
      unwrap(what, shim().shim_eth_rx_queue_check(this.port, queue), setUp);
    }
    for (let queue = 0; queue < txQueues; queue++) {
      const what = `${operation}, tx queue ${queue}`;
      unwrap(what, shim().shim_eth_tx_queue_check(this.port, queue), setUp);
    }
    unwrap(operation, shim().shim_eth_dev_start(this.port));
    this.#learnQueues();
  }

  /** Stops the port: `rte_eth_dev_stop`. Nobody may be in a burst call on it. */
  stop(): void {
    unwrap(this.#operation("rte_eth_dev_stop"), shim().shim_eth_dev_stop(this.port));
    this.#learnQueues();
  }

  /** Without its pool a running port would receive into memory that is not there. */
  #stopQuietly(): void {
    if (!this.#alive || !this.#started) return;
    shim().shim_eth_dev_stop(this.port);
    this.#learnQueues();
  }

  /** Closes the stopped port for good: `rte_eth_dev_close`. This object is of no use then. */
  close(): void {
    this.end("rte_eth_dev_close", () => shim().shim_eth_dev_close(this.port));
  }

  /** @internal Does what ends the port. */
  end(name: string, end: () => number): void {
    unwrap(this.#operation(name), end());
    this.#forget();
  }

  /**
   * Receives up to `count` packets to the front of the table: `rte_eth_rx_burst`. The caller has
   * them then. One thread at a time on a queue.
   *
   * @returns how many came.
   * @throws {DpdkError} ENOTSUP when the port is not started.
   * @throws {RangeError} when the port has no such queue, or count exceeds the table.
   */
  rxBurst(queue: number, objs: Objects, count: number): number {
    if (queue >>> 0 !== queue || queue >= this.#rxQueues) this.#badQueue("rx", queue);
    if (count >>> 0 !== count || count > objs.length) badCount("EthDev.rxBurst", count, objs);
    ethRxBurst ??= shim().shim_eth_rx_burst;
    const received = ethRxBurst(this.port, queue, objs.pointer, count);
    return received <= count ? received : notReady(this.port);
  }

  /**
   * The same with offsets, lengths and ports of the packets filled in: `rte_eth_rx_burst`.
   *
   * @returns how many came.
   * @throws {DpdkError} ENOTSUP when the port is not started.
   * @throws {RangeError} when the port has no such queue, or count exceeds the burst.
   */
  rxPackets(queue: number, burst: PacketBurst, count: number): number {
    if (queue >>> 0 !== queue || queue >= this.#rxQueues) this.#badQueue("rx", queue);
    if (count >>> 0 !== count || count > burst.length) {
      badCount("EthDev.rxPackets", count, burst.objs);
    }
    ethRxPackets ??= shim().shim_eth_rx_packets;
    const received = ethRxPackets(this.port, queue, burst.pointer, count);
    return received <= count ? received : notReady(this.port);
  }

  /**
   * Sends `count` packets of the table, from index `from` on: `rte_eth_tx_burst`. The device has
   * those that were sent; the caller still has the rest, to try again or to free. One thread at a
   * time on a queue.
   *
   * @returns how many the device took.
   * @throws {DpdkError} ENOTSUP when the port is not started; the caller has all of them still.
   * @throws {RangeError} when the port has no such queue, or the span leaves the table.
   */
  txBurst(queue: number, objs: Objects, count: number, from = 0): number {
    if (queue >>> 0 !== queue || queue >= this.#txQueues) this.#badQueue("tx", queue);
    if (
      count >>> 0 !== count || from >>> 0 !== from || from + count > objs.length
    ) badSpan("EthDev.txBurst", from, count, objs);
    ethTxBurst ??= shim().shim_eth_tx_burst;
    const sent = ethTxBurst(this.port, queue, objs.pointer, from, count);
    return sent <= count ? sent : notReady(this.port);
  }

  /** @internal Checks what a {@linkcode BurstExchange} will receive from. */
  checkRxQueue(queue: number): void {
    if (queue >>> 0 !== queue || queue >= this.#rxQueues) this.#badQueue("rx", queue);
  }

  /** @internal Checks what a {@linkcode TxBuffer} will send to. */
  checkTxQueue(queue: number): void {
    if (queue >>> 0 !== queue || queue >= this.#txQueues) this.#badQueue("tx", queue);
  }

  #learnQueues(): void {
    const queues = new Uint32Array(2);
    const state = shim().shim_eth_dev_queues(this.port, queues);
    unwrap(this.#operation("rte_eth_dev_info_get"), state);
    this.#early = state === EARLY;
    this.#started = state !== STOPPED;
    [this.#rxQueues = 0, this.#txQueues = 0] = queues;
  }

  /** Without queues every burst is refused, at no cost to those that are not. */
  #forget(): void {
    this.#alive = false;
    this.#rxQueues = this.#txQueues = 0;
    for (const forget of this.#forgetPools.splice(0)) forget?.();
    if (known.get(this.port) === this) known.delete(this.port);
  }

  #operation(name: string): string {
    if (!this.#alive) disposed(`port ${this.port} (${this.name})`);
    return `${name}(port ${this.port})`;
  }

  #badQueue(kind: "rx" | "tx", queue: number): never {
    this.#operation("burst");
    const queues = kind === "rx" ? this.#rxQueues : this.#txQueues;
    if (!this.#started) notReady(this.port);
    if (this.#early) {
      throw new DpdkError({
        operation: `burst on port ${this.port}`,
        code: "ENODEV",
        reason: "this secondary attached before the primary configured the port",
        hint: "start it when the port is configured",
      });
    }
    throw new RangeError(
      `port ${this.port} has ${queues} ${kind} queues, got queue ${queue}`,
    );
  }
}

/**
 * Removes the device of a port from all processes: `rte_dev_remove`. The port must be stopped. Its
 * objects are of no use then.
 */
export function removeDevice(dev: EthDev): void {
  dev.end("rte_dev_remove", () => shim().shim_dev_remove(dev.port));
}
