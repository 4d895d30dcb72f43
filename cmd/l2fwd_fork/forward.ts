/**
 * What a slave does: `l2fwd_main_loop` of the ancestor.
 *
 * @module
 */

import {
  EthDev,
  Mempool,
  OldPacketMemory,
  PacketBurst,
  tscCycles,
  tscCyclesPerSecond,
  TxBuffer,
} from "../../mod.ts";
import { Header } from "./header.ts";
import { poolName, type PortStatistics } from "./objects.ts";
import type { Route } from "./plan.ts";

/** `MAX_PKT_BURST`. */
const BURST = 32;

/** `BURST_TX_DRAIN_US`. */
const DRAIN_US = 100;

/** One route of a slave, with all that its loop needs. */
export class Lane {
  readonly #from: EthDev;
  readonly #to: EthDev;
  readonly #memory: OldPacketMemory;
  readonly #burst: PacketBurst;
  readonly #buffer: TxBuffer;
  readonly #statistics: PortStatistics;
  readonly #header: Header;
  #dropped = 0;

  constructor(route: Route, memory: OldPacketMemory, statistics: PortStatistics) {
    this.#from = EthDev.of(route.from);
    this.#to = EthDev.of(route.to);
    this.#memory = memory;
    this.#burst = new PacketBurst(memory, BURST, { offsetsOnly: true });
    this.#buffer = new TxBuffer(this.#to, 0, BURST);
    this.#statistics = statistics;
    this.#header = new Header(route.to, this.#to.macBytes);
  }

  /** Receives a burst, rewrites it and buffers it for transmission. */
  poll(): void {
    const burst = this.#burst;
    const count = this.#from.rxPackets(0, burst, BURST);
    if (count === 0) return;
    this.#statistics.received(this.#from.port, count);
    this.#header.writeTo(this.#memory, burst, count);
    // the buffer has them now; what the port does not take, it frees and counts
    const sent = this.#buffer.add(burst.objs, count);
    if (sent > 0) this.#statistics.sent(this.#to.port, sent);
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
 * Finds all that a slave needs to forward these, without touching any of it: EAL's locks are taken
 * here and not later, when the slave may be killed.
 */
export function openLanes(routes: readonly Route[], statistics: PortStatistics): Lane[] {
  const ports = [...new Set(routes.flatMap(({ from, to }) => [from, to]))];
  const [pool, ...others] = ports.map((port) => Mempool.lookup(poolName(port)));
  if (!pool) return [];
  const memory = OldPacketMemory.of(pool, ...others);
  return routes.map((route) => new Lane(route, memory, statistics));
}

/**
 * Forwards until `stop` says so, which is asked about every 100 microseconds, whenever buffers are
 * drained. Nothing is left in the buffers then.
 */
export function forward(lanes: readonly Lane[], stop: () => boolean): void {
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
