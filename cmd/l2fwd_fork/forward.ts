/**
 * What a slave does: `l2fwd_main_loop` of the ancestor.
 *
 * @module
 */

import { Burst, Mempool, Port, type RxQueue, type TxQueue } from "../../ffi/port_core.ts";
import { tscCycles, tscCyclesPerSecond } from "../../ffi/eal_api.ts";
import { Header } from "./header.ts";
import { poolName, type PortStatistics } from "./objects.ts";
import type { Route } from "./plan.ts";

/** `MAX_PKT_BURST`. */
const BURST = 32;

/** `BURST_TX_DRAIN_US`. */
const DRAIN_US = 100;

/** Polls between two looks at the clock, which are native calls: a few microseconds of bursts. */
const ROUND = 8;

/** One route of a slave, with all that its loop needs. */
export class Lane {
  readonly #rx: RxQueue;
  readonly #tx: TxQueue;
  readonly #burst: Burst;
  readonly #statistics: PortStatistics;
  readonly #header: Header;
  #dropped = 0;

  constructor({ from, to }: Route, burst: Burst, statistics: PortStatistics) {
    this.#rx = Port.attach(from).rxQueue(0);
    this.#tx = Port.attach(to).txQueue(0, { bufferSize: BURST });
    this.#burst = burst;
    this.#statistics = statistics;
    this.#header = new Header(to, Port.attach(to).macBytes);
  }

  /** Receives a burst, rewrites it and collects it for transmission. */
  poll(): void {
    const burst = this.#burst;
    const count = this.#rx.receive(burst);
    if (count === 0) return;
    this.#statistics.received(this.#rx.port, count);
    this.#header.writeTo(burst);
    const sent = this.#tx.buffer(burst);
    if (sent > 0) this.#statistics.sent(this.#tx.port, sent);
  }

  /** Sends the packets that are waiting, and counts those that could not be sent. */
  drain(): void {
    const sent = this.#tx.flush();
    if (sent > 0) this.#statistics.sent(this.#tx.port, sent);
    const { dropped } = this.#tx;
    if (dropped === this.#dropped) return;
    this.#statistics.dropped(this.#tx.port, dropped - this.#dropped);
    this.#dropped = dropped;
  }
}

/**
 * Looks up everything that a slave needs for these routes, without using it: EAL's locks are taken
 * here, and not later, when the slave may be killed.
 */
export function openLanes(routes: readonly Route[], statistics: PortStatistics): Lane[] {
  const ports = [...new Set(routes.flatMap(({ from, to }) => [from, to]))];
  const [pool, ...others] = ports.map((port) => Mempool.lookup(poolName(port)));
  if (!pool) return [];
  const pools = [pool, ...others] as const;
  return routes.map((route) => new Lane(route, new Burst(BURST, { pools }), statistics));
}

/**
 * Forwards until `stop` returns true. It is asked about every 100 microseconds, whenever buffers
 * are drained. The buffers are empty at the end.
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
    for (let i = 0; i < ROUND; i++) for (const lane of lanes) lane.poll();
  }
}
