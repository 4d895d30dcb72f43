/**
 * How long packets that a port does not take are offered to it again.
 *
 * @module
 */

/** Seconds without any packet taken after which packets are given up. */
const PATIENCE = 0.1;

/**
 * Tells when a port has taken no packet for 100 ms. From then on packets that it does not take are
 * given up at once, until it takes one.
 */
export class PortPatience {
  /** Since when the port has taken none, 0 for not at all; and how long that may be, cycles. */
  readonly #numbers: Float64Array;

  constructor(cyclesPerSecond: number) {
    this.#numbers = Float64Array.of(0, PATIENCE * cyclesPerSecond);
  }

  /** The port has taken packets. */
  renew(): void {
    this.#numbers[0] = 0;
  }

  /**
   * The port has taken none, and whether that has lasted too long.
   *
   * @param clock the time, in cycles, as its first element: a number above 2^31 in a call is put on
   * the heap.
   */
  isOver(clock: Float64Array): boolean {
    const numbers = this.#numbers;
    if (numbers[0] === 0) numbers[0] = clock[0]!;
    return clock[0]! - numbers[0]! >= numbers[1]!;
  }
}
