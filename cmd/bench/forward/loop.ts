/**
 * The forwarding lcore: TypeScript decides where each burst goes, and writes each header.
 *
 * @module
 */

import {
  EthDev,
  type LcoreContext,
  lcoreMain,
  Mempool,
  ObjTable,
  PacketBurst,
  PacketMemory,
  pktmbufFreeBulk,
  tscCycles,
  tscCyclesPerSecond,
  TxBuffer,
} from "../../../mod.ts";
import { Header } from "./header.ts";
import { Pauses } from "./pauses.ts";
import { BURST, type ForwardData, otherPort, POOL } from "./ports.ts";

type Context = LcoreContext<ForwardData, never>;

/** How often what waits in transmit buffers is sent, in microseconds: `BURST_TX_DRAIN_US`. */
const DRAIN_US = 100;

/** How long a loop runs before its turns are counted, in nanoseconds. */
const WARM_UP_NS = 2e9;

/** One direction: from a port to its neighbour. */
interface Way {
  from: EthDev;
  to: EthDev;
  buffer: TxBuffer;
  header: Header;
}

function waysOf(ports: readonly number[]): Way[] {
  return ports.map((port, index) => {
    const to = EthDev.of(otherPort(ports, index));
    return {
      from: EthDev.of(port),
      to,
      buffer: new TxBuffer(to, 0, BURST),
      header: new Header(to.port, to.macBytes),
    };
  });
}

/** `l2fwd_main_loop`. */
function l2fwd(context: Context, memory: PacketMemory): void {
  const ways = waysOf(context.data.ports);
  const burst = new PacketBurst(memory, BURST);
  const drainCycles = (tscCyclesPerSecond() / 1_000_000) * DRAIN_US;
  let drained = 0;
  while (!context.stopRequested) {
    const now = tscCycles();
    if (now - drained > drainCycles) {
      for (const way of ways) way.buffer.flush();
      drained = now;
    }
    for (const way of ways) {
      const count = way.from.rxPackets(0, burst, BURST);
      if (count === 0) continue;
      way.header.writeTo(memory, burst, count);
      way.buffer.add(burst.objs, count);
    }
  }
  for (const way of ways) way.buffer.flush();
}

/** The same, with the time of every turn. */
function l2fwdTimed(context: Context, memory: PacketMemory): void {
  const ways = waysOf(context.data.ports);
  const burst = new PacketBurst(memory, BURST);
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
      for (const way of ways) way.buffer.flush();
      drained = now;
    }
    for (const way of ways) {
      const count = way.from.rxPackets(0, burst, BURST);
      if (count === 0) continue;
      way.header.writeTo(memory, burst, count);
      way.buffer.add(burst.objs, count);
    }
  }
  for (const way of ways) way.buffer.flush();
}

/** `pkt_burst_mac_forward` of testpmd. */
function mac(context: Context, memory: PacketMemory): void {
  const ways = waysOf(context.data.ports);
  const burst = new PacketBurst(memory, BURST);
  while (!context.stopRequested) {
    for (const { from, to, header } of ways) {
      const count = from.rxPackets(0, burst, BURST);
      if (count === 0) continue;
      header.writeTo(memory, burst, count);
      const sent = to.txBurst(0, burst.objs, count);
      if (sent < count) pktmbufFreeBulk(burst.objs, count - sent, sent);
    }
  }
}

/** `pkt_burst_io_forward` of testpmd. */
function io(context: Context): void {
  const ways = waysOf(context.data.ports);
  const objs = new ObjTable(BURST);
  while (!context.stopRequested) {
    for (const { from, to } of ways) {
      const count = from.rxBurst(0, objs, BURST);
      if (count === 0) continue;
      const sent = to.txBurst(0, objs, count);
      if (sent < count) pktmbufFreeBulk(objs, count - sent, sent);
    }
  }
}

lcoreMain<ForwardData>((context) => {
  using pool = Mempool.lookup(POOL);
  using memory = PacketMemory.of(pool);
  if (context.data.mode === "l2fwd") l2fwd(context, memory);
  else if (context.data.mode === "pause") l2fwdTimed(context, memory);
  else if (context.data.mode === "mac") mac(context, memory);
  else io(context);
});
