/**
 * Judges a stream of numbered packets: what was lost, came twice, came late, and how the delay
 * varied.
 *
 * @module
 */

import { type DensityData, ReorderDensity } from "./density.ts";
import { Histogram, type HistogramData, type LatencySummary } from "./histogram.ts";

/** How far behind packets have a place in the reorder density, where nobody says otherwise. */
const DENSITY_THRESHOLD = 1024;

/** Options of a {@linkcode StreamJudge}. */
export interface StreamJudgeOptions {
  /**
   * How many sequence numbers below the highest are remembered, a power of two up to 2^24; 65536
   * where left out. Each takes 24 bytes.
   */
  window?: number;
  /**
   * From how many numbers behind on a packet has no place in {@linkcode StreamReport.density}: a
   * power of two, no more than the window and than 65536; 1024 where left out, or the window where
   * that is smaller. Each takes 25 bytes.
   */
  densityThreshold?: number;
  /** The sequence number of the first packet of the stream; 0 where left out. */
  first?: number;
  /** An empty histogram for the delays, such as one on another thread's memory. */
  latency?: Histogram;
}

/** How the packets of a stream came, see {@linkcode StreamJudge.report}. */
export interface StreamReport {
  /** How many different packets came. */
  received: number;
  /** How many packets came again: RFC 5560. */
  duplicates: number;
  /** How many packets did not come: RFC 2680. */
  lost: number;
  /**
   * How many packets came so late that their numbers had left the window. Each is counted as lost
   * too, since nobody knows any more whether it came before.
   */
  tooLate: number;
  /** How many packets came behind one that was sent later: RFC 4737, section 3. */
  reordered: number;
  /** Reordered packets of those received, from 0 to 1: RFC 4737, section 4.1. */
  reorderedRatio: number;
  /**
   * How far reordered packets came behind, in packets, and how many of them came that far behind:
   * RFC 4737, section 4.2.
   */
  extent: LatencySummary & Pick<HistogramData, "values" | "counts">;
  /**
   * How many packets came so many places early or late: RFC 5236's reorder density, as counts that
   * are exact. Divide them by their sum to have it.
   */
  density: DensityData;
  /** How long reordered packets came behind, in units: RFC 4737, section 4.3. */
  lateness: LatencySummary;
  /** Delays of the first copies, in units: RFC 7679. */
  latency: LatencySummary;
  /**
   * Packet delay variation, in units: the delay that 99.9 % of the packets do not exceed, less the
   * lowest one. RFC 8219, section 7.3.1.
   */
  pdv: number;
  /**
   * By how much the delays of packets differ that were sent one after the other, whichever is
   * larger, in units: RFC 3393; RFC 8219, section 7.3.2.
   */
  ipdv: LatencySummary;
  /** How many packets came before they were sent: the clocks differ. They have no latency. */
  negative: number;
}

/**
 * What a judge knows as plain data, to be kept, handed to another thread or process, and merged with
 * that of other streams: see {@linkcode StreamJudge.data} and {@linkcode streamReport}.
 */
export interface StreamData
  extends
    Pick<StreamReport, "received" | "duplicates" | "lost" | "tooLate" | "reordered" | "density"> {
  /** Delays of first copies, in the units of the times that the judge was given. */
  latency: HistogramData;
  /** By how much the delays of neighbours differ. */
  ipdv: HistogramData;
  /** How many packets too late reordered packets came. */
  extent: HistogramData;
  /** How long too late reordered packets came. */
  lateness: HistogramData;
}

/** The histograms of a stream, or of several. */
type Histograms = Record<"latency" | "ipdv" | "extent" | "lateness", Histogram>;
/** What of a stream is one number. */
type Counts = Pick<StreamData, "received" | "duplicates" | "lost" | "tooLate" | "reordered">;

/** @internal A report in words of the RFCs. */
export function described(
  { latency, ipdv, extent, lateness }: Histograms,
  counts: Counts,
  density: DensityData,
  unit: number,
): StreamReport {
  const { values, counts: times } = extent.toJSON();
  const { received, duplicates, lost, tooLate, reordered } = counts;
  return {
    received,
    duplicates,
    lost,
    tooLate,
    reordered,
    reorderedRatio: received > 0 ? reordered / received : 0,
    extent: { ...extent.summary(), values, counts: times },
    density,
    lateness: lateness.summary(unit),
    latency: latency.summary(unit),
    pdv: (latency.percentile(99.9) - latency.min) / unit,
    ipdv: ipdv.summary(unit),
    negative: latency.invalid,
  };
}

