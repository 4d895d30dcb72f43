/**
 * What an lcore of `receive` does.
 *
 * @module
 */

import { Burst, type Mempool, type RxQueue, type TxQueue } from "../../mod.ts";
import { lcoreMain, measuredCyclesPerSecond, tscCycles } from "../../ffi/eal_api.ts";
import { AddressRange } from "../../ffi/net/net.ts";
import { measureFloor, Receiver, Responder, type StreamJudge } from "../../ffi/traffic/traffic.ts";
import type { ReceiveResult } from "./document.ts";
import type { Note } from "./session.ts";

/** Turns of the loop between two looks at the clock and the stop flag. */
const ROUND = 8;
/** Seconds between two looks at what is lost, and at streams that are new. */
const LOOK = 0.1;
/** How many streams' latencies the main thread is shown, second by second. */
const WATCHED = 64;
/** Packets at once. */
const BURST = 32;

/** What is to be received. */
export interface ReceiveWork {
  rx: RxQueue;
  /** Where the probes come from that show what of a latency is the tool's own. */
  floor: Mempool;
  seconds: number;
  /** How many packets of each stream were sent, where that is known. */
  sent: number | undefined;
  /** For whom ARP, neighbour solicitations and pings are answered. */
  answer: { tx: TxQueue; mac: string; addresses: readonly string[] } | undefined;
  /**
   * Where packets, bytes, probes and lost ones are counted for the main thread, and 1 says that the loop
   * runs.
   */
  counters: SharedArrayBuffer;
}

/** The latencies of a stream that is new: the memory of a histogram that goes on being recorded. */
export type NewStream = SharedArrayBuffer;

lcoreMain<ReceiveWork, ReceiveResult | Note<NewStream>>((context) => {
  const { rx, seconds, sent, answer, counters } = context.data;
  const cyclesPerSecond = measuredCyclesPerSecond();
  const shared = new Float64Array(counters);
  using pool = context.data.floor;
  const floor = measureFloor({ pool });
  const receiver = new Receiver();
  using tx = answer?.tx;
  using responder = answer && tx && new Responder({
    tx,
    mac: answer.mac,
    addresses: answer.addresses.map((text) => AddressRange.parse(text)),
  });
  using burst = new Burst(BURST);
  const told = new Set<StreamJudge>();
  const look = () => {
    let lost = 0;
    for (const judge of receiver.streams.values()) {
      lost += judge.missing;
      if (told.has(judge) || told.size === WATCHED) continue;
      told.add(judge);
      context.post({ noted: judge.latency.buffer });
    }
    shared[3] = lost;
  };
  const begin = tscCycles();
  const end = begin + seconds * cyclesPerSecond;
  let next = begin;
  shared[4] = 1;
  while (!context.stopRequested && tscCycles() < end) {
    for (let turn = 0; turn < ROUND; turn++) {
      if (rx.receive(burst) === 0) continue;
      receiver.observe(burst, tscCycles());
      responder?.answer(burst);
      burst.clear();
    }
    shared[0] = receiver.packets;
    shared[1] = receiver.bytes;
    shared[2] = receiver.probes;
    if (tscCycles() < next) continue;
    look();
    next = tscCycles() + LOOK * cyclesPerSecond;
  }
  context.post({
    seconds: (tscCycles() - begin) / cyclesPerSecond,
    // a number that is too low is told of, and loses nothing that was measured
    ...receiver.data((stream) => {
      const { received } = receiver.streams.get(stream)!;
      return sent !== undefined && sent >= received ? sent : undefined;
    }),
    ...responder ? { answered: responder.answered } : {},
    cyclesPerMicrosecond: cyclesPerSecond / 1e6,
    floor: floor.toJSON(),
  });
});
