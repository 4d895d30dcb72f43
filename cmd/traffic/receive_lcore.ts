/**
 * What an lcore of `receive` does.
 *
 * @module
 */

import { Burst, type Mempool, type RxQueue, type TxQueue } from "../../mod.ts";
import { lcoreMain, measuredCyclesPerSecond, tscCycles } from "../../ffi/eal_api.ts";
import { AddressRange } from "../../ffi/net/net.ts";
import { measureFloor, Receiver, Responder, type StreamJudge } from "../../ffi/traffic/traffic.ts";
import type { QueueResult } from "./receive_queues.ts";
import type { Note } from "./session.ts";

/** Turns of the loop between two looks at the clock and the stop flag. */
const ROUND = 8;
/** Seconds between two looks at what is lost, and at streams that are new. */
const LOOK = 0.1;
/** How many streams' latencies the main thread is shown, second by second. */
const WATCHED = 64;
/** Packets at once. */
const BURST = 32;

/** What is to be received, of one queue. */
export interface ReceiveWork {
  rx: RxQueue;
  /**
   * Where the probes come from that show what of a latency is the tool's own; undefined where
   * another lcore does that.
   */
  floor: Mempool | undefined;
  seconds: number;
  /** For whom ARP, neighbour solicitations and pings are answered. */
  answer: { tx: TxQueue; mac: string; addresses: readonly string[] } | undefined;
  /**
   * Where packets, bytes, probes and lost ones are counted for the main thread, and 1 says that the loop
   * runs.
   */
  counters: SharedArrayBuffer;
}

/** A stream that is new on a queue. */
export interface NewStream {
  stream: number;
  /** Its latencies, where they are shown: the memory of a histogram that goes on being recorded. */
  latency: SharedArrayBuffer | undefined;
}

lcoreMain<ReceiveWork, QueueResult | Note<NewStream>>((context) => {
  const { rx, seconds, answer, counters } = context.data;
  const cyclesPerSecond = measuredCyclesPerSecond();
  const shared = new Float64Array(counters);
  using pool = context.data.floor;
  const floor = pool && measureFloor({ pool });
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
    for (const [stream, judge] of receiver.streams) {
      lost += judge.missing;
      if (told.has(judge)) continue;
      const latency = told.size < WATCHED ? judge.latency.buffer : undefined;
      told.add(judge);
      context.post({ noted: { stream, latency } });
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
    ...receiver.data(),
    ...responder ? { answered: responder.answered } : {},
    cyclesPerMicrosecond: cyclesPerSecond / 1e6,
    ...floor ? { floor: floor.toJSON() } : {},
  });
});
