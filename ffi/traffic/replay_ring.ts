/**
 * Packets on their way from a file to an lcore: a ring of records in memory that two threads share,
 * one of which writes and the other reads.
 *
 * A record is its size, how many bytes its packet has, and when it is due, and then the packet. A
 * packet lies in one piece, so a record that does not fit before the end of the ring begins at its
 * start.
 *
 * @module
 */

/** Bytes of a record before its packet. */
const HEADER = 16;
/** Bytes before the first record. */
const CONTROL = 64;
/** Records that are written before the other thread is told, so that it is not told of each. */
const TOLD_AFTER = 16_384;

/** Where in the control words the two threads tell how far they are. */
const HEAD = 0;
const TAIL = 1;
/** Whether the ring holds the whole file, so that the reader can go round by itself. */
const RESIDENT = 2;
/** How many rounds there are then; 0 without an end. */
const ROUNDS = 3;

/** Instead of a length: the packets begin again here, after a time; or no more come. */
const AGAIN = -1;
const END = -2;

/** Memory for a ring with room for so many bytes of records. */
export function replayMemory(bytes: number): SharedArrayBuffer {
  return new SharedArrayBuffer(CONTROL + bytes);
}

const aligned = (bytes: number): number => (bytes + 7) & ~7;

/** The memory in the forms that both sides use. */
class Views {
  readonly control: Int32Array;
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
  readonly times: Float64Array;

  constructor(memory: SharedArrayBuffer) {
    this.control = new Int32Array(memory, 0, CONTROL / 4);
    this.bytes = new Uint8Array(memory, CONTROL);
    this.words = new Int32Array(memory, CONTROL);
    this.times = new Float64Array(memory, CONTROL);
  }
}

/** @internal The side that writes. */
export class ReplayRingWriter {
  /** Room for a packet of the length that was reserved, from {@linkcode at} on. */
  readonly bytes: Uint8Array;
  readonly view: DataView;
  at = 0;
  readonly #views: Views;
  #head = 0;
  #tail = 0;
  #told = 0;
  /** Whether a record was ever put before others. */
  #wrapped = false;

  constructor(memory: SharedArrayBuffer) {
    this.#views = new Views(memory);
    this.bytes = this.#views.bytes;
    this.view = new DataView(memory, CONTROL);
  }

