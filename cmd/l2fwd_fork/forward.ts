/**
 * What a slave does: `l2fwd_main_loop` of the ancestor.
 *
 * @module
 */

import {
  EthDev,
  Mempool,
  PacketBurst,
  PacketMemory,
  tscCycles,
  tscCyclesPerSecond,
  TxBuffer,
} from "../../mod.ts";
import { poolName, type PortStatistics } from "./objects.ts";
import type { Route } from "./plan.ts";

/** `MAX_PKT_BURST`. */
const BURST = 32;

/** `BURST_TX_DRAIN_US`. */
const DRAIN_US = 100;

/** One route of a slave, with all that its loop needs. */
class Lane {
  readonly #from: EthDev;
  readonly #to: EthDev;
  readonly #memory: PacketMemory;
  readonly #burst: PacketBurst;
  readonly #buffer: TxBuffer;
  readonly #statistics: PortStatistics;
  /** Both MACs of a packet that leaves, as three words. */
  readonly #words: readonly [number, number, number];
  #dropped = 0;

  constructor(route: Route, memory: PacketMemory, statistics: PortStatistics) {
    this.#from = EthDev.of(route.from);
    this.#to = EthDev.of(route.to);
    this.#memory = memory;
    this.#burst = new PacketBurst(memory, BURST);
    this.#buffer = new TxBuffer(this.#to, 0, BURST);
    this.#statistics = statistics;
    // 02:00:00:00:00:port, then the port's own
    const macs = Uint8Array.of(2, 0, 0, 0, 0, route.to, ...this.#to.macBytes);
    const [first = 0, second = 0, third = 0] = new Uint32Array(macs.buffer);
    this.#words = [first, second, third];
  }

  /** Receives a burst, rewrites it and buffers it for transmission. */
  poll(): void {
    const burst = this.#burst;
    const count = this.#from.rxPackets(0, burst, BURST);
    if (count === 0) return;
    this.#statistics.received(this.#from.port, count);
    this.#rewrite(count);
    // the buffer has them now; what the port does not take, it frees and counts
    const sent = this.#buffer.add(burst.objs, count);
    if (sent > 0) this.#statistics.sent(this.#to.port, sent);
  }

  #rewrite(count: number): void {
    const { offsets } = this.#burst;
    const { u32, u16 } = this.#memory;
    const [first, second, third] = this.#words;
    for (let i = 0; i < count; i++) {
      const offset = offsets[i] ?? 0;
      if ((offset & 3) === 0) {
        const at = offset >>> 2;
        u32[at] = first;
        u32[at + 1] = second;
        u32[at + 2] = third;
      } else if ((offset & 1) === 0) {
        const at = offset >>> 1;
        u16[at] = first;
        u16[at + 1] = first >>> 16;
        u16[at + 2] = second;
        u16[at + 3] = second >>> 16;
        u16[at + 4] = third;
        u16[at + 5] = third >>> 16;
      } else {
        this.#rewriteBytes(offset);
      }
    }
  }

  /** At an odd address; also for a packet of another pool, which has none and stays as it is. */
  #rewriteBytes(offset: number): void {
    const { u8 } = this.#memory;
    const bytes = new Uint8Array(Uint32Array.from(this.#words).buffer);
    if (offset + bytes.length <= u8.length) u8.set(bytes, offset);
  }

  /** Sends what waits, and counts what could not be sent. */
  drain(): void {
    const sent = this.#buffer.flush();
    if (sent > 0) this.#statistics.sent(this.#to.port, sent);
    const dropped = this.#buffer.dropped;
    if (dropped === this.#dropped) return;
    this.#statistics.dropped(this.#to.port, dropped - this.#dropped);
    this.#dropped = dropped;
  }
}

/**
 * Forwards until `stop` says so, which is asked about every 100 microseconds, whenever buffers are
 * drained. Nothing is left in the buffers then.
 */
export function forward(
  routes: readonly Route[],
  statistics: PortStatistics,
  stop: () => boolean,
): void {
  const ports = [...new Set(routes.flatMap(({ from, to }) => [from, to]))];
  const [pool, ...others] = ports.map((port) => Mempool.lookup(poolName(port)));
  if (!pool) return;
  const memory = PacketMemory.of(pool, ...others);
  const lanes = routes.map((route) => new Lane(route, memory, statistics));
  const drain = Math.ceil(tscCyclesPerSecond() / 1_000_000) * DRAIN_US;
  for (let before = 0;;) {
    const now = tscCycles();
    if (now - before > drain) {
      before = now;
      for (const lane of lanes) lane.drain();
      if (stop()) return;
    }
    for (const lane of lanes) lane.poll();
  }
}
