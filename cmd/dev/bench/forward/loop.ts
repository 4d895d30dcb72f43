/**
 * The forwarding lcore: TypeScript decides where each burst goes, and writes each header.
 *
 * @module
 */

import {
  BurstExchange,
  EthDev,
  type LcoreContext,
  lcoreMain,
  Mempool,
  Objects,
  OldPacketMemory,
  PacketBurst,
  tscCycles,
  tscCyclesPerSecond,
  TxBuffer,
} from "../../../../mod.ts";
import { Header } from "../../../l2fwd_fork/header.ts";
import { Pauses } from "./pauses.ts";
import { BURST, type ForwardData, otherPort, POOL } from "./ports.ts";

type Context = LcoreContext<ForwardData, never>;

/** How often what waits in transmit buffers is sent, in microseconds: `BURST_TX_DRAIN_US`. */
const DRAIN_US = 100;

/** Turns of a loop between two looks at the clock and at the stop flag. */
const ROUND = 8;

/** How long a loop runs before its turns are counted, in nanoseconds. */
const WARM_UP_NS = 2e9;

/** One direction: from a port to its neighbour, whose index among the ways is `to`. */
interface Way {
  burst: PacketBurst;
  to: number;
  header: Header;
}

/** All ports, as both ends of an exchange. */
function endsOf(ports: readonly number[]): { dev: EthDev; queue: number }[] {
  return ports.map((port) => ({ dev: EthDev.of(port), queue: 0 }));
}

function waysOf(ports: readonly number[], memory: OldPacketMemory): Way[] {
  return ports.map((_, index) => {
    const { port, macBytes } = EthDev.of(otherPort(ports, index));
    const burst = new PacketBurst(memory, BURST, { offsetsOnly: true });
    return { burst, to: index ^ 1, header: new Header(port, macBytes) };
  });
}

/** Writes each header of what came, and decides where it goes. */
function rewrite(exchange: BurstExchange, memory: OldPacketMemory, ways: readonly Way[]): void {
  const { counts, to } = exchange;
  for (let i = 0; i < ways.length; i++) {
    const count = counts[i] ?? 0;
    const way = ways[i];
    if (count === 0 || !way) continue;
    way.header.writeTo(memory, way.burst, count);
    to[i] = way.to;
  }
}

/** `l2fwd_main_loop`. */
function l2fwd(context: Context, memory: OldPacketMemory): void {
  const ends = endsOf(context.data.ports);
  const ways = waysOf(context.data.ports, memory);
  const buffers = ends.map(({ dev, queue }) => new TxBuffer(dev, queue, BURST));
  const exchange = new BurstExchange(ends.map((end, i) => ({ ...end, ...ways[i]! })), buffers);
  const drainCycles = (tscCyclesPerSecond() / 1_000_000) * DRAIN_US;
  let drained = 0;
  while (!context.stopRequested) {
    const now = tscCycles();
    if (now - drained > drainCycles) {
      for (const buffer of buffers) buffer.flush();
      drained = now;
    }
    for (let turn = 0; turn < ROUND; turn++) {
      if (exchange.turn() > 0) rewrite(exchange, memory, ways);
    }
  }
  exchange.send();
  for (const buffer of buffers) buffer.flush();
}

/** The same, with the time of every turn. */
function l2fwdTimed(context: Context, memory: OldPacketMemory): void {
  const ends = endsOf(context.data.ports);
  const ways = waysOf(context.data.ports, memory);
  const buffers = ends.map(({ dev, queue }) => new TxBuffer(dev, queue, BURST));
  const exchange = new BurstExchange(ends.map((end, i) => ({ ...end, ...ways[i]! })), buffers);
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
      for (const buffer of buffers) buffer.flush();
      drained = now;
    }
    if (exchange.turn() > 0) rewrite(exchange, memory, ways);
  }
  exchange.send();
  for (const buffer of buffers) buffer.flush();
}

/** `pkt_burst_mac_forward` of testpmd. */
function mac(context: Context, memory: OldPacketMemory): void {
  const ends = endsOf(context.data.ports);
  const ways = waysOf(context.data.ports, memory);
  const exchange = new BurstExchange(ends.map((end, i) => ({ ...end, ...ways[i]! })), ends);
  while (!context.stopRequested) {
    for (let turn = 0; turn < ROUND; turn++) {
      if (exchange.turn() > 0) rewrite(exchange, memory, ways);
    }
  }
  exchange.send();
}

/** `pkt_burst_io_forward` of testpmd. */
function io(context: Context): void {
  const ends = endsOf(context.data.ports);
  const bursts = ends.map((end) => ({ ...end, burst: new Objects(BURST) }));
  const exchange = new BurstExchange(bursts, ends);
  const { counts, to } = exchange;
  while (!context.stopRequested) {
    for (let turn = 0; turn < ROUND; turn++) {
      if (exchange.turn() === 0) continue;
      for (let i = 0; i < ends.length; i++) if (counts[i] !== 0) to[i] = i ^ 1;
    }
  }
  exchange.send();
}

lcoreMain<ForwardData>((context) => {
  using pool = Mempool.lookup(POOL);
  using memory = OldPacketMemory.of(pool);
  if (context.data.mode === "l2fwd") l2fwd(context, memory);
  else if (context.data.mode === "pause") l2fwdTimed(context, memory);
  else if (context.data.mode === "mac") mac(context, memory);
  else io(context);
});
