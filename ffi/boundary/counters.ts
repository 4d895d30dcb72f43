/**
 * 64-bit counters in memory that is shared with C, without a BigInt.
 *
 * @module
 */

import { checkInteger } from "./native.ts";

const HALF = 0x1_0000_0000;

/**
 * Counters in shared memory, each a `uint64_t`, that one thread counts up and others read. A
 * counter is written as two 32-bit halves. A reader that comes between the two writes, possible
 * once in 2^32 counts, sees a number that is off by 2^32.
 *
 * @example
 * ```ts
 * import { Memzone } from "denodpdk";
 * import { Counters } from "denodpdk/eal";
 *
 * using zone = Memzone.lookup("COUNTERS");
 * const packets = new Counters(zone.buffer, 0, 2);
 * packets.add(1, 32);
 * ```
 */
export class Counters {
  readonly #words: Uint32Array<ArrayBufferLike>;
  /** How many counters. */
  readonly length: number;

  /**
   * Counters in this memory, which other threads and processes may share.
   *
   * @param byteOffset where the first one lies, a multiple of 8.
   * @param length how many; as many as there is room for where left out.
   * @throws {RangeError} when they do not lie in the memory.
   */
  constructor(memory: ArrayBufferLike, byteOffset = 0, length?: number) {
    checkInteger("Counters byteOffset", byteOffset, 0, memory.byteLength);
    if (byteOffset % 8 !== 0) throw new RangeError("Counters byteOffset must be a multiple of 8");
    const room = Math.floor((memory.byteLength - byteOffset) / 8);
    this.length = checkInteger("Counters length", length ?? room, 0, room);
    this.#words = new Uint32Array(memory, byteOffset, 2 * this.length);
  }

  /** Adds `n`, 0 to 2^32 - 1, to counter `index`. An `index` without a counter is ignored. */
  add(index: number, n: number): void {
    const words = this.#words;
    const sum = (words[2 * index] ?? 0) + n;
    words[2 * index] = sum;
    if (sum >= HALF) words[2 * index + 1] = (words[2 * index + 1] ?? 0) + 1;
  }

  /** The value of counter `index`, exact to 2^53; 0 where there is no such counter. */
  get(index: number): number {
    return (this.#words[2 * index + 1] ?? 0) * HALF + (this.#words[2 * index] ?? 0);
  }
}
