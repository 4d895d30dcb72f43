/**
 * Sending: flows, paced, out of one queue.
 *
 * @module
 */

// a Worker that is handed a queue needs its port's class, and may import its type alone
import "../ethdev/port.ts";
import { readInfo } from "../ethdev/ports.ts";
import type { TxQueue } from "../ethdev/tx_queue.ts";
import { Burst } from "../mbuf/burst.ts";
import type { Mempool } from "../mempool.ts";
import { OBJECTS_MAX } from "../objects.ts";
import type { Flow } from "./flow.ts";
import type { Pacer } from "./pacing.ts";
import { PortPatience } from "./port_patience.ts";
import { spread } from "./spread.ts";

/** Drivers that hand the very mbuf to whoever receives the packet, who may write to it. */
const SHARING: readonly string[] = ["net_ring"];

/** Options of a {@linkcode Sender}. */
export interface SenderOptions {
  /** Where to send. The sender does not dispose of it. */
  tx: TxQueue;
  /** What to send: one flow, or some, each as often as its weight says. */
  flows: readonly [Flow, ...Flow[]];
  /**
   * Where packets come from: a pool that nobody else takes packets from, not even a port that
   * receives. Its mbufs must be as long as the longest packet. The sender does not dispose of it.
   */
  pool: Mempool;
  /** When to send. */
  pacer: Pacer;
  /** The most packets that are sent at once; 32 where left out, as in DPDK's samples. */
  burst?: number;
  /**
   * Whether packets that the port does not take are offered to it again, as testpmd does with
   * `retry`, until it has taken none for 100 ms. Packets that are behind them come late. Where left
   * out, they are freed, and count as refused.
   */
  retry?: boolean;
}

/**
 * Sends flows at a rate, out of one queue. A loop on an lcore calls {@linkcode Sender.turn} again
 * and again, and does nothing else.
 *
 * Packets of one flow keep what they have in common: it is written into all mbufs of the pool once,
 * and then only what differs. Where that cannot be, all bytes are written each time: with several
 * flows, with probes of several sizes, with a pool of which packets are in use, and on ports of `net_ring`, which hand
 * the very packet to its receiver.
 *
 * Disposal frees the packets in hand: between two turns those that are to be offered again.
 *
 * @example A loop on an lcore
 * ```ts
 * import { type Mempool, type TxQueue } from "denodpdk";
 * import { measuredCyclesPerSecond, tscCycles } from "denodpdk/eal";
 * import { ether, frame, ipv4, udp } from "denodpdk/net";
 * import { flow, Pacer, random, range, Sender } from "denodpdk/traffic";
 *
 * function send(tx: TxQueue, pool: Mempool, running: () => boolean) {
 *   const packets = flow(
 *     frame(ether({ dst: "02:00:00:00:00:02" }), ipv4({ dst: "192.0.2.1" }), udp({ dstPort: 9 })),
 *     { ipv4: { src: range("10.0.0.1", 256) }, udp: { srcPort: random(1024, 64512) } },
 *     { sizes: "64" },
 *   );
 *   const pacer = new Pacer({ cyclesPerSecond: measuredCyclesPerSecond(), rate: 2e6 });
 *   using sender = new Sender({ tx, pool, pacer, flows: [packets] });
 *   pacer.start(tscCycles());
 *   while (running()) sender.turn(tscCycles());
 *   console.log(pacer.report());
 * }
 * ```
 */
export class Sender implements Disposable {
  /** Whether only what differs is written, and not all bytes of each packet. */
  readonly keepsTemplate: boolean;
  readonly #tx: TxQueue;
  readonly #pool: Mempool;
  readonly #pacer: Pacer;
  readonly #burst: Burst;
  readonly #flows: readonly Flow[];
  /** The first of them, which is the only one as a rule. */
  readonly #flow: Flow;
  /** Which flow each packet is of, in turn, and where the next packet is in there. */
  readonly #pattern: Uint16Array;
  #turn = 0;
  /** The lengths of the packets of a burst. */
  readonly #lengths: Uint16Array<ArrayBuffer>;
  /** Whether all packets are of one length, so that these never change. */
  readonly #oneLength: boolean;
  /** How many packets of each flow are before one in a burst. */
  readonly #ahead: Uint32Array;
  /** For how long packets are offered again; undefined for not at all. */
  readonly #patience: PortPatience | undefined;
  /** How many packets are to be offered again; they may be in no mbuf yet. */
  #waiting = 0;
  /** The time of a turn in which packets are offered again, cycles. */
  readonly #clock = new Float64Array(1);

  /**
   * A sender that has not sent anything.
   *
   * @throws {RangeError} when a flow's packets are longer than the pool's mbufs, or the burst is no
   * integer in range.
   * @throws {DpdkError} EINVAL when the pool holds no packets; ENODEV when the port is gone.
   */
  constructor({ tx, flows, pool, pacer, burst = 32, retry = false }: SenderOptions) {
    this.#tx = tx;
    this.#pool = pool;
    this.#pacer = pacer;
    this.#patience = retry ? new PortPatience(pacer.cyclesPerSecond) : undefined;
    this.#flows = flows;
    this.#flow = flows[0];
    this.#pattern = spread(flows.map(({ weight }) => weight));
    this.#ahead = new Uint32Array(flows.length);
    this.#lengths = new Uint16Array(burst).fill(this.#flow.maxLength);
    this.#oneLength = new Set(flows.flatMap(({ lengths }) => [...lengths])).size === 1;
    this.#burst = new Burst(burst, { pools: [pool] });
    try {
      // the longest of all packets must fit, and this asks for one
      for (const { maxLength } of flows) {
        this.#burst.allocate(pool, Uint16Array.of(maxLength));
        this.#burst.clear();
      }
      const { driver } = readInfo("Sender", tx.port);
      this.keepsTemplate = flows.length === 1 && this.#flow.keepsTemplate &&
        !SHARING.includes(driver) && this.#fillPool();
    } catch (error) {
      this.#burst[Symbol.dispose]();
      throw error;
    }
  }

