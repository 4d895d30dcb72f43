/**
 * What the receiver that stamps packets makes of each turn of its loop. A turn leaves nothing on the
 * heap: what it does must not become slower while packets come.
 *
 * @module
 */

import { Histogram } from "../../../../ffi/traffic/traffic.ts";
import { PARTS, type StampData, type Stamps, TURN } from "./stamps.ts";

/** Places in the numbers, all in cycles: a number above 2^31 in a field or a call is put on the heap. */
const BEFORE = 0;
const FIRST = 1;
const LAST = 2;
const STEP = 3;
const NUMBERS = 4;

/** Stamps packets as they come. */
export class Stamper {
  readonly #data: Pick<StampData, "rate" | "seconds" | "keep">;
  readonly #cyclesPerSecond: () => number;
  readonly #longTurn: number;
  readonly #gaps = new Histogram();
  readonly #kept: Float64Array;
  readonly #late = new Float64Array(PARTS).fill(Infinity);
  readonly #numbers = new Float64Array(NUMBERS);
  #packets = 0;
  #delayed = 0;

  /** @param cyclesPerSecond says how fast the clock counts, better the later it is asked. */
  constructor(
    data: Pick<StampData, "rate" | "seconds" | "keep">,
    cyclesPerSecond: () => number,
  ) {
    this.#data = data;
    this.#cyclesPerSecond = cyclesPerSecond;
    this.#longTurn = TURN * cyclesPerSecond();
    this.#kept = new Float64Array(data.keep);
    this.#numbers[BEFORE] = Infinity;
  }

  /**
   * A turn of the loop.
   *
   * @param now the clock, in cycles.
   * @param count how many packets came in this turn.
   */
  turn(now: number, count: number): void {
    const numbers = this.#numbers;
    if (count > 0) {
      if (now - numbers[BEFORE]! > this.#longTurn) this.#delayed += count;
      if (this.#packets === 0) {
        // the schedule begins with the first packet
        numbers[FIRST] = now;
        numbers[STEP] = this.#cyclesPerSecond() / this.#data.rate;
      } else {
        this.#count(now - numbers[LAST]!, 1);
      }
      this.#count(0, count - 1);
      this.#packets += count;
      numbers[LAST] = now;
      this.#noteLateness();
    }
    numbers[BEFORE] = now;
  }

  /** What is known in the end. */
  report(): Stamps {
    const [first, last] = [this.#numbers[FIRST]!, this.#numbers[LAST]!];
    return {
      packets: this.#packets,
      took: last - first,
      cyclesPerSecond: this.#cyclesPerSecond(),
      gaps: this.#gaps.toJSON(),
      kept: [...this.#kept.subarray(0, Math.max(0, this.#packets - 1))],
      delayed: this.#delayed,
      late: [...this.#late].filter(Number.isFinite),
    };
  }

  /** Counts a gap, so many times. */
  #count(gap: number, times: number): void {
    const { keep } = this.#data;
    for (let i = 0; i < times; i++) {
      const { count } = this.#gaps;
      if (count < keep) this.#kept[count] = gap;
      this.#gaps.record(gap);
    }
  }

  /** How late the last packet is; of those that come at once it is the least late. */
  #noteLateness(): void {
    const { rate, seconds } = this.#data;
    const [numbers, late, index] = [this.#numbers, this.#late, this.#packets - 1];
    const part = Math.min(PARTS - 1, Math.floor(index * PARTS / (rate * seconds)));
    const lateness = numbers[LAST]! - numbers[FIRST]! - index * numbers[STEP]!;
    if (lateness < late[part]!) late[part] = lateness;
  }
}
