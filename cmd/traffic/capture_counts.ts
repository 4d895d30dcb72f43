/**
 * What the lcore of `capture` and the main thread tell each other while packets flow, in memory that
 * both have.
 *
 * @module
 */

import type { Capture } from "../../ffi/traffic/traffic.ts";

/** Places in the numbers. */
const RECEIVED = 0;
const CAPTURED = 1;
const DROPPED = 2;
const BYTES = 3;
const NUMBERS = 4;

/** The order of the main thread that lies behind the numbers. */
const ORDER_BYTES = Int32Array.BYTES_PER_ELEMENT;

/** Counts of the lcore, and one order of the main thread. */
export class CaptureCounts {
  /** The memory; made anew where none is given. */
  readonly memory: SharedArrayBuffer;
  readonly #numbers: Float64Array;
  readonly #order: Int32Array;

  /** @param memory {@linkcode CaptureCounts.memory} of the other thread. */
  constructor(
    memory = new SharedArrayBuffer(NUMBERS * Float64Array.BYTES_PER_ELEMENT + ORDER_BYTES),
  ) {
    this.memory = memory;
    this.#numbers = new Float64Array(memory, 0, NUMBERS);
    this.#order = new Int32Array(memory, this.#numbers.byteLength, 1);
  }

  /** The lcore tells how far it is; this makes no object. */
  tell(received: number, capture: Capture): void {
    const numbers = this.#numbers;
    numbers[RECEIVED] = received;
    numbers[CAPTURED] = capture.captured;
    numbers[DROPPED] = capture.dropped;
    numbers[BYTES] = capture.bytes;
  }

  /** Packets that became records. */
  get captured(): number {
    return this.#numbers[CAPTURED]!;
  }

  /** Packets that were lost because the files were written too slowly. */
  get dropped(): number {
    return this.#numbers[DROPPED]!;
  }

  /** Bytes of the captured packets. */
  get bytes(): number {
    return this.#numbers[BYTES]!;
  }

  /** The main thread asks for what has already come, so many packets at most, and then for the end. */
  askForRest(most: number): void {
    Atomics.store(this.#order, 0, most + 1);
  }

  /** How many packets are still wanted at most; undefined as long as the capture goes on. */
  get rest(): number | undefined {
    const order = Atomics.load(this.#order, 0);
    return order === 0 ? undefined : order - 1;
  }
}
