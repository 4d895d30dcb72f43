/**
 * Histograms of latencies: how often each value came, for percentiles.
 *
 * @module
 */

import { hgrmText } from "./hgrm.ts";

/** Values share a counter with those that have the same first 11 bits. */
const BITS = 11;
/** Counters of each power of two: half of 2^11, since the first bit is always set. */
const HALF = 1 << (BITS - 1);
/** The first value that is too large for a counter. */
const LIMIT = 2 ** 52;
/** Number of counters: values below 2^11 have one each. */
const COUNTERS = (52 - BITS + 2) * HALF;
/** Numbers before the counters: their places below. */
const HEAD = 8;
const COUNT = 0;
const SUM = 1;
const MIN = 2;
const MAX = 3;
const INVALID = 4;

/** Bytes of a histogram's memory. */
const BYTES = (HEAD + COUNTERS) * Float64Array.BYTES_PER_ELEMENT;

/** The counter of a value from 0 to below {@linkcode LIMIT}. */
function indexOf(value: number): number {
  if (value < 2 ** 31) {
    const shift = 32 - BITS - Math.clz32(value);
    return shift <= 0 ? value | 0 : (shift << (BITS - 1)) + (value >>> shift);
  }
  // the upper 32 of 52 bits: 11 of them are significant
  const upper = (value / 2 ** 20) >>> 0;
  const shift = 32 - BITS - Math.clz32(upper);
  return ((shift + 20) << (BITS - 1)) + (upper >>> shift);
}

/** The lowest value of a counter. */
function lowestOf(index: number): number {
  const shift = Math.max(0, (index >>> (BITS - 1)) - 1);
  return (index - (shift << (BITS - 1))) * 2 ** shift;
}

/** The highest value of a counter. */
function highestOf(index: number): number {
  return lowestOf(index + 1) - 1;
}

/** The middle of the values of a counter. */
function middleOf(index: number): number {
  return (lowestOf(index) + highestOf(index)) / 2;
}

/** What is told of a histogram in a few numbers, see {@linkcode Histogram.summary}. */
export interface LatencySummary {
  /** How many values were recorded. */
  count: number;
  /** The lowest value, exact. */
  min: number;
  /** The mean, exact. */
  mean: number;
  /** The standard deviation. */
  deviation: number;
  /** The median: half of the values are not above it. */
  p50: number;
  /** 90 % of the values are not above this one. */
  p90: number;
  /** 99 % of the values are not above this one. */
  p99: number;
  /** 99.9 % of the values are not above this one. */
  p999: number;
  /** 99.99 % of the values are not above this one. */
  p9999: number;
  /** The highest value, exact. */
  max: number;
}

/** A histogram as plain data, see {@linkcode Histogram.toJSON}. */
export interface HistogramData {
  /** How many values were recorded. */
  count: number;
  /** The sum of all values. */
  sum: number;
  /** The lowest value; 0 where there is none. */
  min: number;
  /** The highest value; 0 where there is none. */
  max: number;
  /** How many values were refused. */
  invalid: number;
  /** The lowest value of each counter that is not 0, ascending. */
  values: number[];
  /** How many values each of these counters has. */
  counts: number[];
}

/**
 * How often each value came: a counter for each value up to 2047, and 1024 counters for each power
 * of two above, so that a percentile is less than 0.1 % too high. Counts, lowest and highest value
 * are exact. It has the counters of HdrHistogram with three significant digits.
 *
 * Values are integers from 0 to 2^52 - 1 of any unit, such as the cycles of `tscCycles` in a loop on
 * an lcore. The methods that show values divide them by `unit`: of cycles, `tscCyclesPerSecond() /
 * 1e6` makes microseconds. Both functions are in `denodpdk/eal`.
 *
 * Recording allocates nothing and takes some nanoseconds. One thread at a time records; others may
 * read meanwhile what lies in {@linkcode Histogram.buffer}, and see some values a moment later.
 *
 * @example Latencies of two lcores, in microseconds
 * ```ts
 * import { Histogram } from "denodpdk/traffic";
 *
 * const [a, b] = [new Histogram(), new Histogram()];
 * a.record(4_200);
 * b.record(6_300);
 * a.add(b);
 * console.log(a.summary(2_100)); // of a TSC of 2.1 GHz: { count: 2, min: 2, mean: 2.5, ... }
 * Deno.writeTextFileSync("/tmp/latency.hgrm", a.hgrm(2_100));
 * ```
 */
