/**
 * What an lcore of `receive` does.
 *
 * @module
 */

import { Burst, type RxQueue } from "../../mod.ts";
import { lcoreMain, measuredCyclesPerSecond, tscCycles } from "../../ffi/eal_api.ts";
import {
  Histogram,
  type HistogramData,
  Receiver,
  type StreamReport,
} from "../../ffi/traffic/traffic.ts";

/** Turns of the loop between two looks at the clock and the stop flag. */
const ROUND = 8;
/** Packets at once. */
const BURST = 32;

/** What is to be received. */
export interface ReceiveWork {
  rx: RxQueue;
  seconds: number;
  /** How many packets of each stream were sent, where that is known. */
  sent: number | undefined;
  /** Where packets, bytes and probes are counted for the main thread. */
  counters: SharedArrayBuffer;
}

/** What was received. Times of streams are in microseconds. */
export interface Received {
  seconds: number;
  packets: number;
  /** Without frame check sequences. */
  bytes: number;
  probes: number;
  streams: Record<number, StreamReport>;
  /** The latencies of all streams, in cycles, and how many of those are a microsecond. */
  latency: HistogramData;
  cyclesPerMicrosecond: number;
}

lcoreMain<ReceiveWork, Received>((context) => {
  const { rx, seconds, sent, counters } = context.data;
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
    seconds: took,
    packets,
    bytes,
    probes,
    streams,
    latency: latency.toJSON(),
    cyclesPerMicrosecond: unit,
  });
});
