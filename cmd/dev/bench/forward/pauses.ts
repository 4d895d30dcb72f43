/**
 * How long the turns of a polling loop take: a histogram that costs one addition a turn.
 *
 * @module
 */

/** Buckets of each of the two scales. */
const BUCKETS = 1000;
/** Nanoseconds of a bucket: turns up to 100 us, then up to 1 s; longer ones are in the last. */
const FINE = 100;
const COARSE = 1_000_000;

/** What a histogram says. */
export interface PauseReport {
  /** Turns counted. */
  turns: number;
  /** Nanoseconds that half of all turns stayed below, and so on. */
  p50: number;
  /** 99 in 100. */
  p99: number;
  /** 9,999 in 10,000. */
  p9999: number;
  /** The longest turn, nanoseconds. */
  longest: number;
}

/** Turns by their length, written by one thread and read by another. */
export class Pauses {
  readonly #fine: Float64Array;
  readonly #coarse: Float64Array;
  readonly #longest: Float64Array;
  /** What a Worker needs to be given. */
  readonly memory: SharedArrayBuffer;

  /** An empty histogram, or the one in `memory`. */
  constructor(memory?: SharedArrayBuffer) {
    const size = Float64Array.BYTES_PER_ELEMENT;
    this.memory = memory ?? new SharedArrayBuffer((2 * BUCKETS + 1) * size);
    this.#fine = new Float64Array(this.memory, 0, BUCKETS);
    this.#coarse = new Float64Array(this.memory, BUCKETS * size, BUCKETS);
    this.#longest = new Float64Array(this.memory, 2 * BUCKETS * size, 1);
  }

  /** Counts a turn. */
  add(ns: number): void {
    const fine = this.#fine;
    const bucket = (ns / FINE) | 0;
    if (bucket < BUCKETS && bucket >= 0) fine[bucket] = (fine[bucket] ?? 0) + 1;
    else this.#addLong(ns);
  }

  #addLong(ns: number): void {
    const bucket = Math.min(Math.floor(ns / COARSE), BUCKETS - 1);
    this.#coarse[bucket] = (this.#coarse[bucket] ?? 0) + 1;
    this.#longest[0] = Math.max(this.#longest[0] ?? 0, ns);
  }

  /** What was counted. Figures are the upper ends of buckets. */
  report(): PauseReport {
    const buckets = [
      ...Array.from(this.#fine, (count, i) => ({ count, to: (i + 1) * FINE })),
      ...Array.from(this.#coarse, (count, i) => ({ count, to: (i + 1) * COARSE })),
    ];
    const turns = buckets.reduce((sum, { count }) => sum + count, 0);
    const below = (part: number): number => {
      let left = turns * part;
      return buckets.find(({ count }) => (left -= count) <= 0)?.to ?? 0;
    };
    const longest = this.#longest[0] || below(1);
    return { turns, p50: below(0.5), p99: below(0.99), p9999: below(0.9999), longest };
  }
}