  /** Makes room for a packet of at most so many bytes; false where there is none now. */
  reserve(most: number): boolean {
    const need = HEADER + aligned(most);
    if (!this.#fits(need)) {
      this.tell();
      this.#tail = Atomics.load(this.#views.control, TAIL);
      if (!this.#fits(need)) return false;
    }
    const { words, bytes } = this.#views;
    if (this.#head + need > bytes.length) {
      // a size of 0: the next record is at the start
      if (this.#head < bytes.length) words[this.#head >>> 2] = 0;
      this.#head = 0;
      this.#wrapped = true;
    }
    this.at = this.#head + HEADER;
    return true;
  }

  /** Adds the packet for which room was made. */
  commit(length: number, time: number): void {
    this.#put(length, time, HEADER + aligned(length));
    const ahead = this.#head - this.#told;
    if (ahead > TOLD_AFTER || ahead < 0) this.tell();
  }

  /**
   * Adds that the packets begin again.
   *
   * @param time from the first packet to the first packet of the next round.
   * @param rounds how many there are of all; 0 without an end.
   * @returns false where there is no room now, and "resident" where all records are there, so that
   * the reader goes round by itself.
   */
  again(time: number, rounds: number): "resident" | boolean {
    if (!this.reserve(0)) return false;
    this.#put(AGAIN, time, HEADER);
    if (!this.#wrapped) {
      this.#views.control[ROUNDS] = rounds;
      Atomics.store(this.#views.control, RESIDENT, 1);
    }
    this.tell();
    return this.#wrapped ? true : "resident";
  }

  /** Adds that no more packets come; false where there is no room now. */
  end(): boolean {
    if (!this.reserve(0)) return false;
    this.#put(END, 0, HEADER);
    this.tell();
    return true;
  }

  /** Tells the other thread what was added. */
  tell(): void {
    Atomics.store(this.#views.control, HEAD, this.#head);
    this.#told = this.#head;
  }

  #put(length: number, time: number, size: number): void {
    const { words, times } = this.#views;
    const at = this.#head >>> 2;
    words[at] = size;
    words[at + 1] = length;
    times[at / 2 + 1] = time;
    this.#head += size;
  }

  /** Whether a record fits, either before the end or at the start, and leaves a gap to the tail. */
  #fits(need: number): boolean {
    const [head, tail, { length }] = [this.#head, this.#tail, this.bytes];
    if (head < tail) return head + need < tail;
    return head + need <= length || need < tail;
  }
}

/** @internal The side that reads. */
export class ReplayRingReader {
  /** The memory in which packets lie. */
  readonly bytes: Uint8Array;
  readonly #views: Views;
  #at = 0;
  #head = 0;
  /** Where the record of a packet is. */
  #word = 0;
  #rounds = 0;

  constructor(memory: SharedArrayBuffer) {
    this.#views = new Views(memory);
    this.bytes = this.#views.bytes;
  }

  /**
   * Looks at the next record, which stays the next one until {@linkcode skip}.
   *
   * @returns whether there is one; the writer may be behind.
   */
  look(): boolean {
    const views = this.#views;
    if (this.#at === this.#head) {
      this.#head = Atomics.load(views.control, HEAD);
      if (this.#at === this.#head) return false;
    }
    if (this.#at >= views.bytes.length || views.words[this.#at >>> 2] === 0) {
      this.#at = 0;
      if (this.#at === this.#head) return this.look();
    }
    this.#word = this.#at >>> 2;
    return true;
  }

  /** Whether the record is that of a packet. */
  get isPacket(): boolean {
    return this.#views.words[this.#word + 1]! >= 0;
  }

  /** Whether it says that the packets begin again; else that no more come. */
  get isAgain(): boolean {
    return this.#views.words[this.#word + 1] === AGAIN;
  }

  /** Bytes of the packet. */
  get length(): number {
    return this.#views.words[this.#word + 1]!;
  }

  /** When it is due, or how long the packets took until they begin again. */
  get time(): number {
    return this.#views.times[this.#word / 2 + 1]!;
  }

  /** Where the packet begins in {@linkcode bytes}. */
  get place(): number {
    return this.#at + HEADER;
  }

  /**
   * Takes the packets that are next, as many as there are lengths.
   *
   * @param lengths where the lengths of the packets are put, and in `places` where they begin.
   * @returns how many there were before the end or what the writer has not written.
   */
  take(lengths: Uint16Array, places: Uint32Array): number {
    const { words } = this.#views;
    const last = this.bytes.length;
    let at = this.#at;
    let count = 0;
    while (count < lengths.length) {
      if (at === this.#head || at >= last || words[at >>> 2] === 0) {
        this.#at = at;
        if (!this.look()) break;
        at = this.#at;
      }
      const word = at >>> 2;
      const length = words[word + 1]!;
      if (length < 0) break;
      lengths[count] = length;
      places[count] = at + HEADER;
      count++;
      at += words[word]!;
    }
    this.#at = at;
    return count;
  }

  /** Goes on to the next record. */
  skip(): void {
    this.#at += this.#views.words[this.#word]!;
  }

  /**
   * Goes on where the packets begin again: at the first one, where they are all there.
   *
   * @returns whether they do; else that was the last round.
   */
  goRound(): boolean {
    const { control } = this.#views;
    if (Atomics.load(control, RESIDENT) === 0) {
      this.skip();
      return true;
    }
    if (++this.#rounds === control[ROUNDS]) return false;
    this.#at = 0;
    return true;
  }

  /** Tells the writer that the records before the next one are of no more use. */
  release(): void {
    Atomics.store(this.#views.control, TAIL, this.#at);
  }
}
