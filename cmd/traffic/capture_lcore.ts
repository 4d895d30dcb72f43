/**
 * What the lcore of `capture` does.
 *
 * @module
 */

import { Burst, DpdkError, Objects, PacketMemory, type Ring, type RxQueue } from "../../mod.ts";
import { delayUsSleep, lcoreMain, measuredCyclesPerSecond, tscCycles } from "../../ffi/eal_api.ts";
import { Filter } from "../../ffi/pcap/pcap.ts";
import { Capture, type CaptureOptions, type CaptureReport } from "../../ffi/traffic/traffic.ts";
import { CaptureCounts } from "./capture_counts.ts";

/** Turns of the loop between two looks at the clock and the stop flag. */
const ROUND = 8;
/** Packets at once. */
const BURST = 32;
/** How long the end of the file waits for the writer, seconds. */
const END_LIMIT = 60;

/** What is to be captured. */
export interface CaptureWork {
  /** From where: queues by turns, or a ring. */
  queues: readonly RxQueue[];
  ring: Ring | undefined;
  filter: string | undefined;
  seconds: number;
  options: Omit<CaptureOptions, "cyclesPerSecond">;
  /** {@linkcode CaptureCounts.memory}. */
  counts: SharedArrayBuffer;
}

/** What was captured. */
export interface Captured extends CaptureReport {
  seconds: number;
  /** Packets that came. */
  received: number;
  /** Packets among them that the filter left out. */
  filtered: number;
  /** Whether it ended since the ring held something else than packets, which is there again. */
  isForeign: boolean;
}

/** Whether all objects are packets: looks anew which pools there are, where one is of none that is known. */
function areOfPools(burst: Burst): boolean {
  const { offsets, count } = burst;
  for (let i = 0; i < count; i++) if (offsets[i] === PacketMemory.OUTSIDE) return hasPackets(burst);
  return true;
}

/** Whether all objects are packets, without a look at what they point to. */
function hasPackets(burst: Burst): boolean {
  try {
    for (const _ of burst);
    return true;
  } catch (error) {
    if (error instanceof DpdkError) return false;
    throw error;
  }
}

/** Puts back what is no packet: it is somebody else's. */
function putBack(ring: Ring, burst: Burst): void {
  while (burst.count > 0) ring.enqueueBurst(burst);
}

lcoreMain<CaptureWork, Captured>((context) => {
  const { queues, ring, filter: expression, seconds, options } = context.data;
  const cyclesPerSecond = measuredCyclesPerSecond();
  const counts = new CaptureCounts(context.data.counts);
  const capture = new Capture({ ...options, cyclesPerSecond });
  using stack = new DisposableStack();
  const filter = expression === undefined ? undefined : stack.use(Filter.compile(expression));
  const burst = stack.use(new Burst(BURST));
  const first = new Objects(BURST);
  const turns = Math.max(ROUND, queues.length);
  const begin = tscCycles();
  const end = begin + seconds * cyclesPerSecond;
  let [received, filtered, queue, left] = [0, 0, 0, Infinity];
  let [isKnown, isForeign] = [ring === undefined, false];
  while (!context.stopRequested && !capture.isDone && !isForeign && tscCycles() < end) {
    if (left === Infinity) left = counts.rest ?? Infinity;
    let came = 0;
    for (let turn = 0; turn < turns && !capture.isDone; turn++) {
      if (ring && !isKnown) {
        // what is no packet is not even taken out: the ring may have one producer alone
        const there = ring.peek(first);
        if (there === 0) continue;
        isKnown = Burst.arePackets(first, there);
        if (!isKnown) {
          isForeign = true;
          break;
        }
      }
      const count = ring ? ring.dequeueBurst(burst) : queues[queue]!.receive(burst);
      queue = queue + 1 < queues.length ? queue + 1 : 0;
      if (count === 0) continue;
      const now = tscCycles();
      if (ring && !areOfPools(burst)) {
        putBack(ring, burst);
        isForeign = true;
        break;
      }
      came += count;
      received += count;
      if (filter) filtered += count - filter.keep(burst);
      const matching = burst.count;
      if (matching > 0) capture.take(burst, now);
      // those behind the last one that is wanted are taken out of the burst
      received -= matching - burst.count;
      burst.clear();
    }
    capture.poll(tscCycles());
    counts.tell(received, capture);
    if (left < Infinity) {
      left -= came;
      if (came === 0 || left <= 0) break;
    }
  }
  const took = (tscCycles() - begin) / cyclesPerSecond;
  // the main thread writes meanwhile
  const limit = tscCycles() + END_LIMIT * cyclesPerSecond;
  while (!capture.end() && tscCycles() < limit) delayUsSleep(1000);
  counts.tell(received, capture);
  context.post({ seconds: took, received, filtered, isForeign, ...capture.report() });
});