/** In {@linkcode StreamJudge}'s memory, a number whose packet came. */
const CAME = -1;

/** Places of counts in an array: a number above 2^31 in a field of an object slows the loop down. */
const RECEIVED = 0;
const DUPLICATES = 1;
const TOO_LATE = 2;
const REORDERED = 3;
/** How many numbers there are from the first one to the highest that came. */
const SPAN = 4;
const COUNTS = 5;

/**
 * Judges one stream: packets that their sender numbered one by one and stamped with the time.
 * {@linkcode StreamJudge.observe} takes each packet as it comes, and makes no object.
 *
 * Memory is constant: the judge knows of the last {@linkcode StreamJudge.window} numbers which of
 * them came. Counts are exact for any mix of loss, copies and changed order in which no packet is
 * later than that; those that are later are counted in {@linkcode StreamReport.tooLate}.
 *
 * Sequence numbers are those of the probe, 32 bits, and go on at 0 behind 4294967295. A packet is
 * taken for the nearest one of that number, so up to 2^31 packets may be lost in a row.
 *
 * @example Packet 1 is lost, and packet 2 overtaken by packet 3
 * ```ts
 * import { StreamJudge } from "denodpdk/traffic";
 *
 * const judge = new StreamJudge();
 * for (const sequence of [0, 3, 2, 4]) judge.observe(sequence, 1000 * sequence, 1000 * sequence + 250);
 * const { lost, reordered, extent, latency } = judge.report({ sent: 5 });
 * console.log(lost, reordered, extent.max, latency.p50); // 1 1 1 250
 * ```
 */
export class StreamJudge {
  /** How many sequence numbers below the highest are remembered. */
  readonly window: number;
  /** Delays of first copies, in the units of the times that were given. */
  readonly latency: Histogram;
  /** By how much the delays of neighbours differ. */
  readonly ipdv: Histogram = new Histogram();
  /** How many packets too late reordered packets came. */
  readonly extent: Histogram = new Histogram();
  /** How long too late reordered packets came. */
  readonly lateness: Histogram = new Histogram();
  readonly #density: ReorderDensity;
  readonly #mask: number;
  /**
   * By the low bits of each number of the window: {@linkcode CAME}, or the index among the
   * arrivals of the packet that overtook it.
   */
  readonly #places: Float64Array;
  /** By the low bits of each number that came: its delay. NaN before. */
  readonly #delays: Float64Array;
  /** When the packet came that overtook a number, by the same bits. */
  readonly #overtaken: Float64Array;
  readonly #tally: Float64Array = new Float64Array(COUNTS);
  /** When the packet came that {@linkcode StreamJudge.observe} was given. */
  readonly #receivedAt: Float64Array = new Float64Array(1);
  /** The highest number that came, as a signed integer of 32 bits, which begins again. */
  #highest: number;

  /**
   * A judge that has seen nothing.
   *
   * @throws {RangeError} when the window or the density's threshold is no power of two in range, or
   * the first number none of 32 bits.
   */
  constructor(
    { window = 65_536, first = 0, densityThreshold, latency = new Histogram() }:
      StreamJudgeOptions = {},
  ) {
    if (!(window >= 2 && window <= 2 ** 24 && Number.isInteger(Math.log2(window)))) {
      throw new RangeError(`expected a window of 2, 4, 8 ... 16777216 packets, got ${window}`);
    }
    if (first >>> 0 !== first) throw new RangeError(`expected a number of 32 bits, got ${first}`);
    const threshold = densityThreshold ?? Math.min(window, DENSITY_THRESHOLD);
    if (threshold > window) {
      throw new RangeError(
        `a threshold of ${threshold} packets is larger than the window, ${window}`,
      );
    }
    this.#density = new ReorderDensity(threshold, first);
    this.window = window;
    this.latency = latency;
    this.#mask = window - 1;
    this.#highest = (first - 1) | 0;
    // numbers before the first one are no packets of this stream: as if they had come
    this.#places = new Float64Array(window).fill(CAME);
    this.#delays = new Float64Array(window).fill(NaN);
    this.#overtaken = new Float64Array(window);
  }

