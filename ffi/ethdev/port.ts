/**
 * Ethernet ports: `rte_ethdev.h`.
 *
 * @module
 */

import { limits } from "../boundary/bounds.ts";
import {
  RTE_ETH_RSS_RETA_SIZE_512,
  SHIM_VLAN_FILTER,
  SHIM_VLAN_STRIP,
  struct_shim_eth_link,
  struct_shim_flow,
  UINT16_MAX,
} from "../boundary/constants.ts";
import { setTimeout } from "node:timers/promises";
import { DpdkError } from "../boundary/errors.ts";
import { shim } from "../boundary/library.ts";
import {
  checkBits,
  checkInteger,
  disposed,
  type Hint,
  readStruct,
  readText,
  structAt,
  unwrap,
  writeStruct,
} from "../boundary/native.ts";
import { inspected, type Json, jsonOf, shown, withJson } from "../boundary/shown.ts";
import { createPktmbufPool } from "../mbuf/pool.ts";
import { Mempool } from "../mempool.ts";
import { findHandlesBy, handedOver } from "../transfer.ts";
import { offloadNames, RxOffload, TxOffload } from "./offload.ts";
import {
  endHandles,
  endWithPort,
  findPort,
  formatMac,
  macOf,
  nameOf,
  ownPoolName,
  portIds,
  type PortInfo,
  queuesOf,
  Readiness,
  readInfo,
} from "./ports.ts";
import { notReady } from "./readiness.ts";
import { RxQueue } from "./rx_queue.ts";
import {
  type PortRates,
  type PortStats,
  type QueueRates,
  queueRatesBetween,
  type QueueStats,
  queueStats,
  ratesBetween,
  readStats,
  readXstats,
} from "./stats.ts";
import { TxQueue, type TxQueueOptions, type TxQueueOrigin } from "./tx_queue.ts";

/** Descriptors of a queue: `RX_RING_SIZE` and `TX_RING_SIZE` of the C samples. */
const DESCRIPTORS = 1024;

/**
 * Sizes of a pool that a port makes for itself: at least as many mbufs as in the samples, and their
 * cache.
 */
const POOL = { least: 8191, cache: 256, perLcore: 512 } as const;

/** Bytes of a frame beside its payload: two addresses, type, two VLAN tags, check sequence. */
const FRAME_OVERHEAD = 26;

/**
 * Milliseconds between two looks at a link, and of all looks together by default, as in the C
 * samples.
 */
const LINK = { period: 100, limit: 9_000 } as const;

/** The most entries of a redirection table. */
const RETA_MAX = RTE_ETH_RSS_RETA_SIZE_512;

/** The longest key of a hash function. */
const KEY_MAX = 255;

/** How {@linkcode Port.open} configures a port. */
export interface PortOptions {
  /** Number of receive queues; 1 where left out. */
  rxQueues?: number;
  /** Number of transmit queues; 1 where left out. */
  txQueues?: number;
  /**
   * Pool of the mbufs of received packets; it must live as long as the port. Where left out, the
   * port makes one that is large enough for its queues, {@linkcode Port.pool}, and frees it when it
   * is closed.
   */
  pool?: Mempool;
  /**
   * Descriptors of each receive queue; 1024 where left out. The number is adjusted to what the
   * device allows.
   */
  rxDescriptors?: number;
  /**
   * Descriptors of each transmit queue; 1024 where left out. The number is adjusted to what the
   * device allows.
   */
  txDescriptors?: number;
  /**
   * {@linkcode RxOffload} bits: what the device does with received packets; none where left out.
   */
  rxOffloads?: bigint;
  /**
   * {@linkcode TxOffload} bits: what the device can be asked to do with packets as it sends them;
   * none where left out.
   */
  txOffloads?: bigint;
  /**
   * {@linkcode RssHash} bits: the header fields whose hash chooses the receive queue. No RSS where
   * left out.
   */
  rss?: bigint;
  /** Largest payload of a frame, bytes; the device's default where left out. */
  mtu?: number;
  /** Whether to receive packets for all MAC addresses; as the device has it where left out. */
  promiscuous?: boolean;
  /**
   * Whether a queue without a free descriptor drops packets, instead of stopping all queues; false
   * where left out.
   */
  dropEnable?: boolean;
  /** NUMA node of the memory of the queues; the device's where left out. */
  socket?: number;
  /** False leaves the port stopped until {@linkcode Port.start}; true where left out. */
  start?: boolean;
}

