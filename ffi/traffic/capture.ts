/**
 * Capturing on an lcore: packets in hand become records of a capture file.
 *
 * @module
 */

import { struct_shim_records } from "../boundary/constants.ts";
import { type Hot, shim } from "../boundary/library.ts";
import { pointerOf, StableMemory } from "../boundary/native.ts";
import type { Burst } from "../mbuf/burst.ts";
import { CapturePieces, noCounts, PIECE } from "./capture_memory.ts";
import { readWall, WallClock } from "./wall_clock.ts";

let recordsWrite: Hot<"shim_records_write"> | undefined;

/** Options of a {@linkcode Capture}. */
export interface CaptureOptions {
  /** {@linkcode CaptureFiles.memory}. */
  memory: SharedArrayBuffer;
  /** {@linkcode CaptureFiles.format}. */
  format: "pcap" | "pcapng";
  /** Counts of the clock in a second: `measuredCyclesPerSecond()` of `denodpdk/eal`. */
  cyclesPerSecond: number;
  /** The most bytes of a packet that are kept; all where left out, up to 262144. */
  snapLength?: number;
  /** How many packets are wanted; without an end where left out. */
  count?: number;
  /** A file ends before it has more than so many bytes; all is one file where left out. */
  rotateBytes?: number;
  /** A file ends so many seconds behind its first packet. */
  rotateSeconds?: number;
}

/** What was captured. */
export interface CaptureReport {
  /** Packets that became records of files. */
  captured: number;
  /** Bytes that these packets had, without check sequences. */
  bytes: number;
  /** Packets that were lost because the files were written too slowly. */
  dropped: number;
}

/** The longest packet of a file: `MAXIMUM_SNAPLEN` of libpcap. */
const SNAP_MAX = 262_144;
/** Bytes of a file that the blocks at its beginning and its end take at most. */
const FRAME_BYTES = 512;
/** How long records wait in a piece that is not full, seconds. */
const WAIT = 0.1;
/** How often the clock is compared with the kernel's, seconds. */
const COMPARE = 1;

const WORD = Uint32Array.BYTES_PER_ELEMENT;
const { at, bytes: STRUCT_BYTES } = struct_shim_records;
/** Places in `struct shim_records`, by words. */
const RECORDS = {
  bytes: at.bytes / WORD,
  length: at.length / WORD,
  size: at.size / WORD,
  used: at.used / WORD,
  snapLength: at.snaplen / WORD,
  isPcapng: at.is_pcapng / WORD,
  seconds: at.seconds / WORD,
  nanoseconds: at.nanoseconds / WORD,
} as const;

/** Places in the numbers of a capture. */
const COMPARED = 0;
/** When the first packet of the piece, and of the file, came; 0 where there is none. */
const PIECE_BEGAN = 1;
const FILE_BEGAN = 2;
const HZ = 3;
/** Bytes of the file in earlier pieces. */
const FILE_BYTES = 4;

/**
 * Makes records of packets, on an lcore, for {@linkcode CaptureFiles} on the main thread, which writes
 * them. One native call does it for a burst. Where the files are written too slowly, packets are left
 * out and counted.
 *
 * Packets have the time of the wall clock, by the time stamp counter, which is compared with the
 * kernel's clock once a second: so it neither drifts nor goes back.
 *
 * @example A loop on an lcore
 * ```ts
 * import { Burst, type RxQueue } from "denodpdk";
 * import { measuredCyclesPerSecond, tscCycles } from "denodpdk/eal";
 * import { Capture } from "denodpdk/traffic";
 *
 * function capture(rx: RxQueue, memory: SharedArrayBuffer, running: () => boolean) {
 *   const cyclesPerSecond = measuredCyclesPerSecond();
 *   const capture = new Capture({ memory, format: "pcapng", cyclesPerSecond });
 *   using burst = new Burst(32);
 *   while (running()) {
 *     if (rx.receive(burst) > 0) capture.take(burst, tscCycles());
 *     capture.poll(tscCycles());
 *     burst.clear();
 *   }
 *   while (!capture.end());
 * }
 * ```
 */
export class Capture {
  readonly #pieces: CapturePieces;
  readonly #memory: bigint;
  readonly #records: StableMemory;
  readonly #words: Uint32Array;
  readonly #clock: WallClock;
  readonly #numbers = new Float64Array(5);
  readonly #rotateBytes: number;
  readonly #rotateCycles: number;
  readonly #count: number;
  readonly #file = noCounts();
  #captured = 0;
  #dropped = 0;
  /** How many pieces were filled; and whether the next one is being filled. */
  #filled = 0;
  #isOpen = false;

  /**
   * A capture without packets.
   *
   * @throws {RangeError} when a number is out of range.
   */
  constructor(options: CaptureOptions) {
    const { memory, format, cyclesPerSecond, snapLength = SNAP_MAX, count = Infinity } = options;
    const { rotateBytes = Infinity, rotateSeconds = Infinity } = options;
    if (!(Number.isInteger(snapLength) && snapLength >= 1 && snapLength <= SNAP_MAX)) {
      throw new RangeError(`Capture: expected a snapLength of 1 to ${SNAP_MAX}, got ${snapLength}`);
    }
    for (const [name, value] of Object.entries({ count, rotateBytes, rotateSeconds })) {
      if (!(value > 0)) throw new RangeError(`Capture: expected ${name} above 0, got ${value}`);
    }
    this.#pieces = new CapturePieces(memory);
    this.#memory = Deno.UnsafePointer.value(pointerOf(memory));
    this.#records = new StableMemory(STRUCT_BYTES);
    this.#words = new Uint32Array(this.#records.buffer);
    this.#words[RECORDS.snapLength] = snapLength;
    this.#words[RECORDS.isPcapng] = Number(format === "pcapng");
    const reading = readWall();
    this.#clock = new WallClock(reading, cyclesPerSecond);
    this.#numbers[COMPARED] = reading.cycles;
    this.#numbers[HZ] = cyclesPerSecond;
    this.#rotateBytes = Math.max(0, rotateBytes - FRAME_BYTES);
    this.#rotateCycles = rotateSeconds * cyclesPerSecond;
    this.#count = count;
  }

