/**
 * Random numbers that a seed repeats.
 *
 * @module
 */

/** The 32 bits that a state of the sequence stands for. */
function mixed(state: number): number {
  let t = Math.imul(state ^ (state >>> 15), state | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return (t ^ (t >>> 14)) >>> 0;
}

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
    return mixed(this.#state) / 0x1_0000_0000 * limit;
  }

  /** Fills an array with numbers from 0 on that are exponentially distributed, 1 on average. */
  exponential(numbers: Float64Array): void {
    let state = this.#state;
    for (let i = 0; i < numbers.length; i++) {
      state = (state + 0x6d2b79f5) >>> 0;
      numbers[i] = -Math.log(1 - mixed(state) / 0x1_0000_0000);
    }
    this.#state = state;
  }

  /** One of these, of which there is one at least. */
  pick<T>(choices: readonly T[]): T {
    const choice = choices[Math.floor(this.below(choices.length))];
    if (choice === undefined) throw new RangeError("nothing to choose from");
    return choice;
  }
}
