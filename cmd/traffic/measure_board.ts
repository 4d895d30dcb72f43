/**
 * What the lcores that measure report of a trial, and of the floor. It is memory, no message: the
 * first message that a Worker posts makes its loop slower from then on.
 *
 * @module
 */

import { Histogram, type HistogramData, type PaceReport } from "../../ffi/traffic/traffic.ts";
import { SharedNumbers } from "../lib/shared_numbers.ts";

/** How many packets came in one direction. */
export interface CameCounts {
  /** Different packets of the trial. */
  received: number;
  duplicates: number;
  reordered: number;
  /** Packets of earlier trials, or far too late. */
  tooLate: number;
  /** Packets that are none of ours. */
  foreign: number;
}

/** What came in one direction. */
export interface CameReport extends CameCounts {
  /** Delays, in cycles. */
  latency: HistogramData;
}

/** What lcores say of a trial. */
export interface TrialNews {
  /** Of each direction that they send. */
  sent: PaceReport[];
  /** Of each direction that they receive. */
  came: CameReport[];
}

/** A direction of which nothing is known. */
const NONE_SENT: PaceReport = {
  seconds: 0,
  asked: 0,
  sent: 0,
  late: 0,
  maxLate: 0,
  refused: 0,
  skipped: 0,
  askedRate: 0,
  achievedRate: 0,
};
const NONE_CAME: CameCounts = {
  received: 0,
  duplicates: 0,
  reordered: 0,
  tooLate: 0,
  foreign: 0,
};

/** The memory of a board, for a Worker: by direction. */
export interface MeasureMemory {
  floor: SharedArrayBuffer;
  sent: readonly SharedArrayBuffer[];
  came: readonly SharedArrayBuffer[];
  latencies: readonly SharedArrayBuffer[];
}

/** A board for so many directions. */
function memoryFor(directions: number): MeasureMemory {
  const each = (memory: () => SharedArrayBuffer) => Array.from({ length: directions }, memory);
  return {
    floor: new Histogram().buffer,
    sent: each(() => new SharedNumbers(NONE_SENT).memory),
    came: each(() => new SharedNumbers(NONE_CAME).memory),
    latencies: each(() => new Histogram().buffer),
  };
}

/** The floor, and what was sent and came in each direction in the last trial. */
export class MeasureBoard {
  /** The memory. */
  readonly memory: MeasureMemory;
  /** The floor, in cycles; empty before an lcore has measured it. */
  readonly floor: Histogram;
  readonly #sent: readonly SharedNumbers<keyof PaceReport>[];
  readonly #came: readonly SharedNumbers<keyof CameCounts>[];
  readonly #latencies: readonly Histogram[];

  /** @param of how many directions there are, or {@linkcode MeasureBoard.memory} of another thread. */
  constructor(of: number | MeasureMemory) {
    this.memory = typeof of === "number" ? memoryFor(of) : of;
    const { floor, sent, came, latencies } = this.memory;
    this.floor = new Histogram(floor);
    this.#sent = sent.map((memory) => new SharedNumbers(NONE_SENT, memory));
    this.#came = came.map((memory) => new SharedNumbers(NONE_CAME, memory));
    this.#latencies = latencies.map((memory) => new Histogram(memory));
  }

  /** The lcore tells what it sent in a direction. */
  tellSent(direction: number, report: PaceReport): void {
    this.#sent[direction]!.write(report);
  }

  /** The lcore tells what came in a direction; the delays are copied. */
  tellCame(direction: number, counts: CameCounts, delays: Histogram): void {
    this.#came[direction]!.write(counts);
    const latency = this.#latencies[direction]!;
    latency.clear();
    latency.add(delays);
  }

  /** What was told of all directions; once all lcores have told it. */
  read(): TrialNews {
    return {
      sent: this.#sent.map((numbers) => numbers.read()),
      came: this.#came.map((numbers, direction) => ({
        ...numbers.read(),
        latency: this.#latencies[direction]!.toJSON(),
      })),
    };
  }
}