/** The link of a port at one instant: `struct rte_eth_link`. */
export interface PortLink {
  /** Whether the link is up. */
  up: boolean;
  /** Speed, Mbit/s; 0xffffffff where the driver does not know it. */
  speed: number;
  /** Whether both sides may send at once. */
  fullDuplex: boolean;
  /** Whether the two sides negotiated speed and duplex by themselves. */
  autoneg: boolean;
  /** The link in words, such as `Link up at 10 Gbps FDX Autoneg`: `rte_eth_link_to_str`. */
  text: string;
}

/**
 * How a port spreads packets over its receive queues: `struct rte_eth_rss_conf`. `JSON.stringify`
 * writes the mask as hexadecimal text.
 */
export interface RssConfig {
  /** {@linkcode RssHash} bits: the header fields that are hashed. */
  functions: bigint;
  /** The key of the hash, bytes, as many as the device's key has; left as it is where left out. */
  key?: Uint8Array<ArrayBuffer>;
}

/** Pause frames: `struct rte_eth_fc_conf`. */
export interface FlowControl {
  /** Whether the port sends pause frames when its buffers run full. */
  send: boolean;
  /** Whether the port stops sending when it receives a pause frame. */
  obey: boolean;
  /** Bytes in the port's buffers from which on it sends a pause frame. */
  highWater: number;
  /** Bytes in the port's buffers from which on it ends the pause. */
  lowWater: number;
  /** How long a pause lasts, in units of 512 bit times, 0 to 65535. */
  pauseTime: number;
}

/** Ports that this thread has opened, by id. */
const opened = new Map<number, Port>();

/**
 * A port of this process.
 *
 * The primary process opens a port with {@linkcode Port.open}; disposal then stops and closes the
 * port for all processes. Other processes, and other threads, use {@linkcode Port.attach}. Packets
 * move through the port's queues, {@linkcode Port.rxQueue} and {@linkcode Port.txQueue}. Every
 * method throws a {@linkcode DpdkError} once the port was closed or removed, or EAL has ended. What
 * the driver cannot do throws ENOTSUP and names the driver.
 *
 * @example Forward between two ports
 * ```ts
 * import { Burst, Eal, Port } from "denodpdk";
 *
 * using _eal = Eal.init(["--vdev=net_null0", "--vdev=net_null1"]);
 * using from = Port.open(0);
 * using to = Port.open(1);
 * const rx = from.rxQueue(0);
 * const tx = to.txQueue(0);
 * using burst = new Burst(32);
 * for (let turn = 0; turn < 1000; turn++) {
 *   if (rx.receive(burst) > 0) tx.send(burst);
 * }
 * ```
 */
export class Port implements Disposable {
  /** Port id. */
  readonly id: number;
  /** Device name, as `net_null0`. */
  readonly name: string;
  readonly #isOpener: boolean;
  readonly #forget: () => void;
  #alive = true;
  /** The pool that the port receives into, where it was opened here. */
  #pool: Mempool | undefined;
  /** Releases the pool. */
  #releasePool: (() => void) | undefined;
  #lastStats: { stats: PortStats; at: number } | undefined;
  #lastQueues: { queues: QueueStats[]; at: number } | undefined;

  private constructor(id: number, isOpener: boolean) {
    this.id = id;
    this.name = nameOf(id);
    this.#isOpener = isOpener;
    this.#forget = endWithPort(id, "ports", this, (port) => port.#end());
  }

