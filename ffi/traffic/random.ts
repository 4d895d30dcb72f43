/**
 * Random numbers that a seed repeats.
 *
 * @module
 */

/** A sequence of random numbers: mulberry32. */
export class Random {
  #state: number;

  /** @param seed An unsigned 32-bit integer. */
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 to just below `limit`. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000 * limit;
  }

  /** One of these, of which there is one at least. */
  pick<T>(choices: readonly T[]): T {
    const choice = choices[Math.floor(this.below(choices.length))];
    if (choice === undefined) throw new RangeError("nothing to choose from");
    return choice;
  }
}
