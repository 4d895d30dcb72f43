/**
 * What a replay has sent, in memory that the main thread looks at.
 *
 * @module
 */

/** What came of one file of a replay. */
export interface ReplayLaneReport {
  /** Packets whose time came. */
  asked: number;
  /** Packets that the port took. */
  sent: number;
  /** Bytes of the packets whose time came, without check sequences. */
  bytes: number;
  /** Packets that were more than 10 us late. */
  late: number;
  /** The longest that one came after its time, seconds. */
  maxLate: number;
  /** Packets that the port did not take, or for which there were no mbufs, for 100 ms. */
  refused: number;
}

/** What was asked for and what came of it. */
export interface ReplayReport extends ReplayLaneReport {
  /** Seconds from the start to the last packet. */
  seconds: number;
  /** Packets a second that were sent, on average. */
  achievedRate: number;
  /** The same of each file; all above are their sums. */
  lanes: ReplayLaneReport[];
}

/** @internal Places in the counts of a lane. */
export const LANE = { asked: 0, sent: 1, bytes: 2, late: 3, maxLate: 4, refused: 5 } as const;
const LANE_PLACES = 8;

/** Places before those of the lanes. */
const BEGIN = 0;
const LAST = 1;
const PLACES = 8;

/**
 * The counts of a {@linkcode Replayer}, in memory that can be given to a Worker: the main thread makes
 * them, and looks at them while the lcore counts.
 *
 * @example What the main thread shows
 * ```ts
 * import { measuredCyclesPerSecond } from "denodpdk/eal";
 * import { ReplayCounts } from "denodpdk/traffic";
 *
 * const cyclesPerSecond = measuredCyclesPerSecond();
 * const counts = new ReplayCounts({ lanes: 1, cyclesPerSecond });
 * // give counts.buffer to the lcore, and now and then
 * console.log(counts.report().sent);
 * ```
 */
export class ReplayCounts {
  /** The memory; `new ReplayCounts(options, buffer)` sees the same. */
  readonly buffer: SharedArrayBuffer;
  readonly #all: Float64Array;
  readonly #lanes: readonly Float64Array[];
  readonly #cyclesPerSecond: number;

  /** Counts of so many files, all 0, or those in the buffer. */
  constructor(
    { lanes, cyclesPerSecond }: { lanes: number; cyclesPerSecond: number },
    buffer?: SharedArrayBuffer,
  ) {
    const bytes = Float64Array.BYTES_PER_ELEMENT;
    this.buffer = buffer ?? new SharedArrayBuffer((PLACES + lanes * LANE_PLACES) * bytes);
    this.#all = new Float64Array(this.buffer, 0, PLACES);
    this.#lanes = Array.from(
      { length: lanes },
      (_, i) => new Float64Array(this.buffer, (PLACES + i * LANE_PLACES) * bytes, LANE_PLACES),
    );
    this.#cyclesPerSecond = cyclesPerSecond;
  }

  /** @internal The counts of a lane. */
  lane(index: number): Float64Array {
    return this.#lanes[index]!;
  }

  /** @internal Begins, with all counts at 0. */
  start(now: number): void {
    for (const lane of this.#lanes) lane.fill(0);
    this.#all[BEGIN] = this.#all[LAST] = now;
  }

  /** @internal Packets were sent. */
  touch(now: number): void {
    this.#all[LAST] = now;
  }

  /**
   * What was asked for and what came of it.
   *
   * @param now the clock, in cycles; the time of the last packets where left out.
   */
  report(now: number = this.#all[LAST]!): ReplayReport {
    const hz = this.#cyclesPerSecond;
    const seconds = (now - this.#all[BEGIN]!) / hz;
    const lanes = this.#lanes.map((lane) => ({
      asked: lane[LANE.asked]!,
      sent: lane[LANE.sent]!,
      bytes: lane[LANE.bytes]!,
      late: lane[LANE.late]!,
      maxLate: lane[LANE.maxLate]! / hz,
      refused: lane[LANE.refused]!,
    }));
    const sum = (of: (lane: ReplayLaneReport) => number) =>
      lanes.reduce((all, lane) => all + of(lane), 0);
    const sent = sum(({ sent }) => sent);
    return {
      seconds,
      asked: sum(({ asked }) => asked),
      sent,
      bytes: sum(({ bytes }) => bytes),
      late: sum(({ late }) => late),
      maxLate: Math.max(0, ...lanes.map(({ maxLate }) => maxLate)),
      refused: sum(({ refused }) => refused),
      achievedRate: seconds > 0 ? sent / seconds : 0,
      lanes,
    };
  }
}