  /**
   * Configures a port, sets its queues up and starts it: `rte_eth_dev_configure`,
   * `rte_eth_dev_adjust_nb_rx_tx_desc`, `rte_eth_tx_queue_setup`, `rte_eth_rx_queue_setup` and
   * `rte_eth_dev_start`. Only in the primary. Disposal stops and closes the port, and frees the
   * pool that it made. A stopped port can be opened anew, with other options; its queues in this
   * thread end then.
   *
   * @param port its id, or its device name.
   * @throws {DpdkError} ENODEV without such a port, EINVAL or ENOTSUP when the device cannot do it,
   * EBUSY when it runs, E_RTE_SECONDARY.
   * @throws {RangeError} when a number is no integer in range.
   */
  static open(port: number | string, options: PortOptions = {}): Port {
    const id = findPort(port);
    const { mtu = 0, socket = shim().shim_eth_dev_socket(id) } = options;
    const wanted = {
      rxQueues: checkInteger("rxQueues", options.rxQueues ?? 1, 0, UINT16_MAX),
      txQueues: checkInteger("txQueues", options.txQueues ?? 1, 0, UINT16_MAX),
      rxOffloads: checkBits("rxOffloads", options.rxOffloads),
      txOffloads: checkBits("txOffloads", options.txOffloads),
      socket: checkInteger("socket", socket, -1, UINT16_MAX),
    };
    const descriptors = Uint32Array.of(
      checkInteger("rxDescriptors", options.rxDescriptors ?? DESCRIPTORS, 0, UINT16_MAX),
      checkInteger("txDescriptors", options.txDescriptors ?? DESCRIPTORS, 0, UINT16_MAX),
    );
    // throws for a pool that holds no packets
    options.pool?.dataRoom;
    unwrap(
      `rte_eth_dev_configure(port ${id})`,
      shim().shim_eth_dev_configure(
        id,
        wanted.rxQueues,
        wanted.txQueues,
        wanted.rxOffloads,
        wanted.txOffloads,
        Number(options.rss !== undefined),
        checkBits("rss", options.rss),
        checkInteger("mtu", mtu, 0, UINT16_MAX),
      ),
      (code) => configureHint(id, options, code),
    );
    unwrap(
      `rte_eth_dev_adjust_nb_rx_tx_desc(port ${id})`,
      shim().shim_eth_dev_adjust_desc(id, descriptors),
    );
    const [rxDescriptors = 0, txDescriptors = 0] = descriptors;
    const older = opened.get(id);
    opened.delete(id);
    const release = older ? older.#leave() : undefined;
    endHandles(id);
    const opener = new Port(id, true);
    try {
      opener.#setUp({ ...options, ...wanted, rxDescriptors, txDescriptors });
    } catch (error) {
      opener.#end();
      throw error;
    } finally {
      // the queues have another pool now
      release?.();
    }
    opened.set(id, opener);
    return opener;
  }

  /**
   * A port that the primary, or another thread, has opened. Disposal ends the queues that came from
   * this handle, and nothing else.
   *
   * @param port its id, or its device name.
   * @throws {DpdkError} ENODEV when there is none.
   */
  static attach(port: number | string): Port {
    return new Port(findPort(port), false);
  }

  /** How many ports DPDK was built for: `RTE_MAX_ETHPORTS`. */
  static get max(): number {
    return limits().ports;
  }

  /** All ports that this process has, as they are now, in the order of their ids. */
  static list(): PortInfo[] {
    return portIds().map((id) => readInfo(`rte_eth_dev_info_get(port ${id})`, id));
  }

  /**
   * Receive queue `queue`, to be used by this thread.
   *
   * @throws {RangeError} when the port has no such queue.
   * @throws {DpdkError} ENOTSUP when the port is not started; ENODEV in a secondary that attached
   * before the primary configured the port.
   */
  rxQueue(queue: number): RxQueue {
    this.#checkQueue("rx", queue);
    const rx = new RxQueue(this.id, queue);
    endWithPort(this.id, "users", rx, (rx) => rx.end());
    return rx;
  }

  /**
   * Transmit queue `queue`, to be used by this thread.
   *
   * @throws {RangeError} when the port has no such queue, or an option is out of range.
   * @throws {DpdkError} as {@linkcode Port.rxQueue}.
   */
  txQueue(queue: number, options: TxQueueOptions = {}): TxQueue {
    return this.#txQueue(queue, options, this.#pool?.name);
  }

