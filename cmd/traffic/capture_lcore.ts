/**
 * What the lcore of `capture` does.
 *
 * @module
 */

import { Burst, DpdkError, PacketMemory, type Ring, type RxQueue } from "../../mod.ts";
import { delayUsSleep, lcoreMain, measuredCyclesPerSecond, tscCycles } from "../../ffi/eal_api.ts";
import { Filter } from "../../ffi/pcap/pcap.ts";
import { Capture, type CaptureOptions, type CaptureReport } from "../../ffi/traffic/traffic.ts";

/** Turns of the loop between two looks at the clock and the stop flag. */
const ROUND = 8;
/** Packets at once. */
const BURST = 32;
/** How long the end of the file waits for the writer, seconds. */
const END_LIMIT = 60;

/** What is to be captured. */
export interface CaptureWork {
  /** From where: one of the two. */
  rx: RxQueue | undefined;
  ring: Ring | undefined;
  filter: string | undefined;
  seconds: number;
  options: Omit<CaptureOptions, "cyclesPerSecond">;
  /** Where received, captured, dropped packets and the bytes of captured ones are counted. */
  counters: SharedArrayBuffer;
}

/** What was captured. */
export interface Captured extends CaptureReport {
  seconds: number;
  /** Packets that came. */
  received: number;
  /** Packets among them that the filter left out. */
  filtered: number;
}

/** Puts back what is in a ring that holds no packets: it is somebody else's. */
function putBack(ring: Ring, burst: Burst): never {
  while (burst.count > 0) ring.enqueueBurst(burst);
  throw new DpdkError({
    operation: `capture from ring ${ring.name}`,
    reason: "it holds what lies in no pool of packets",
    hint: "a ring of packets is expected, whose pools were there when the capture began",
  });
}

/** Whether all objects are packets, without a look at what they point to. */
function arePackets(burst: Burst): boolean {
  try {
    for (const _ of burst);
    return true;
  } catch (error) {
    if (error instanceof DpdkError) return false;
    throw error;
  }
}

/** Whether all packets lie in a pool that was there at the beginning. */
function areKnown({ offsets, count }: Burst): boolean {
  for (let i = 0; i < count; i++) if (offsets[i] === PacketMemory.OUTSIDE) return false;
  return true;
}

/** Counts for the main thread; makes no object. */
function tell(counts: Float64Array, received: number, capture: Capture): void {
  counts[0] = received;
  counts[1] = capture.captured;
  counts[2] = capture.dropped;
  counts[3] = capture.bytes;
}

lcoreMain<CaptureWork, Captured>((context) => {
  const { rx, ring, filter: expression, seconds, options, counters } = context.data;
  const cyclesPerSecond = measuredCyclesPerSecond();
  const shared = new Float64Array(counters);
  const capture = new Capture({ ...options, cyclesPerSecond });
  using stack = new DisposableStack();
  const filter = expression === undefined ? undefined : stack.use(Filter.compile(expression));
  const burst = stack.use(new Burst(BURST));
  const begin = tscCycles();
  const end = begin + seconds * cyclesPerSecond;
  let [received, filtered] = [0, 0];
  // the first burst of a ring tells what it holds
  let isOfPackets = false;
  while (!context.stopRequested && !capture.isDone && tscCycles() < end) {
    for (let turn = 0; turn < ROUND && !capture.isDone; turn++) {
      const count = rx ? rx.receive(burst) : ring!.dequeueBurst(burst);
      if (count === 0) continue;
      const now = tscCycles();
      if (ring && !(isOfPackets ? areKnown(burst) : arePackets(burst))) putBack(ring, burst);
      isOfPackets = true;
      received += count;
      if (filter) filtered += count - filter.keep(burst);
      const matching = burst.count;
      if (matching > 0) capture.take(burst, now);
      // those behind the last one that is wanted are taken out of the burst
      received -= matching - burst.count;
      burst.clear();
    }
    capture.poll(tscCycles());
    tell(shared, received, capture);
  }
  const took = (tscCycles() - begin) / cyclesPerSecond;
  // the main thread writes meanwhile
  const limit = tscCycles() + END_LIMIT * cyclesPerSecond;
  while (!capture.end() && tscCycles() < limit) delayUsSleep(1000);
  tell(shared, received, capture);
  context.post({ seconds: took, received, filtered, ...capture.report() });
});
