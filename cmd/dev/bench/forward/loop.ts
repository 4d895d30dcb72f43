/**
 * The forwarding lcore: TypeScript decides where each burst goes, and writes each header.
 *
 * @module
 */

import { type Burst, Exchange, Mempool } from "../../../../mod.ts";
import {
  type LcoreContext,
  lcoreMain,
  tscCycles,
  tscCyclesPerSecond,
} from "../../../../ffi/eal_api.ts";
import { Filter } from "../../../../ffi/pcap/pcap.ts";
import { Header } from "../../../l2fwd_fork/header.ts";
import { EXPRESSION, Flows, macOf, route } from "./headers.ts";
import { Pauses } from "./pauses.ts";
import { BURST, DRAIN_US, type ForwardData, POOL } from "./ports.ts";

type Context = LcoreContext<ForwardData, never>;

/** Turns of a loop between two looks at the clock and at the stop flag. */
const ROUND = 8;

/** How long a loop runs before its turns are counted, in nanoseconds. */
const WARM_UP_NS = 2e9;

/** What comes from each port, and what is to become of it. */
class Forwarder implements Disposable {
  readonly exchange: Exchange;
  /** By port, the header for the frames that leave by its neighbour. */
  readonly #headers: readonly Header[];

  constructor({ rx, tx, macs }: ForwardData, pool: Mempool, collect: boolean) {
    const neighbours = tx.map((own, i) => tx[i ^ 1] ?? own);
    const to = neighbours.map((to) => collect ? to.buffered : to);
    this.exchange = new Exchange(rx, { size: BURST, pools: [pool], to });
    this.#headers = neighbours.map(({ port }, i) => new Header(port, macs[i ^ 1]!));
  }

  /** Sends what came before, receives, and writes each header of what came. */
  turn(): void {
    const { exchange } = this;
    if (exchange.turn() === 0) return;
    const { counts, bursts } = exchange;
    for (let i = 0; i < bursts.length; i++) {
      if (counts[i] !== 0) this.#headers[i]!.writeTo(bursts[i]!);
    }
  }

  [Symbol.dispose](): void {
    this.exchange.flush();
    this.exchange[Symbol.dispose]();
  }
}

/** `l2fwd_main_loop`. */
function l2fwd(context: Context, pool: Mempool): void {
  const { tx } = context.data;
  using forwarder = new Forwarder(context.data, pool, true);
  const drainCycles = (tscCyclesPerSecond() / 1_000_000) * DRAIN_US;
  let drained = 0;
  while (!context.stopRequested) {
    const now = tscCycles();
    if (now - drained > drainCycles) {
      for (const queue of tx) queue.flush();
      drained = now;
    }
    for (let turn = 0; turn < ROUND; turn++) forwarder.turn();
  }
}

/** Forwards as l2fwd does, and measures the time of every turn. */
function l2fwdTimed(context: Context, pool: Mempool): void {
  const { tx } = context.data;
  using forwarder = new Forwarder(context.data, pool, true);
  const pauses = new Pauses(context.data.pauses);
  const perNs = tscCyclesPerSecond() / 1e9;
  const drainCycles = perNs * 1e3 * DRAIN_US;
  // V8 compiles the loop in its first moments
  const from = tscCycles() + perNs * WARM_UP_NS;
  let drained = 0;
  let last = tscCycles();
  while (!context.stopRequested) {
    const now = tscCycles();
    if (now > from) pauses.add((now - last) / perNs);
    last = now;
    if (now - drained > drainCycles) {
      for (const queue of tx) queue.flush();
      drained = now;
    }
    forwarder.turn();
  }
}

/** `pkt_burst_mac_forward` of testpmd. */
function mac(context: Context, pool: Mempool): void {
  using forwarder = new Forwarder(context.data, pool, false);
  while (!context.stopRequested) {
    for (let turn = 0; turn < ROUND; turn++) forwarder.turn();
  }
}

/** `pkt_burst_io_forward` of testpmd. */
function io(context: Context): void {
  const { rx, tx } = context.data;
  using exchange = new Exchange(rx, { size: BURST, to: tx.map((own, i) => tx[i ^ 1] ?? own) });
  while (!context.stopRequested) {
    for (let turn = 0; turn < ROUND; turn++) exchange.turn();
  }
  exchange.flush();
}

/** Does its work on what comes from each port, and sends it to the other one. */
function withHeaders(context: Context, pool: Mempool, work: (burst: Burst, from: number) => void) {
  const { rx, tx } = context.data;
  const to = tx.map((own, i) => tx[i ^ 1] ?? own);
  using exchange = new Exchange(rx, { size: BURST, pools: [pool], to });
  const { counts, bursts } = exchange;
  while (!context.stopRequested) {
    for (let turn = 0; turn < ROUND; turn++) {
      if (exchange.turn() === 0) continue;
      for (let i = 0; i < to.length; i++) {
        if (counts[i] !== 0) work(bursts[i]!, i);
      }
    }
  }
  exchange.flush();
}

/** Calls `withHeaders` with the work of a mode. */
function headers(context: Context, pool: Mempool): void {
  const { mode, macs } = context.data;
  if (mode === "flows") {
    const flows = new Flows();
    withHeaders(context, pool, (burst) => flows.count(burst));
  } else if (mode === "route") {
    const sources = macs.map((_, i) => macOf(macs[i ^ 1]!));
    withHeaders(context, pool, (burst, from) => route(burst, sources[from]!));
  } else {
    using filter = Filter.compile(EXPRESSION);
    withHeaders(context, pool, (burst) => filter.keep(burst));
  }
}

lcoreMain<ForwardData>((context) => {
  using pool = Mempool.lookup(POOL);
  const { mode, tx } = context.data;
  if (mode === "l2fwd") l2fwd(context, pool);
  else if (mode === "pause") l2fwdTimed(context, pool);
  else if (mode === "mac") mac(context, pool);
  else if (mode === "io") io(context);
  else headers(context, pool);
  for (const queue of tx) queue[Symbol.dispose]();
});