  /**
   * Takes the next packet that came.
   *
   * @param sequence the packet's number, 32 bits.
   * @param sentAt when it was sent; cycles, or any other unit.
   * @param receivedAt when it came, of the same clock.
   */
  observe(sequence: number, sentAt: number, receivedAt: number): void {
    this.#receivedAt[0] = receivedAt;
    this.observeDelay(sequence, receivedAt - sentAt, this.#receivedAt);
  }

  /**
   * @internal The same with the delay, and with when it came as an array of one element: in a call, a
   * number above 2^31 is put on the heap, as times are.
   */
  observeDelay(sequence: number, delay: number, receivedAt: Float64Array): void {
    const tally = this.#tally;
    const ahead = (sequence - this.#highest) | 0;
    const place = sequence & this.#mask;
    if (ahead > 0) {
      if (ahead > 1) this.#overtake(sequence | 0, ahead, receivedAt);
      this.#highest = sequence | 0;
      tally[SPAN]! += ahead;
    } else {
      if (ahead <= -this.window || tally[SPAN]! + ahead <= 0) {
        tally[TOO_LATE]!++;
        return;
      }
      const overtaker = this.#places[place]!;
      if (overtaker === CAME) {
        tally[DUPLICATES]!++;
        return;
      }
      tally[REORDERED]!++;
      this.extent.record(tally[RECEIVED]! - overtaker);
      this.lateness.record(receivedAt[0]! - this.#overtaken[place]!);
    }
    this.#places[place] = CAME;
    tally[RECEIVED]!++;
    this.#density.observe(sequence | 0);
    this.#delay(place, delay);
    // the next one came before: it is the other neighbour
    if (ahead < 0) this.#vary(place, (place + 1) & this.#mask);
  }

  /** How many different packets came. */
  get received(): number {
    return this.#tally[RECEIVED]!;
  }

  /** How many numbers below the highest one have not come, so far. */
  get missing(): number {
    return this.#tally[SPAN]! - this.#tally[RECEIVED]!;
  }

  /**
   * What is known so far.
   *
   * @param sent how many packets the sender sent; where left out, losses are those below the highest
   * number that came, and the last packets of the stream may be missing unseen.
   * @param unit how many units of the times that were given are one unit of the report; 1 where
   * left out.
   * @throws {RangeError} when more different packets came than were sent.
   */
  report({ sent, unit = 1 }: { sent?: number; unit?: number } = {}): StreamReport {
    return described(this, this.#counts(sent), this.#density.toJSON(), unit);
  }

  /**
   * What is known so far as plain data, for `JSON.stringify` and for {@linkcode streamReport}.
   *
   * @param sent how many packets the sender sent, as for {@linkcode StreamJudge.report}.
   * @throws {RangeError} when more different packets came than were sent.
   */
  data(sent?: number): StreamData {
    return {
      ...this.#counts(sent),
      density: this.#density.toJSON(),
      latency: this.latency.toJSON(),
      ipdv: this.ipdv.toJSON(),
      extent: this.extent.toJSON(),
      lateness: this.lateness.toJSON(),
    };
  }

  #counts(sent: number | undefined): Counts {
    const { received, missing } = this;
    const expected = sent ?? received + missing;
    if (expected < received) {
      throw new RangeError(`${received} packets of one stream came, ${expected} were sent`);
    }
    return {
      received,
      duplicates: this.#tally[DUPLICATES]!,
      lost: expected - received,
      tooLate: this.#tally[TOO_LATE]!,
      reordered: this.#tally[REORDERED]!,
    };
  }

  /** Notes the numbers that a packet overtook, and forgets those that leave the window. */
  #overtake(number: number, ahead: number, receivedAt: Float64Array): void {
    const received = this.#tally[RECEIVED]!;
    for (let back = Math.min(ahead - 1, this.#mask); back > 0; back--) {
      const place = (number - back) & this.#mask;
      this.#places[place] = received;
      this.#delays[place] = NaN;
      this.#overtaken[place] = receivedAt[0]!;
    }
  }

  /** Notes the delay of a packet that came, and its difference to the one sent before. */
  #delay(place: number, delay: number): void {
    this.latency.record(delay);
    this.#delays[place] = delay;
    this.#vary((place - 1) & this.#mask, place);
  }

  /** Notes by how much two neighbours' delays differ, if both came. */
  #vary(before: number, after: number): void {
    const difference = this.#delays[after]! - this.#delays[before]!;
    if (difference === difference) this.ipdv.record(Math.abs(difference));
  }
}