  /** @internal A transmit queue of another thread. */
  static txQueueOf([port, queue, options, poolName]: TxQueueOrigin): TxQueue {
    return Port.attach(port).#txQueue(queue, options, poolName);
  }

  #txQueue(queue: number, options: TxQueueOptions, poolName?: string): TxQueue {
    this.#checkQueue("tx", queue);
    const perUs = Number(shim().shim_tsc_hz()) / 1e6;
    const tx = new TxQueue(this.id, queue, options, perUs, poolName);
    endWithPort(this.id, "users", tx, (tx, why) => tx.end(why === "port"));
    return tx;
  }

  /**
   * What the device is, what it can do, and how it is configured, as it is now:
   * `rte_eth_dev_info_get`.
   */
  info(): PortInfo {
    return readInfo(this.#operation("rte_eth_dev_info_get"), this.id);
  }

  /**
   * The pool that the mbufs of received packets come from; undefined where the port was opened in
   * another process or thread, or has no receive queue.
   */
  get pool(): Mempool | undefined {
    return this.#pool;
  }

  /** NUMA node of the device, -1 where it has none: `rte_eth_dev_socket_id`. */
  get socket(): number {
    this.#operation("rte_eth_dev_socket_id");
    return shim().shim_eth_dev_socket(this.id);
  }

  /**
   * The MAC address, 6 bytes, a copy; can be set: `rte_eth_macaddr_get`,
   * `rte_eth_dev_default_mac_addr_set`.
   */
  get macBytes(): Uint8Array<ArrayBuffer> {
    return macOf(this.#operation("rte_eth_macaddr_get"), this.id);
  }

  set macBytes(mac: Uint8Array<ArrayBuffer>) {
    if (mac.length !== 6) throw new RangeError(`a MAC address has 6 bytes, got ${mac.length}`);
    this.#unwrap(
      "rte_eth_dev_default_mac_addr_set",
      () => shim().shim_eth_macaddr_set(this.id, mac),
    );
  }

  /** The MAC address as DPDK writes it, `02:00:00:00:00:0A`: `rte_ether_format_addr`. */
  get mac(): string {
    return formatMac(this.macBytes);
  }

  /**
   * The MTU, bytes: the largest payload of a frame; can be set: `rte_eth_dev_get_mtu`,
   * `rte_eth_dev_set_mtu`.
   */
  get mtu(): number {
    return this.#unwrap("rte_eth_dev_get_mtu", () => shim().shim_eth_mtu_get(this.id));
  }

  set mtu(mtu: number) {
    checkInteger("MTU", mtu, 0, UINT16_MAX);
    this.#unwrap("rte_eth_dev_set_mtu", () => shim().shim_eth_mtu_set(this.id, mtu));
  }

  /**
   * Whether the port receives packets for all MAC addresses; can be set: `rte_eth_promiscuous_get`,
   * `rte_eth_promiscuous_enable`, `rte_eth_promiscuous_disable`.
   */
  get promiscuous(): boolean {
    return this.#unwrap(
      "rte_eth_promiscuous_get",
      () => shim().shim_eth_promiscuous_get(this.id),
    ) === 1;
  }

  set promiscuous(on: boolean) {
    this.#unwrap(
      `rte_eth_promiscuous_${on ? "enable" : "disable"}`,
      () => shim().shim_eth_promiscuous_set(this.id, Number(on)),
    );
  }

  /**
   * How packets are spread over receive queues; can be set: `rte_eth_dev_rss_hash_conf_get`,
   * `rte_eth_dev_rss_hash_update`.
   */
  get rss(): RssConfig {
    const key = new Uint8Array(KEY_MAX);
    const functions = new BigUint64Array(1);
    const length = this.#unwrap(
      "rte_eth_dev_rss_hash_conf_get",
      () => shim().shim_eth_rss_get(this.id, key, key.length, functions),
    );
    return withJson({ functions: functions[0] ?? 0n, key: key.slice(0, length) });
  }

  set rss({ functions, key }: RssConfig) {
    const bytes = key ?? new Uint8Array(0);
    checkInteger("bytes of an RSS key", bytes.length, 0, KEY_MAX);
    this.#unwrap(
      "rte_eth_dev_rss_hash_update",
      () =>
        shim().shim_eth_rss_set(
          this.id,
          bytes.length > 0 ? bytes : new Uint8Array(1),
          bytes.length,
          checkBits("rss", functions),
        ),
    );
  }

  /**
   * The redirection table of RSS, an array of receive queue numbers: a packet goes to the queue at
   * place "hash modulo length". Can be set, to an array of the same length:
   * `rte_eth_dev_rss_reta_query`, `rte_eth_dev_rss_reta_update`.
   */
  get reta(): number[] {
    const queues = new Uint32Array(RETA_MAX);
    const length = this.#unwrap(
      "rte_eth_dev_rss_reta_query",
      () => shim().shim_eth_reta_get(this.id, queues, queues.length),
    );
    return Array.from(queues.subarray(0, length));
  }

  set reta(queues: readonly number[]) {
    const { rx } = queuesOf(this.id);
    for (const queue of queues) checkInteger("queue of a redirection table", queue, 0, rx - 1);
    this.#unwrap(
      "rte_eth_dev_rss_reta_update",
      () => shim().shim_eth_reta_set(this.id, Uint32Array.from(queues), queues.length),
    );
  }

  /**
   * Whether VLAN tags are taken off received packets, as {@linkcode Packet.vlanTag} tells; can be
   * set: `rte_eth_dev_set_vlan_offload`.
   */
  get vlanStrip(): boolean {
    return (this.#vlan() & SHIM_VLAN_STRIP) !== 0;
  }

  set vlanStrip(on: boolean) {
    this.#setVlan(SHIM_VLAN_STRIP, on);
  }

  /**
   * Whether only packets of VLANs that {@linkcode Port.allowVlan} allows are received; can be set:
   * `rte_eth_dev_set_vlan_offload`.
   */
  get vlanFilter(): boolean {
    return (this.#vlan() & SHIM_VLAN_FILTER) !== 0;
  }

  set vlanFilter(on: boolean) {
    this.#setVlan(SHIM_VLAN_FILTER, on);
  }

  /**
   * Allows or forbids a VLAN where {@linkcode Port.vlanFilter} is on: `rte_eth_dev_vlan_filter`.
   *
   * @throws {RangeError} when it is no VLAN id, 0 to 4095.
   */
  allowVlan(vlan: number, on = true): void {
    checkInteger("VLAN id", vlan, 0, 4095);
    this.#unwrap(
      "rte_eth_dev_vlan_filter",
      () => shim().shim_eth_vlan_filter(this.id, vlan, Number(on)),
    );
  }

  /**
   * Whether and when the port sends and obeys pause frames; can be set:
   * `rte_eth_dev_flow_ctrl_get`, `rte_eth_dev_flow_ctrl_set`.
   */
  get flowControl(): FlowControl {
    const flow = readStruct(
      struct_shim_flow,
      (memory) =>
        this.#unwrap("rte_eth_dev_flow_ctrl_get", () => shim().shim_eth_flow_get(this.id, memory)),
    );
    return {
      send: flow.send !== 0,
      obey: flow.obey !== 0,
      highWater: flow.high_water,
      lowWater: flow.low_water,
      pauseTime: flow.pause_time,
    };
  }

  set flowControl({ send, obey, highWater, lowWater, pauseTime }: FlowControl) {
    checkInteger("pauseTime", pauseTime, 0, UINT16_MAX);
    const conf = new Uint8Array(struct_shim_flow.bytes);
    writeStruct(struct_shim_flow, conf.buffer, {
      send: Number(send),
      obey: Number(obey),
      high_water: highWater,
      low_water: lowWater,
      pause_time: pauseTime,
    });
    this.#unwrap("rte_eth_dev_flow_ctrl_set", () => shim().shim_eth_flow_set(this.id, conf));
  }

  /** The link now, without waiting for one: `rte_eth_link_get_nowait`. */
  link(): PortLink {
    const operation = this.#operation("rte_eth_link_get_nowait");
    const memory = new Uint8Array(struct_shim_eth_link.bytes);
    const text = readText((text, len) =>
      unwrap(operation, shim().shim_eth_link_get(this.id, memory, text, len))
    );
    const link = structAt(struct_shim_eth_link, memory.buffer);
    return {
      up: link.up !== 0,
      speed: link.speed,
      fullDuplex: link.full_duplex !== 0,
      autoneg: link.autoneg !== 0,
      text,
    };
  }

  /**
   * Waits until the link is up, `limit` milliseconds at most; 9000 where left out. An abort of
   * `signal` rejects.
   *
   * @returns the link as it is then, up or still down.
   */
  async awaitLink(options: { limit?: number; signal?: AbortSignal } = {}): Promise<PortLink> {
    const { limit = LINK.limit, signal } = options;
    const end = performance.now() + limit;
    let link = this.link();
    while (!link.up && performance.now() < end) {
      await setTimeout(LINK.period, undefined, signal ? { signal } : {});
      link = this.link();
    }
    return link;
  }

  /** The port's counters as they are now: `rte_eth_stats_get`. */
  stats(): PortStats {
    return readStats(this.#operation("rte_eth_stats_get"), this.id);
  }

  /**
   * The counters of each queue as they are now, one element a queue number; zeros where the driver
   * does not count by queue.
   */
  queueStats(): QueueStats[] {
    const { rxQueues, txQueues } = this.info();
    return queueStats(this.xstats(), Math.max(rxQueues, txQueues));
  }

  /** The driver's own counters by their names, each exact to 2^53: `rte_eth_xstats_get`. */
  xstats(): Record<string, number> {
    return readXstats(this.#operation("rte_eth_xstats_get"), this.id);
  }

  /**
   * What happened per second, on average since the last call of `rates` on this handle; zeros at
   * the first call.
   */
  rates(): PortRates {
    const now = { stats: this.stats(), at: performance.now() };
    const { stats, at } = this.#lastStats ?? now;
    this.#lastStats = now;
    return ratesBetween(stats, now.stats, (now.at - at) / 1000);
  }

  /**
   * What happened per second on each queue, on average since the last call of `queueRates` on this
   * handle; zeros at the first call.
   */
  queueRates(): QueueRates[] {
    const now = { queues: this.queueStats(), at: performance.now() };
    const { queues, at } = this.#lastQueues ?? now;
    this.#lastQueues = now;
    return queueRatesBetween(queues, now.queues, (now.at - at) / 1000);
  }

  /** Sets the counters to 0: `rte_eth_stats_reset`. */
  resetStats(): void {
    this.#unwrap("rte_eth_stats_reset", () => shim().shim_eth_stats_reset(this.id));
    this.#lastStats = this.#lastQueues = undefined;
  }

  /**
   * Starts the port: `rte_eth_dev_start`. Does nothing where it runs. Only in the primary.
   *
   * @throws {DpdkError} EINVAL when it was not opened, E_RTE_SECONDARY.
   */
  start(): void {
    const { rxQueues, txQueues } = this.info();
    const name = "rte_eth_dev_start";
    for (let queue = 0; queue < rxQueues; queue++) {
      this.#unwrap(name, () => shim().shim_eth_rx_queue_check(this.id, queue));
    }
    for (let queue = 0; queue < txQueues; queue++) {
      this.#unwrap(name, () => shim().shim_eth_tx_queue_check(this.id, queue));
    }
    this.#unwrap(name, () => shim().shim_eth_dev_start(this.id));
  }

  /**
   * Stops the port: `rte_eth_dev_stop`. No thread of any process may be receiving or sending on it.
   * Only in the primary.
   */
  stop(): void {
    this.#unwrap("rte_eth_dev_stop", () => shim().shim_eth_dev_stop(this.id));
  }

  /**
   * Stops and closes the port for good, whichever thread opened it, and frees the pool that it
   * made: `rte_eth_dev_close`. No thread of any process may be receiving or sending on it. Only in
   * the primary.
   */
  close(): void {
    this.stop();
    this.#finish("rte_eth_dev_close", () => shim().shim_eth_dev_close(this.id));
  }

  /** Removes the device of a stopped port from all processes: `rte_dev_remove`. */
  remove(): void {
    this.#finish("rte_dev_remove", () => shim().shim_dev_remove(this.id));
  }

  /** The port in words: `port 0 (net_null0)`. */
  toString(): string {
    return `port ${this.id} (${this.name})`;
  }

  /** For `JSON.stringify`: what {@linkcode Port.info} returns. */
  toJSON(): Json<PortInfo> {
    return jsonOf(this.info());
  }

  /** What `console.log` shows. */
  [inspected](): string {
    return shown(`Port ${this.id} (${this.name})`, () => {
      const { driver, mac, rxQueues, txQueues, started } = this.info();
      const state = started ? "started" : "stopped";
      return `${driver}, ${mac}, ${rxQueues} rx and ${txQueues} tx queues, ${state}`;
    });
  }

  /** @internal */
  [handedOver](): { kind: string; by: number } {
    return { kind: "Port", by: this.id };
  }

  /**
   * Stops and closes the port if this handle opened it, else ends this handle's queues. Idempotent.
   */
  [Symbol.dispose](): void {
    if (!this.#alive) return;
    if (this.#isOpener) this.close();
    else this.#end();
  }

  #setUp(options: PortOptions & Required<Pick<PortOptions, "rxDescriptors" | "txDescriptors">>) {
    const { rxQueues = 1, txQueues = 1, rxOffloads = 0n, txOffloads = 0n, socket = -1 } = options;
    const { rxDescriptors, txDescriptors, promiscuous, dropEnable = false, start = true } = options;
    // transmit queues first, as testpmd does: where net_tap opens a queue for receiving, DPDK 24.11
    // forgets to prepare its segmentation (TCP_TSO), and sends no such packet
    for (let queue = 0; queue < txQueues; queue++) {
      this.#unwrap(
        `rte_eth_tx_queue_setup queue ${queue}`,
        () => shim().shim_eth_tx_queue_setup(this.id, queue, txDescriptors, socket, txOffloads),
      );
    }
    if (rxQueues > 0) this.#receiveInto(options.pool, rxQueues, txQueues, options);
    for (let queue = 0; queue < rxQueues; queue++) {
      this.#unwrap(`rte_eth_rx_queue_setup queue ${queue}`, () =>
        shim().shim_eth_rx_queue_setup(
          this.id,
          queue,
          rxDescriptors,
          socket,
          rxOffloads,
          Number(dropEnable),
          this.#pool!.pointer,
        ));
    }
    if (promiscuous !== undefined) this.promiscuous = promiscuous;
    if (start) this.start();
  }

  /** Makes the port receive into this pool, or into a pool that it makes for itself. */
  #receiveInto(
    given: Mempool | undefined,
    rxQueues: number,
    txQueues: number,
    { rxDescriptors = 0, txDescriptors = 0, mtu = 0, socket = -1 }: PortOptions,
  ): void {
    const { data_room, headroom } = limits();
    const inQueues = rxQueues * rxDescriptors + txQueues * txDescriptors;
    const count = 2 ** Math.ceil(Math.log2(inQueues + POOL.perLcore * (rxQueues + 1) + 1)) - 1;
    const pool = given ?? createPktmbufPool(
      ownPoolName(this.id),
      Math.max(count, POOL.least),
      {
        cacheSize: POOL.cache,
        dataRoomSize: Math.max(data_room, headroom + mtu + FRAME_OVERHEAD),
        socket,
      },
    );
    // a separate handle, since the given one may be disposed of while the port lives
    const own = given ? Mempool.lookup(pool.name) : pool;
    this.#pool = pool;
    const forget = own.dependents.add(this, (port) => port.#leavePool());
    this.#releasePool = () => {
      forget();
      own[Symbol.dispose]();
    };
  }

  /**
   * Leaves the pool, which is about to be freed. A running port would receive into memory that is
   * gone. A stopped port may have packets of the pool in its receive queues, so the queues end too,
   * and with net_tap the port itself.
   */
  #leavePool(): void {
    if (!this.#alive) return;
    shim().shim_eth_dev_stop(this.id);
    if (this.info().driver !== "net_tap") {
      shim().shim_eth_dev_configure(this.id, 0, 1, 0n, 0n, 0, 0n, 0);
      return;
    }
    // net_tap has as many queues of one kind as of the other, and that of DPDK 24.11 crashes when
    // their number changes
    this.#releasePool = undefined;
    shim().shim_eth_dev_close(this.id);
    endHandles(this.id);
    this.#end();
  }

  /**
   * Forgets the pool because the port is opened anew. Returns the function that releases it, to be
   * called when the queues have another pool.
   */
  #leave(): (() => void) | undefined {
    const release = this.#releasePool;
    this.#releasePool = undefined;
    return release;
  }

  #finish(name: string, finish: () => number): void {
    this.#unwrap(name, finish);
    endHandles(this.id);
    this.#end();
  }

  /** Ends this handle: the port is gone, or EAL has ended. */
  #end(): void {
    if (!this.#alive) return;
    this.#alive = false;
    this.#forget();
    this.#releasePool?.();
    this.#releasePool = undefined;
    this.#pool = undefined;
    if (opened.get(this.id) === this) opened.delete(this.id);
  }

  #vlan(): number {
    return this.#unwrap("rte_eth_dev_get_vlan_offload", () => shim().shim_eth_vlan_get(this.id));
  }

  #setVlan(which: number, on: boolean): void {
    this.#unwrap(
      "rte_eth_dev_set_vlan_offload",
      () => shim().shim_eth_vlan_set(this.id, which, Number(on)),
    );
  }

  #checkQueue(kind: "rx" | "tx", queue: number): void {
    const operation = this.#operation(`${kind}Queue`);
    const queues = queuesOf(this.id);
    if (queues.state === Readiness.stopped) notReady(this.id);
    if (queues.state === Readiness.early) {
      throw new DpdkError({
        operation,
        code: "ENODEV",
        reason: "this secondary attached before the primary configured the port",
        hint: "start this process after the primary has opened the port",
      });
    }
    if (queue >>> 0 === queue && queue < queues[kind]) return;
    throw new RangeError(`port ${this.id} has ${queues[kind]} ${kind} queues, got queue ${queue}`);
  }

  #operation(name: string): string {
    if (!this.#alive) disposed(this.toString());
    return `${name}(port ${this.id})`;
  }

  /**
   * Returns a result of the driver that is not negative, and throws an error that names the driver
   * otherwise.
   */
  #unwrap(name: string, call: () => number): number {
    const operation = this.#operation(name);
    return unwrap(operation, call(), driverHint(this.id));
  }
}

