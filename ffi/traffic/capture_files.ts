/**
 * The files of a capture, which the main thread writes.
 *
 * @module
 */

import { DpdkError } from "../boundary/errors.ts";
import { PcapWriter } from "../pcap/writer.ts";
import { type CaptureFileCounts, captureMemory, CapturePieces } from "./capture_memory.ts";

/** Options of {@linkcode CaptureFiles}. */
export interface CaptureFilesOptions {
  /** Whether there are several files: their names get numbers, as `NAME_00001.pcapng`. */
  rotates?: boolean;
  /** How many files are kept where there are several: older ones are removed; all where left out. */
  files?: number;
  /** {@linkcode CaptureOptions.snapLength}, for the head of the files. */
  snapLength?: number;
  /** Name of the interface, as `net_tap0`; only pcapng keeps it. */
  interface?: string;
  /**
   * Packets that were lost before the capture saw them, until now, as the counters of a port tell.
   * What is more at the end of a file than at the end of the one before is told in that file.
   */
  missed?: () => number;
  /** MiB of memory for packets that wait to be written; 64 where left out. */
  memory?: number;
}

/** Pieces of 1 MiB each. */
const PIECES = 64;
/** Milliseconds between two looks where nothing was to be written. */
const REST = 2;
/** Milliseconds that are spent with writing before signals and timers are served. */
const TURN = 20;

/**
 * Writes what a {@linkcode Capture} on an lcore makes, into one file or one after the other: pcap where
 * the name ends in `.pcap` or `.cap`, else pcapng, packed by gzip behind `.gz`. The end of each pcapng
 * file tells how many packets were lost.
 *
 * @example
 * ```ts
 * import { CaptureFiles } from "denodpdk/traffic";
 *
 * const ended = new AbortController();
 * using files = CaptureFiles.create("out.pcapng", { rotates: true, files: 10 });
 * // give files.memory and files.format to the lcore, call ended.abort() when it has ended, and
 * await files.run(ended.signal);
 * console.log(files.paths);
 * ```
 */
export class CaptureFiles implements Disposable {
  /** What a {@linkcode Capture} writes to; it can be given to a Worker. */
  readonly memory: SharedArrayBuffer;
  /** The format of the files. */
  readonly format: "pcap" | "pcapng";
  readonly #path: string;
  readonly #options: CaptureFilesOptions;
  readonly #pieces: CapturePieces;
  readonly #paths: string[] = [];
  #writer: PcapWriter;
  #number = 0;
  #written = 0;
  /** Packets of the file in earlier pieces. */
  #before = 0;
  #missed = 0;
  /** Whether the file has ended, and no other one was begun. */
  #isOver = false;

  private constructor(path: string, options: CaptureFilesOptions) {
    const { memory = PIECES, files = 1 } = options;
    for (const [name, value] of Object.entries({ memory, files })) {
      if (Number.isInteger(value) && value > 0) continue;
      throw new RangeError(`CaptureFiles: expected ${name} above 0, got ${value}`);
    }
    this.#path = path;
    this.#options = options;
    this.#missed = options.missed?.() ?? 0;
    this.memory = captureMemory(Math.max(2, memory));
    this.#pieces = new CapturePieces(this.memory);
    this.#writer = this.#begin();
    this.format = this.#writer.format;
  }

  /**
   * Creates the file, or the first one.
   *
   * @throws {DpdkError} when it cannot be created.
   * @throws {RangeError} when a number is out of range.
   */
  static create(path: string, options: CaptureFilesOptions = {}): CaptureFiles {
    return new CaptureFiles(path, options);
  }

  /** The files that there are, the oldest first. */
  get paths(): readonly string[] {
    return this.#paths;
  }

  /** How many packets were written. */
  get written(): number {
    return this.#written;
  }

  /**
   * Writes what is there now.
   *
   * @returns whether there was something.
   * @throws {DpdkError} when a file cannot be written.
   */
  write(): boolean {
    return this.#write(Infinity);
  }

  /**
   * Writes what comes. Signals and timers are served meanwhile.
   *
   * @param signal ends it when it is aborted, with all that was there.
   * @throws {DpdkError} when a file cannot be written.
   */
  async run(signal: AbortSignal): Promise<void> {
    for (;;) {
      const hasEnded = signal.aborted;
      const wasThere = this.#write(hasEnded ? Infinity : TURN);
      if (hasEnded) return;
      await new Promise((resolve) => setTimeout(resolve, wasThere ? 0 : REST));
    }
  }

  /** Writes what is there now, as far as one comes in so many milliseconds. */
  #write(ms: number): boolean {
    const pieces = this.#pieces;
    const { filled } = pieces;
    if (pieces.written === filled) return false;
    const end = performance.now() + ms;
    do {
      const { bytes, isLast, counts } = pieces.next();
      if (this.#isOver && counts.packets + counts.dropped > 0) this.#writer = this.#begin();
      if (!this.#isOver) this.#add(bytes, isLast, counts);
      pieces.release();
    } while (pieces.written < filled && performance.now() < end);
    return true;
  }

  /** Ends the file. Idempotent. */
  [Symbol.dispose](): void {
    this.#writer[Symbol.dispose]();
  }

  #add(bytes: Uint8Array, isLast: boolean, counts: CaptureFileCounts): void {
    let { dropped } = counts;
    if (isLast) {
      const missed = this.#options.missed?.() ?? 0;
      dropped += missed - this.#missed;
      this.#missed = missed;
    }
    this.#writer.writeRecords(bytes, {
      received: counts.packets,
      dropped,
      first: { seconds: counts.firstSeconds, nanoseconds: counts.firstNanoseconds },
      last: { seconds: counts.lastSeconds, nanoseconds: counts.lastNanoseconds },
    });
    this.#written += counts.packets - this.#before;
    this.#before = counts.packets;
    if (!isLast) return;
    this.#writer[Symbol.dispose]();
    this.#isOver = true;
  }

  #begin(): PcapWriter {
    const { rotates = false, files, snapLength, interface: name } = this.#options;
    const path = rotates ? numbered(this.#path, ++this.#number) : this.#path;
    const writer = PcapWriter.create(path, {
      ...snapLength === undefined ? {} : { snapLength },
      interfaces: [name === undefined ? {} : { name }],
    });
    this.#isOver = false;
    this.#before = 0;
    this.#paths.push(path);
    while (rotates && files !== undefined && this.#paths.length > files) {
      remove(this.#paths.shift()!);
    }
    return writer;
  }
}

/** `out_00001.pcapng.gz` of `out.pcapng.gz`. */
function numbered(path: string, number: number): string {
  const [, name = path, end = ""] =
    /^(.*?)((?:\.(?:pcapng|pcap|cap|ntar))?(?:\.gz)?)$/.exec(path) ??
      [];
  return `${name}_${String(number).padStart(5, "0")}${end}`;
}

function remove(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    if (!(error instanceof Error)) throw error;
    throw new DpdkError({ operation: `remove ${path}`, reason: error.message });
  }
}