  /** Whether as many packets came as are wanted. */
  get isDone(): boolean {
    return this.#captured >= this.#count;
  }

  /**
   * Makes records of the packets of a burst, which stay there; those behind the last one that is
   * wanted are freed.
   *
   * @param now the clock, in cycles, when they came: `tscCycles()` behind the call that received.
   * @returns how many packets became records.
   */
  take(burst: Burst, now: number): number {
    const [words, numbers, file] = [this.#words, this.#numbers, this.#file];
    const clock = this.#clock;
    if (this.#isFileOver(now)) this.#seal(true);
    clock.tell(now);
    words[RECORDS.seconds] = clock.seconds;
    words[RECORDS.nanoseconds] = clock.nanoseconds;
    const left = this.#count - this.#captured;
    if (burst.count > left) burst.drop(left, burst.count - left);
    const { count } = burst;
    let from = 0;
    while (from < count) {
      if (!this.#isOpen && !this.#open()) {
        file.dropped += count - from;
        this.#dropped += count - from;
        break;
      }
      const most = this.#limit(count - from);
      const write = recordsWrite ??= shim().shim_records_write;
      const written = write(this.#records.pointer, burst.handle, from, most);
      if (written === 0) {
        // the record is too long for the rest of the piece, or of the file
        this.#seal(words[RECORDS.size]! < PIECE);
        continue;
      }
      if (numbers[PIECE_BEGAN] === 0) numbers[PIECE_BEGAN] = now;
      if (file.packets === 0) {
        numbers[FILE_BEGAN] = now;
        file.firstSeconds = clock.seconds;
        file.firstNanoseconds = clock.nanoseconds;
      }
      file.lastSeconds = clock.seconds;
      file.lastNanoseconds = clock.nanoseconds;
      file.packets += written;
      this.#captured += written;
      from += written;
    }
    return from;
  }

  /** Does what is due without packets: gives records to the writer that have waited. Call it often. */
  poll(now: number): void {
    const numbers = this.#numbers;
    const hz = numbers[HZ]!;
    if (this.#isFileOver(now)) this.#seal(true);
    else if (numbers[PIECE_BEGAN]! > 0 && now - numbers[PIECE_BEGAN]! > WAIT * hz) {
      this.#seal(false);
    }
    if (now - numbers[COMPARED]! > COMPARE * hz) {
      numbers[COMPARED] = now;
      this.#clock.compare(readWall());
    }
  }

  /**
   * Gives the last records to the writer, and ends the file. No packets may come behind it.
   *
   * @returns false where the writer must write first: call it again then.
   */
  end(): boolean {
    return this.#seal(true);
  }

  /** Packets that became records of files. */
  get captured(): number {
    return this.#captured;
  }

  /** Bytes that these packets had, without check sequences. */
  get bytes(): number {
    return this.#words[RECORDS.length + 1]! * 2 ** 32 + this.#words[RECORDS.length]!;
  }

  /** Packets that were lost because the files were written too slowly. */
  get dropped(): number {
    return this.#dropped;
  }

  /** What was captured, in an object; a loop reads the numbers one by one. */
  report(): CaptureReport {
    const { captured, bytes, dropped } = this;
    return { captured, bytes, dropped };
  }

  #isFileOver(now: number): boolean {
    return this.#file.packets > 0 && now - this.#numbers[FILE_BEGAN]! >= this.#rotateCycles;
  }

  /** Begins a piece; false where the writer has not written the oldest one. */
  #open(): boolean {
    if (this.#filled - this.#pieces.written >= this.#pieces.count) return false;
    const address = this.#memory + BigInt(this.#pieces.placeOf(this.#filled));
    this.#words[RECORDS.bytes] = Number(address & 0xffff_ffffn);
    this.#words[RECORDS.bytes + 1] = Number(address >> 32n);
    this.#words[RECORDS.used] = 0;
    return this.#isOpen = true;
  }

  /** Sets how much fits, of a file the rest; but one packet at least. Returns how many packets may. */
  #limit(count: number): number {
    const isFirst = this.#file.packets === 0;
    const rest = this.#rotateBytes - this.#numbers[FILE_BYTES]!;
    this.#words[RECORDS.size] = isFirst || rest > PIECE ? PIECE : Math.max(0, Math.floor(rest));
    return isFirst ? 1 : count;
  }

  /** Gives the piece to the writer; false where there is none. */
  #seal(isLast: boolean): boolean {
    const [numbers, file] = [this.#numbers, this.#file];
    if (!this.#isOpen && !this.#open()) return false;
    const used = this.#words[RECORDS.used]!;
    this.#pieces.fill(used, isLast, file);
    this.#filled++;
    this.#isOpen = false;
    numbers[PIECE_BEGAN] = 0;
    numbers[FILE_BYTES]! += used;
    if (!isLast) return true;
    Object.assign(file, noCounts());
    numbers[FILE_BYTES] = 0;
    numbers[FILE_BEGAN] = 0;
    return true;
  }
}