export class Histogram {
  /** Bytes of a histogram's memory, for one that a thread makes for another. */
  static readonly BYTES: number = BYTES;

  /**
   * The memory with all counters. Another thread that has it sees the same histogram, as
   * `new Histogram(buffer)`.
   */
  readonly buffer: SharedArrayBuffer;
  readonly #head: Float64Array;
  readonly #counts: Float64Array;

  /**
   * An empty histogram, or that of another thread.
   *
   * @param buffer the memory of another thread's histogram, or memory for one, which
   * {@linkcode Histogram.clear} makes an empty histogram; memory of its own where left out.
   * @throws {RangeError} when the memory is not that of a histogram.
   */
  constructor(buffer?: SharedArrayBuffer) {
    if (buffer && buffer.byteLength !== BYTES) {
      throw new RangeError(`expected a histogram's ${BYTES} bytes, got ${buffer.byteLength}`);
    }
    this.buffer = buffer ?? new SharedArrayBuffer(BYTES);
    this.#head = new Float64Array(this.buffer, 0, HEAD);
    this.#counts = new Float64Array(this.buffer, HEAD * Float64Array.BYTES_PER_ELEMENT);
    if (!buffer) this.clear();
  }

  /**
   * The histogram that {@linkcode Histogram.toJSON} described.
   *
   * @throws {RangeError} when the counts are not those of a histogram.
   */
  static from(data: HistogramData): Histogram {
    const histogram = new Histogram();
    let count = 0;
    for (const [i, value] of data.values.entries()) {
      const times = data.counts[i] ?? 0;
      if (!(value >= 0 && value < LIMIT && times > 0)) {
        throw new RangeError(`expected a value and how often it came, got ${value}, ${times}`);
      }
      histogram.#counts[indexOf(value)]! += times;
      count += times;
    }
    if (count !== data.count) {
      throw new RangeError(`expected counts that are ${data.count} together, got ${count}`);
    }
    histogram.#addHead([data.count, data.sum, data.min, data.max, data.invalid]);
    return histogram;
  }

  /**
   * Records a value; an integer from 0 to 2^52 - 1. Others are refused and counted in
   * {@linkcode Histogram.invalid}, such as the time between two clocks that differ.
   */
  record(value: number): void {
    const head = this.#head;
    if (!(value >= 0 && value < LIMIT)) {
      head[INVALID]!++;
      return;
    }
    this.#counts[indexOf(value)]!++;
    head[COUNT]!++;
    head[SUM]! += value;
    if (value < head[MIN]!) head[MIN] = value;
    if (value > head[MAX]!) head[MAX] = value;
  }

  /** How many values were recorded, exact to 2^53. */
  get count(): number {
    return this.#head[COUNT]!;
  }

  /** How many values were refused, since they are negative, too large or no number. */
  get invalid(): number {
    return this.#head[INVALID]!;
  }

  /** The lowest value, exact; 0 where there is none. */
  get min(): number {
    return this.count > 0 ? this.#head[MIN]! : 0;
  }

  /** The highest value, exact; 0 where there is none. */
  get max(): number {
    return this.#head[MAX]!;
  }

  /** The mean of all values, exact while their sum is below 2^53; 0 where there is none. */
  get mean(): number {
    return this.count > 0 ? this.#head[SUM]! / this.count : 0;
  }

  /** The standard deviation of all values, each taken as the middle of its counter. */
  get deviation(): number {
    const { count } = this;
    if (count === 0) return 0;
    let sum = 0;
    this.#each((index, times) => sum += times * middleOf(index));
    let squares = 0;
    this.#each((index, times) => squares += times * (middleOf(index) - sum / count) ** 2);
    return Math.sqrt(squares / count);
  }

  /**
   * The lowest value that `percent` of all values are not above (nearest rank), less than 0.1 % too
   * high and never above {@linkcode Histogram.max}; 0 where there is no value.
   *
   * @param percent from 0 to 100, such as 99.9.
   * @throws {RangeError} when the percentage is out of range.
   */
  percentile(percent: number): number {
    if (!(percent >= 0 && percent <= 100)) {
      throw new RangeError(`expected a percentage from 0 to 100, got ${percent}`);
    }
    // a rank that rounding puts just above an integer is that integer
    const rank = Math.max(1, Math.ceil(percent * this.count / 100 * (1 - 2 ** -50)));
    let seen = 0;
    for (let index = 0; index < COUNTERS; index++) {
      seen += this.#counts[index]!;
      if (seen >= rank) return Math.min(highestOf(index), this.max);
    }
    return this.max;
  }

