/**
 * When a trial is over: nothing has come for so long that nothing comes any more.
 *
 * @module
 */

/** Follows a loop that looks for packets, and tells when nothing has come for long enough. */
export class Silence {
  readonly #limit: number;
  #received = -1;
  #since = 0;

  /** @param limit how long nothing must come, in cycles. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * Whether nothing has come for longer than the limit. It must be a look that *began* so late: a loop
   * that lost its CPU between a look and the clock has not looked meanwhile, and packets may be there.
   *
   * @param began when the last look began, in cycles.
   * @param ended when it ended.
   * @param received how many packets had come by then.
   */
  isLong(began: number, ended: number, received: number): boolean {
    if (received === this.#received) return began - this.#since > this.#limit;
    this.#received = received;
    this.#since = ended;
    return false;
  }
}