/** The hint that names the driver which cannot do something. */
function driverHint(id: number): Hint {
  return (code) => {
    if (code !== "ENOTSUP") return undefined;
    return `the driver ${
      readText((text, len) => shim().shim_eth_dev_driver(id, text, len))
    } cannot do this`;
  };
}

/** The hint that names what was asked for and the device cannot do. */
function configureHint(id: number, options: PortOptions, code: string): string | undefined {
  if (code === "E_RTE_SECONDARY") return "the primary opens ports; use Port.attach() here";
  if (code === "EBUSY") return "it runs: stop() it first, or use Port.attach()";
  const info = readInfo(`rte_eth_dev_info_get(port ${id})`, id);
  const lacks = [
    ...offloadNames(RxOffload, (options.rxOffloads ?? 0n) & ~info.rxOffloadCapa)
      .map((name) => `RxOffload.${name}`),
    ...offloadNames(TxOffload, (options.txOffloads ?? 0n) & ~info.txOffloadCapa)
      .map((name) => `TxOffload.${name}`),
  ];
  if (lacks.length > 0) return `the driver ${info.driver} cannot do ${lacks.join(", ")}`;
  return `the driver ${info.driver} has up to ${info.maxRxQueues} rx and ${info.maxTxQueues} tx queues`;
}

findHandlesBy("Port", (id: number) => Port.attach(id));
findHandlesBy("RxQueue", ([port, queue]: [number, number]) => Port.attach(port).rxQueue(queue));
findHandlesBy("TxQueue", (by: TxQueueOrigin) => Port.txQueueOf(by));
