/**
 * What an lcore of `receive` shows the main thread while packets come. It is memory, no message: the
 * first message that a Worker posts makes its loop slower from then on.
 *
 * @module
 */

import { Histogram, type Receiver } from "../../ffi/traffic/traffic.ts";

/** How many streams' latencies are shown, second by second. */
const WATCHED = 64;
/** Bytes of a bit for each number of a stream. */
const STREAM_BYTES = 0x1_0000 / 8;

/** Places in the numbers. */
const PACKETS = 0;
const BYTES = 1;
const PROBES = 2;
const LOST = 3;
const RUNNING = 4;
/** How many streams have come. */
const STREAMS = 5;
const NUMBERS = 6;

/** The memory of a board, for a Worker. */
export interface BoardMemory {
  numbers: SharedArrayBuffer;
  streams: SharedArrayBuffer;
  latencies: readonly SharedArrayBuffer[];
}

/** Counts, streams and latencies of an lcore. */
export class ReceiveBoard {
  /** The memory; made anew where none is given. */
  readonly memory: BoardMemory;
  /** The latencies of the first streams, in the order in which these came. */
  readonly latencies: readonly Histogram[];
  readonly #numbers: Float64Array;
  readonly #streams: Uint8Array;

  /** @param memory {@linkcode ReceiveBoard.memory} of the other thread. */
  constructor(
    memory: BoardMemory = {
      numbers: new SharedArrayBuffer(NUMBERS * Float64Array.BYTES_PER_ELEMENT),
      streams: new SharedArrayBuffer(STREAM_BYTES),
      latencies: Array.from({ length: WATCHED }, () => new SharedArrayBuffer(Histogram.BYTES)),
    },
  ) {
    this.memory = memory;
    this.latencies = memory.latencies.map((buffer) => new Histogram(buffer));
    this.#numbers = new Float64Array(memory.numbers);
    this.#streams = new Uint8Array(memory.streams);
  }

  /** The lcore tells that its loop runs. */
  begin(): void {
    this.#numbers[RUNNING] = 1;
  }

  /** The lcore tells what has come; this makes no object. */
  tell(receiver: Receiver): void {
    const numbers = this.#numbers;
    numbers[PACKETS] = receiver.packets;
    numbers[BYTES] = receiver.bytes;
    numbers[PROBES] = receiver.probes;
  }

  /** The lcore tells what is missing, and which streams there are. */
  look({ streams }: Receiver): void {
    let lost = 0;
    for (const [stream, judge] of streams) {
      lost += judge.missing;
      this.#streams[stream >> 3]! |= 1 << (stream & 7);
    }
    this.#numbers[LOST] = lost;
    this.#numbers[STREAMS] = streams.size;
  }

  /** Whether the loop runs. */
  get isRunning(): boolean {
    return this.#numbers[RUNNING] === 1;
  }

  /** Packets that came. */
  get packets(): number {
    return this.#numbers[PACKETS]!;
  }

  /** Bytes that these had. */
  get bytes(): number {
    return this.#numbers[BYTES]!;
  }

  /** Packets below the highest number of their streams that have not come. */
  get lost(): number {
    return this.#numbers[LOST]!;
  }

  /** The latencies of streams that have come. */
  get shown(): readonly Histogram[] {
    return this.latencies.slice(0, this.#numbers[STREAMS]);
  }

  /** Whether a stream came to this lcore and to another one. */
  shares({ streams }: BoardMemory): boolean {
    const others = new Uint8Array(streams);
    return this.#streams.some((bits, i) => (bits & others[i]!) !== 0);
  }
}
