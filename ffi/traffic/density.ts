/**
 * How far packets of a stream were displaced: RFC 5236's reorder density.
 *
 * @module
 */

/** How many packets came how far from their place, see {@linkcode ReorderDensity}. */
export interface DensityData {
  /** From how many numbers behind on a packet is taken for lost: RFC 5236's threshold. */
  threshold: number;
  /** The displacements that occurred, ascending: below 0 are packets that came early. */
  displacements: number[];
  /** How many packets came so far from their place, for each of them. */
  counts: number[];
  /** How many packets came further behind than the threshold. They are none of the counts. */
  beyond: number;
}

/**
 * Counts by how many places packets are displaced: RFC 5236, section 4. The packets that came are
 * given the numbers that came in ascending order; a packet's displacement is the number that it is
 * given, less its own. A packet that is lost leaves no gap so, and of two that are swapped one has
 * a displacement of -1 and the other one of 1.
 *
 * Which number is next is known when a number has come, or when it is given up: when one came that is
 * a threshold higher. So memory is constant, and a packet takes constant time but the one that ends
 * the waiting.
 *
 * Numbers are signed integers of 32 bits that begin again behind the highest: those that are larger
 * would be objects, which slow the loop down.
 *
 * @internal
 */
export class ReorderDensity {
  readonly #threshold: number;
  readonly #mask: number;
  /** By the low bits of a number from {@linkcode ReorderDensity.#next} on: whether it came. */
  readonly #came: Uint8Array;
  /** Numbers that came and have not been placed, in the order in which they came. */
  readonly #waiting: Int32Array;
  /** How many were taken out of the waiting ones, and put there; both begin again. */
  #head = 0;
  #tail = 0;
  /** How often each displacement occurred, from -threshold on. */
  readonly #counts: Float64Array;
  #beyond = 0;
  /** The lowest number that is neither placed nor given up. */
  #next: number;
  #highest: number;

  /**
   * A density of which nothing is known.
   *
   * @param threshold a power of two.
   * @param first the lowest number.
   * @throws {RangeError} when the threshold is no power of two up to 65536.
   */
  constructor(threshold: number, first: number) {
    if (!(threshold >= 1 && threshold <= 65_536 && Number.isInteger(Math.log2(threshold)))) {
      throw new RangeError(`expected a threshold of 1, 2, 4 ... 65536 packets, got ${threshold}`);
    }
    this.#threshold = threshold;
    this.#mask = threshold - 1;
    this.#came = new Uint8Array(threshold);
    this.#waiting = new Int32Array(threshold);
    this.#counts = new Float64Array(2 * threshold);
    this.#next = first | 0;
    this.#highest = (first - 1) | 0;
  }

  /** Takes the next packet that came; not one that came before. */
  observe(number: number): void {
    const ahead = (number - this.#highest) | 0;
    if (ahead > 0) {
      // numbers from the next one to the highest, of which some have come
      const open = (this.#highest - this.#next + 1) | 0;
      if (ahead + open > this.#threshold) this.#giveUp(ahead + open - this.#threshold, open);
      this.#highest = number;
    } else if (((number - this.#next) | 0) < 0) {
      this.#beyond++;
      return;
    }
    if (number === this.#next && this.#head === this.#tail) {
      this.#counts[this.#threshold]!++;
      this.#next = (number + 1) | 0;
      return;
    }
    this.#came[number & this.#mask] = 1;
    this.#waiting[this.#tail & this.#mask] = number;
    this.#tail = (this.#tail + 1) | 0;
    while (this.#came[this.#next & this.#mask] === 1) this.#place();
  }

  /** What is known so far: a number that has not come yet is taken for lost. */
  toJSON(): DensityData {
    const all = this.#counts.slice();
    let [head, number] = [this.#head, this.#next];
    for (let open = (this.#highest - number + 1) | 0; open > 0; open--) {
      if (this.#came[number & this.#mask] === 1) {
        all[((number - this.#waiting[head++ & this.#mask]!) | 0) + this.#threshold]!++;
      }
      number = (number + 1) | 0;
    }
    const indexes = [...all.keys()].filter((index) => all[index]! > 0);
    return {
      threshold: this.#threshold,
      displacements: indexes.map((index) => index - this.#threshold),
      counts: indexes.map((index) => all[index]!),
      beyond: this.#beyond,
    };
  }

  /** The next number came: it is the place of the packet that waits longest. */
  #place(): void {
    const number = this.#waiting[this.#head & this.#mask]!;
    this.#head = (this.#head + 1) | 0;
    this.#counts[((this.#next - number) | 0) + this.#threshold]!++;
    this.#came[this.#next & this.#mask] = 0;
    this.#next = (this.#next + 1) | 0;
  }

  /**
   * Takes the next `count` numbers for lost that have not come.
   *
   * @param open how many of them are not above the highest; none above it has come.
   */
  #giveUp(count: number, open: number): void {
    for (let i = Math.min(count, open); i > 0; i--) {
      if (this.#came[this.#next & this.#mask] === 1) this.#place();
      else this.#next = (this.#next + 1) | 0;
    }
    if (count > open) this.#next = (this.#next + (count - open)) | 0;
  }
}

/** @internal What several densities are together: of streams that differ. */
export function addedDensities(parts: readonly DensityData[]): DensityData {
  const all = new Map<number, number>();
  for (const { displacements, counts } of parts) {
    for (const [i, displacement] of displacements.entries()) {
      all.set(displacement, (all.get(displacement) ?? 0) + counts[i]!);
    }
  }
  const sorted = [...all].sort(([a], [b]) => a - b);
  return {
    threshold: Math.max(0, ...parts.map(({ threshold }) => threshold)),
    displacements: sorted.map(([displacement]) => displacement),
    counts: sorted.map(([, count]) => count),
    beyond: parts.reduce((sum, { beyond }) => sum + beyond, 0),
  };
}
