/**
 * Pieces of capture files on their way from an lcore to what writes them: memory that two threads
 * share.
 *
 * Each piece holds whole records. The lcore fills one after the other, and the writer writes them in
 * the same order and gives them back.
 *
 * @module
 */

/** Bytes of a piece: the longest record fits, and a file is written by large pieces. */
export const PIECE = 1024 * 1024;
/** Words before the pieces, and of each piece. */
const HEAD_WORDS = 16;
const PIECE_WORDS = 16;

/** Places in the head: how many pieces the lcore has filled, and the writer has written. */
const FILLED = 0;
const WRITTEN = 1;

/** Places in the words of a piece. */
const USED = 0;
/** Whether the file ends behind the piece. */
const LAST = 1;
/** By words of 8 bytes: what was counted for the file until then, and its first and last time. */
const COUNTS = 1;

/** What was counted for a file. */
export interface CaptureFileCounts {
  /** Packets in the file. */
  packets: number;
  /** Packets that are missing, since the writer was behind. */
  dropped: number;
  /** Times of the first and last packet, seconds since 1970 and nanoseconds. */
  firstSeconds: number;
  firstNanoseconds: number;
  lastSeconds: number;
  lastNanoseconds: number;
}

/** @internal Names of the counts, in the order of the words. */
const NAMES = [
  "packets",
  "dropped",
  "firstSeconds",
  "firstNanoseconds",
  "lastSeconds",
  "lastNanoseconds",
] as const;

/** @internal Counts of a file without packets. */
export function noCounts(): CaptureFileCounts {
  return {
    packets: 0,
    dropped: 0,
    firstSeconds: 0,
    firstNanoseconds: 0,
    lastSeconds: 0,
    lastNanoseconds: 0,
  };
}

/** @internal The memory for so many pieces. */
export function captureMemory(pieces: number): SharedArrayBuffer {
  return new SharedArrayBuffer((HEAD_WORDS + pieces * PIECE_WORDS) * 4 + pieces * PIECE);
}

/** @internal The two sides of the memory. */
export class CapturePieces {
  readonly #memory: SharedArrayBuffer;
  readonly #head: Int32Array;
  readonly #pieces: number;

  /** @param memory made by {@linkcode captureMemory}. */
  constructor(memory: SharedArrayBuffer) {
    this.#memory = memory;
    this.#head = new Int32Array(memory, 0, HEAD_WORDS);
    this.#pieces = (memory.byteLength - HEAD_WORDS * 4) / (PIECE_WORDS * 4 + PIECE);
  }

  /** How many pieces there are. */
  get count(): number {
    return this.#pieces;
  }

  /** Where piece number `index` of all begins in the memory. */
  placeOf(index: number): number {
    return (HEAD_WORDS + this.#pieces * PIECE_WORDS) * 4 + (index % this.#pieces) * PIECE;
  }

  /** How many pieces were filled until now. */
  get filled(): number {
    return Atomics.load(this.#head, FILLED);
  }

  /** How many pieces were written until now. */
  get written(): number {
    return Atomics.load(this.#head, WRITTEN);
  }

  /** The lcore has filled the next piece. */
  fill(used: number, isLast: boolean, counts: CaptureFileCounts): void {
    const index = this.#head[FILLED]!;
    const words = this.#words(index);
    words[USED] = used;
    words[LAST] = Number(isLast);
    const numbers = this.#counts(index);
    NAMES.forEach((name, i) => numbers[i] = counts[name]);
    Atomics.store(this.#head, FILLED, index + 1);
  }

  /** What the writer has to write next: there must be something. */
  next(): { bytes: Uint8Array; isLast: boolean; counts: CaptureFileCounts } {
    const index = this.#head[WRITTEN]!;
    const words = this.#words(index);
    const numbers = this.#counts(index);
    const counts = noCounts();
    NAMES.forEach((name, i) => counts[name] = numbers[i]!);
    return {
      bytes: new Uint8Array(this.#memory, this.placeOf(index), words[USED]),
      isLast: words[LAST] === 1,
      counts,
    };
  }

  /** The writer has written it. */
  release(): void {
    Atomics.store(this.#head, WRITTEN, this.#head[WRITTEN]! + 1);
  }

  #at(index: number): number {
    return (HEAD_WORDS + (index % this.#pieces) * PIECE_WORDS) * 4;
  }

  #words(index: number): Int32Array {
    return new Int32Array(this.#memory, this.#at(index), PIECE_WORDS);
  }

  #counts(index: number): Float64Array {
    return new Float64Array(this.#memory, this.#at(index) + 8 * COUNTS, NAMES.length);
  }
}