  /**
   * Sends what is due.
   *
   * @param now the clock, in cycles: `tscCycles()`.
   * @returns how many packets the port took. What it did not take, and what the pool had no mbufs
   * for, is in the pacer's report.
   * @throws {DpdkError} ENOTSUP when the port is stopped.
   */
  turn(now: number): number {
    if (this.#waiting > 0) {
      this.#clock[0] = now;
      return this.#offerAgain();
    }
    const count = this.#pacer.due(now, this.#lengths.length);
    return count === 0 ? 0 : this.#send(count);
  }

  /** Frees what is in hand. Idempotent. */
  [Symbol.dispose](): void {
    this.#burst[Symbol.dispose]();
  }

  /** Sends so many packets; the pacer has the time. */
  #send(count: number): number {
    if (!this.#oneLength) this.#chooseLengths(count);
    const isFilled = this.#fill(count);
    if (this.#patience) {
      const taken = isFilled ? this.#tx.trySend(this.#burst) : 0;
      this.#waiting = count - taken;
      this.#pacer.sent(taken, taken);
      return taken;
    }
    const taken = isFilled ? this.#tx.send(this.#burst) : 0;
    if (isFilled && taken < count) this.#unsent(count, taken);
    this.#pacer.sent(count, taken);
    return taken;
  }

  /** Offers packets that wait; they are given up where the port has taken none for long. */
  #offerAgain(): number {
    const burst = this.#burst;
    const patience = this.#patience!;
    const waiting = this.#waiting;
    const isFilled = burst.count > 0 || this.#fill(waiting);
    const taken = isFilled ? this.#tx.trySend(burst) : 0;
    this.#pacer.sentAgain(this.#clock, waiting, taken);
    this.#waiting -= taken;
    if (taken > 0) patience.renew();
    else if (patience.isOver(this.#clock)) {
      if (isFilled) this.#unsent(waiting, 0);
      burst.clear();
      this.#pacer.sent(waiting, 0);
      this.#waiting = 0;
    }
    return taken;
  }

  /** Writes so many packets, whose lengths are chosen; false where the pool has no mbufs for them. */
  #fill(count: number): boolean {
    const burst = this.#burst;
    if (burst.allocate(this.#pool, this.#lengths, count) === 0) return false;
    const { now } = this.#pacer;
    if (this.keepsTemplate) this.#flow.update(burst, 0, count, now);
    else if (this.#flows.length === 1) this.#flow.write(burst, 0, count, now);
    else this.#writeMix(count);
    return true;
  }

  /** Which flow a packet is of. */
  #flowOf(ahead: number): number {
    return this.#pattern[(this.#turn + ahead) % this.#pattern.length]!;
  }

  #chooseLengths(count: number): void {
    this.#ahead.fill(0);
    for (let i = 0; i < count; i++) {
      const index = this.#flowOf(i);
      this.#lengths[i] = this.#flows[index]!.lengthOf(this.#ahead[index]!++);
    }
  }

  #writeMix(count: number): void {
    for (let i = 0; i < count; i++) {
      this.#flows[this.#flowOf(i)]!.write(this.#burst, i, i + 1, this.#pacer.now);
    }
    this.#turn = (this.#turn + count) % this.#pattern.length;
  }

  /** Tells the flows which packets of a burst the port did not take. */
  #unsent(count: number, taken: number): void {
    if (this.#flows.length === 1) return this.#flow.unsent(count - taken);
    const { length } = this.#pattern;
    // the turn is behind the burst already
    const first = (this.#turn - count % length + length) % length;
    for (let i = taken; i < count; i++) {
      this.#flows[this.#pattern[(first + i) % length]!]!.unsent(1);
    }
  }

  /**
   * Writes the template into all mbufs of the pool.
   *
   * @returns whether all of them were free, so that they have it now.
   */
  #fillPool(): boolean {
    const { template } = this.#flow;
    const { size } = this.#pool;
    const lengths = new Uint16Array(Math.min(size, OBJECTS_MAX)).fill(template.length);
    const bursts: Burst[] = [];
    let filled = 0;
    try {
      while (filled < size) {
        const count = Math.min(lengths.length, size - filled);
        const burst = new Burst(count, { pools: [this.#pool] });
        bursts.push(burst);
        if (burst.allocate(this.#pool, lengths, count) === 0) return false;
        const { memory: { u8 }, offsets } = burst;
        for (let i = 0; i < count; i++) u8.set(template, offsets[i]!);
        filled += count;
      }
      return true;
    } finally {
      for (const burst of bursts) burst[Symbol.dispose]();
    }
  }
}
