/**
 * What an lcore shows other threads in numbers. It is memory, no message: the first message that a
 * Worker posts makes its loop slower from then on.
 *
 * @module
 */

/**
 * Numbers by name, in memory that threads share. Each number is written and read by itself: who
 * needs all of one time tells by other means that they are written.
 *
 * @example
 * ```ts
 * import { SharedNumbers } from "./shared_numbers.ts";
 *
 * const NONE = { sent: 0, lost: 0 };
 * const board = new SharedNumbers(NONE);
 * new SharedNumbers(NONE, board.memory).write({ sent: 5, lost: 1 }); // on the lcore
 * console.log(board.read()); // { sent: 5, lost: 1 }
 * ```
 */
export class SharedNumbers<Name extends string> {
  /** The memory, for the other thread. */
  readonly memory: SharedArrayBuffer;
  readonly #none: Readonly<Record<Name, number>>;
  readonly #names: readonly Name[];
  readonly #numbers: Float64Array;

  /**
   * @param none the names, each with what it is before it is written.
   * @param memory {@linkcode SharedNumbers.memory} of the other thread, which has the same names.
   */
  constructor(none: Readonly<Record<Name, number>>, memory?: SharedArrayBuffer) {
    this.#none = none;
    this.#names = Object.keys(none) as Name[];
    const bytes = this.#names.length * Float64Array.BYTES_PER_ELEMENT;
    this.memory = memory ?? new SharedArrayBuffer(bytes);
    this.#numbers = new Float64Array(this.memory);
    if (!memory) this.write(none);
  }

  /** Writes all numbers. */
  write(numbers: Readonly<Record<Name, number>>): void {
    for (const [i, name] of this.#names.entries()) this.#numbers[i] = numbers[name];
  }

  /** Reads all numbers. */
  read(): Record<Name, number> {
    const read: Record<Name, number> = { ...this.#none };
    for (const [i, name] of this.#names.entries()) read[name] = this.#numbers[i]!;
    return read;
  }
}
