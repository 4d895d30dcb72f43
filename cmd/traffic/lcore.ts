/**
 * What the lcore does: it sends, or it receives and judges.
 *
 * @module
 */

import { Burst, type Mempool, type RxQueue, type TxQueue } from "../../mod.ts";
import {
  type LcoreContext,
  lcoreMain,
  measuredCyclesPerSecond,
  tscCycles,
} from "../../ffi/eal_api.ts";
import {
  Histogram,
  type HistogramData,
  Pacer,
  type PaceReport,
  Receiver,
  Sender,
  type Spacing,
  type StreamReport,
} from "../../ffi/traffic/traffic.ts";
import { flowOf, type SendFlow } from "./flow.ts";

/** Turns of a loop between two looks at the clock and the stop flag. */
const ROUND = 8;
/** Packets at once. */
const BURST = 32;

/** What is to be sent. */
export interface SendWork {
  command: "send";
  tx: TxQueue;
  pool: Mempool;
  flow: SendFlow;
  spacing: Spacing;
  seconds: number;
  /** The memory of the pacer, with the rate in it. */
  pacer: SharedArrayBuffer;
}

/** What is to be received. */
export interface ReceiveWork {
  command: "receive";
  rx: RxQueue;
  seconds: number;
  sent: number | undefined;
  /** Where packets, bytes and probes are counted for the main thread. */
  counters: SharedArrayBuffer;
}

/** What the lcore is given. */
export type Work = SendWork | ReceiveWork;

/** What it says in the end. Times of streams are in microseconds. */
export type Result =
  | { command: "send"; report: PaceReport }
  | {
    command: "receive";
    seconds: number;
    packets: number;
    bytes: number;
    probes: number;
    streams: Record<number, StreamReport>;
    /** The latencies of all streams, in cycles, and how many of those are a microsecond. */
    latency: HistogramData;
    cyclesPerMicrosecond: number;
  };

type Context = LcoreContext<Work, Result>;

function send(context: Context, work: SendWork): void {
  const cyclesPerSecond = measuredCyclesPerSecond();
  const { tx, pool, spacing, pacer: buffer } = work;
  const pacer = new Pacer({ cyclesPerSecond, spacing, buffer });
  using sender = new Sender({ tx, pool, pacer, flows: [flowOf(work.flow)] });
  const begin = tscCycles();
  const end = begin + work.seconds * cyclesPerSecond;
  pacer.start(begin);
  while (!context.stopRequested && tscCycles() < end) {
    for (let turn = 0; turn < ROUND; turn++) sender.turn(tscCycles());
  }
  context.post({ command: "send", report: pacer.report(tscCycles()) });
  tx[Symbol.dispose]();
}

function receive(context: Context, { rx, seconds, sent, counters }: ReceiveWork): void {
  const cyclesPerSecond = measuredCyclesPerSecond();
  const shared = new Float64Array(counters);
  const receiver = new Receiver();
  using burst = new Burst(BURST);
  const begin = tscCycles();
  const end = begin + seconds * cyclesPerSecond;
  while (!context.stopRequested && tscCycles() < end) {
    for (let turn = 0; turn < ROUND; turn++) {
      if (rx.receive(burst) === 0) continue;
      receiver.observe(burst, tscCycles());
      burst.clear();
    }
    shared[0] = receiver.packets;
    shared[1] = receiver.bytes;
    shared[2] = receiver.probes;
  }
  const { packets, bytes, probes } = receiver;
  const unit = cyclesPerSecond / 1e6;
  const options = { unit, ...sent === undefined ? {} : { sent } };
  const streams = Object.fromEntries(
    [...receiver.streams].map(([stream, judge]) => [stream, judge.report(options)]),
  );
  const latency = new Histogram();
  for (const judge of receiver.streams.values()) latency.add(judge.latency);
  const took = (tscCycles() - begin) / cyclesPerSecond;
  context.post({
    command: "receive",
    seconds: took,
    packets,
    bytes,
    probes,
    streams,
    latency: latency.toJSON(),
    cyclesPerMicrosecond: unit,
  });
}

lcoreMain<Work, Result>((context) => {
  const { data } = context;
  if (data.command === "send") send(context, data);
  else receive(context, data);
});