  /**
   * The numbers that tests of devices tell.
   *
   * @param unit how many of the recorded values are one unit of the result; 1 where left out.
   */
  summary(unit = 1): LatencySummary {
    const at = (percent: number) => this.percentile(percent) / unit;
    return {
      count: this.count,
      min: this.min / unit,
      mean: this.mean / unit,
      deviation: this.deviation / unit,
      p50: at(50),
      p90: at(90),
      p99: at(99),
      p999: at(99.9),
      p9999: at(99.99),
      max: this.max / unit,
    };
  }

  /** Adds the counts of another histogram: of another lcore, process or minute. */
  add(other: Histogram): void {
    for (let index = 0; index < COUNTERS; index++) this.#counts[index]! += other.#counts[index]!;
    this.#addHead(other.#head);
  }

  /**
   * The values that were recorded since the last call with the same `seen`, which is brought up to
   * date: what another thread records is looked at second by second. The lowest and the highest of
   * them, and their sum, are those of their counters: as near as a percentile is.
   *
   * @param seen what was there at the last call; empty at first.
   * @param recent where they are added; an empty histogram where left out.
   * @returns `recent`.
   *
   * @example The 99th percentile of each second, of what another thread records
   * ```ts
   * import { Histogram } from "denodpdk/traffic";
   *
   * function watch(buffer: SharedArrayBuffer) {
   *   const [latency, seen] = [new Histogram(buffer), new Histogram()];
   *   setInterval(() => console.log(latency.since(seen).percentile(99)), 1000);
   * }
   * ```
   */
  since(seen: Histogram, recent: Histogram = new Histogram()): Histogram {
    let [count, sum, min, max] = [0, 0, Infinity, 0];
    this.#each((index, times) => {
      const more = times - seen.#counts[index]!;
      if (more <= 0) return;
      seen.#counts[index] = times;
      recent.#counts[index]! += more;
      count += more;
      sum += more * middleOf(index);
      min = Math.min(min, lowestOf(index));
      max = Math.min(highestOf(index), this.max);
    });
    const head = [count, sum, min, max, this.invalid - seen.invalid];
    seen.#addHead(head);
    recent.#addHead(head);
    return recent;
  }

  /** Forgets all values. */
  clear(): void {
    this.#counts.fill(0);
    this.#head.fill(0);
    this.#head[MIN] = Infinity;
  }

  /**
   * The distribution as text, in the format of HdrHistogram's percentile files, `.hgrm`, which its
   * plotters read.
   *
   * @param unit how many of the recorded values are one unit of what is written; 1 where left out.
   */
  hgrm(unit = 1): string {
    const steps: [value: number, times: number][] = [];
    this.#each((index, times) => steps.push([Math.min(highestOf(index), this.max), times]));
    return hgrmText({ ...this.summary(unit), steps, unit, buckets: 52 - BITS + 1, half: HALF });
  }

  /** For `JSON.stringify`, and to hand the counts to another thread or process. */
  toJSON(): HistogramData {
    const [values, counts]: [number[], number[]] = [[], []];
    this.#each((index, times) => {
      values.push(lowestOf(index));
      counts.push(times);
    });
    const { count, min, max, invalid } = this;
    return { count, sum: this.#head[SUM]!, min, max, invalid, values, counts };
  }

  /** Calls `see` for each counter that is not 0, ascending. */
  #each(see: (index: number, times: number) => void): void {
    for (let index = 0; index < COUNTERS; index++) {
      const times = this.#counts[index]!;
      if (times > 0) see(index, times);
    }
  }

  #addHead([count = 0, sum = 0, min = 0, max = 0, invalid = 0]: Iterable<number>): void {
    const head = this.#head;
    head[COUNT]! += count;
    head[SUM]! += sum;
    head[INVALID]! += invalid;
    if (count === 0) return;
    head[MIN] = Math.min(head[MIN]!, min);
    head[MAX] = Math.max(head[MAX]!, max);
  }
}
