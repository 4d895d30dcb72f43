/**
 * A capture file that is read ahead of the lcore that sends it.
 *
 * @module
 */

import { DpdkError } from "../boundary/errors.ts";
import type { PacketRecord } from "../pcap/buffer.ts";
import { LINK_TYPE, linkTypeName } from "../pcap/link_type.ts";
import { CaptureParser } from "../pcap/parser.ts";
import { fileChunks, plainChunks } from "../pcap/source.ts";
import { replayMemory, ReplayRingWriter } from "./replay_ring.ts";
import { REWRITE_GROWS, Rewriter, type Rewriting } from "./rewrite.ts";

/** Options of a {@linkcode ReplayFile}. */
export interface ReplayFileOptions {
  /** What is changed in the packets; nothing where left out. */
  rewrite?: Rewriting;
  /** How often the file is sent; 1 where left out, and 0 is again and again without an end. */
  loops?: number;
  /**
   * The longest payload of a frame that the port sends, bytes; 1500 where left out. Packets that are
   * longer are counted, and not sent.
   */
  mtu?: number;
  /** Bytes of memory for packets that wait to be sent; 64 MiB where left out. */
  memory?: number;
}

/** What was found in a file so far, in the first round. */
export interface ReplayFileReport {
  /** Packets that were read. */
  read: number;
  /** Packets of which the capture kept only the beginning; these beginnings are sent. */
  truncated: number;
  /** Packets that are not sent, since they are longer than the port's MTU allows. */
  tooLong: number;
  /** Packets that are not sent, since they are shorter than an Ethernet header. */
  tooShort: number;
}

const MEMORY = 64 * 1024 * 1024;
/** The least memory: twice the longest packet. */
const MEMORY_MIN = 1024 * 1024;
/** Bytes that are read at once. */
const CHUNK = 1024 * 1024;
/** Bytes of an Ethernet header, and of a VLAN tag, of which the MTU does not count two. */
const ETHER = 14;
const TAG = 4;
/** Types of VLAN tags. */
const TAGS: readonly number[] = [0x8100, 0x88a8, 0x9100];

/** How far the reading has come, see {@linkcode ReplayFile.fill}. */
export type ReplayFileState =
  /** There is no room: the lcore has to send first. */
  | "full"
  /** The lcore has all that it needs. */
  | "done";

/**
 * A pcap or pcapng file of Ethernet packets, plain or packed by gzip, of any size, that a
 * {@linkcode Replayer} on an lcore sends. The main thread reads ahead, into memory that both share:
 * {@linkcode ReplayFile.fill} fills it, and is called again and again while the lcore sends. A file
 * that fits in there is read once, however often it is sent.
 *
 * Addresses and VLANs are changed here, so the lcore only copies.
 *
 * @example Read until all is sent
 * ```ts
 * import { ReplayFile } from "denodpdk/traffic";
 *
 * await using file = await ReplayFile.open("in.pcapng", { rewrite: { dstMac: "02:00:00:00:00:02" } });
 * // give file.memory to the lcore, and meanwhile
 * await file.run();
 * console.log(file.report());
 * ```
 */
export class ReplayFile implements AsyncDisposable {
  /** Path of the file. */
  readonly path: string;
  /** What a {@linkcode Replayer} reads from; it can be given to a Worker. */
  readonly memory: SharedArrayBuffer;
  readonly #writer: ReplayRingWriter;
  readonly #rewriter: Rewriter | undefined;
  readonly #mtu: number;
  readonly #loops: number;
  readonly #chunk = new Uint8Array(CHUNK);
  readonly #report: ReplayFileReport = { read: 0, truncated: 0, tooLong: 0, tooShort: 0 };
  #file: Deno.FsFile | undefined;
  #chunks: AsyncGenerator<Uint8Array>;
  #parser: CaptureParser;
  /** Whether the parser has a packet for which there was no room. */
  #waits = false;
  #round = 1;
  /** Packets of this round, and the time of the last one, nanoseconds since the first. */
  #packets = 0;
  #time = 0;
  /** When that was, by the file. */
  #seconds = 0;
  #nanoseconds = 0;
  /** What is left to be written when the file ends: nothing while it is read. */
  #ending: "again" | "end" | undefined;
  #isDone = false;
  #error: DpdkError | undefined;
  #first: { seconds: number; nanoseconds: number } | undefined;

  private constructor(path: string, file: Deno.FsFile, options: ReplayFileOptions) {
    const { rewrite = {}, loops = 1, mtu = 1500, memory = MEMORY } = options;
    if (!Number.isInteger(loops) || loops < 0 || loops > 2 ** 31 - 1) {
      throw new RangeError(`ReplayFile: expected loops, 0 or more, got ${loops}`);
    }
    if (!Number.isInteger(memory) || memory < MEMORY_MIN || memory > 2 ** 31 - 2 ** 20) {
      throw new RangeError(`ReplayFile: expected 1 MiB of memory or more, got ${memory} bytes`);
    }
    const rewriter = new Rewriter(rewrite);
    this.path = path;
    this.memory = replayMemory(memory & ~7);
    this.#writer = new ReplayRingWriter(this.memory);
    this.#rewriter = rewriter.isIdle ? undefined : rewriter;
    this.#loops = loops;
    this.#mtu = mtu;
    this.#file = file;
    this.#parser = new CaptureParser(path, true);
    this.#chunks = plainChunks(fileChunks(file, this.#chunk));
  }

  /**
   * Opens a file and reads as much as there is room for.
   *
   * @throws {DpdkError} when it cannot be opened, or its first packet cannot be read or is not of
   * Ethernet. An error behind that is told by {@linkcode ReplayFile.error} when the packets before
   * it were sent.
   * @throws {RangeError} when an option is out of range, or an address is none.
   */
  static async open(path: string, options: ReplayFileOptions = {}): Promise<ReplayFile> {
    const file = opened(path);
    let replay: ReplayFile;
    try {
      replay = new ReplayFile(path, file, options);
    } catch (error) {
      file.close();
      throw error;
    }
    await replay.fill();
    if (replay.#error && !replay.#first) {
      await replay[Symbol.asyncDispose]();
      throw replay.#error;
    }
    return replay;
  }

  /** When the first packet was seen; undefined for a file without packets. */
  get first(): { readonly seconds: number; readonly nanoseconds: number } | undefined {
    return this.#first;
  }

  /** What is wrong with the file; the packets before that are sent. */
  get error(): DpdkError | undefined {
    return this.#error;
  }

  /**
   * How many seconds each of some files begins behind the one that begins first, so that they are
   * sent by one clock; 0 for a file without packets.
   */
  static offsets(files: readonly ReplayFile[]): number[] {
    const firsts = files.map(({ first }) => first);
    const all = firsts.filter((first) => first !== undefined);
    const epoch = Math.min(...all.map(({ seconds }) => seconds));
    const since = all.map(({ seconds, nanoseconds }) => seconds - epoch + nanoseconds / 1e9);
    const least = Math.min(...since);
    return firsts.map((first) =>
      first ? first.seconds - epoch + first.nanoseconds / 1e9 - least : 0
    );
  }

  /** What was found so far. */
  report(): ReplayFileReport {
    return { ...this.#report };
  }

  /** Reads until there is no more room, or the lcore has all that it needs. */
  async fill(): Promise<ReplayFileState> {
    while (!this.#isDone) {
      try {
        if (this.#ending) {
          if (!this.#finish(this.#ending)) return "full";
          continue;
        }
        if (!this.#write()) return "full";
        await this.#read();
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        this.#error = error instanceof DpdkError ? error : this.#parser.error(error.message);
        this.#ending = "end";
      }
    }
    return "done";
  }

  /**
   * Reads all of the file, as the lcore makes room.
   *
   * @param signal ends it when it is aborted.
   */
  async run(signal?: AbortSignal): Promise<void> {
    while (!signal?.aborted && await this.fill() === "full") await rest();
  }

  /** Closes the file. Idempotent. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDone = true;
    this.#file?.close();
    this.#file = undefined;
    await this.#chunks.return(undefined);
  }

  /** Writes the packets that are here; false where there is no more room. */
  #write(): boolean {
    const parser = this.#parser;
    while (this.#waits || parser.advance()) {
      const { record } = parser;
      if (!this.#waits) this.#count(record);
      this.#waits = !this.#writer.reserve(record.captured + REWRITE_GROWS);
      if (this.#waits) return false;
      this.#add(record);
    }
    this.#writer.tell();
    return true;
  }

  #count({ on, captured, length, seconds, nanoseconds }: PacketRecord): void {
    const { linkType } = on!;
    if (linkType !== LINK_TYPE.ETHERNET) {
      throw this.#parser.error(`expected packets of Ethernet, got ${linkTypeName(linkType)}`);
    }
    this.#tally("read");
    if (captured < length) this.#tally("truncated");
    this.#first ??= { seconds, nanoseconds };
    if (this.#packets++ > 0) {
      // a clock that was put back makes no gap
      const gap = (seconds - this.#seconds) * 1e9 + nanoseconds - this.#nanoseconds;
      if (gap > 0) this.#time += gap;
    }
    this.#seconds = seconds;
    this.#nanoseconds = nanoseconds;
  }

  #tally(what: keyof ReplayFileReport): void {
    if (this.#round === 1) this.#report[what]++;
  }

  #add({ at, captured }: PacketRecord): void {
    const { bytes, view, at: to } = this.#writer;
    bytes.set(this.#parser.memory.subarray(at, at + captured), to);
    const length = this.#rewriter?.rewrite(bytes, view, to, captured) ?? captured;
    if (length < ETHER) this.#tally("tooShort");
    else if (length > this.#longest(view, to)) this.#tally("tooLong");
    else this.#writer.commit(length, this.#time);
  }

  /** The most bytes that a packet may have. */
  #longest(view: DataView, at: number): number {
    const isTagged = TAGS.includes(view.getUint16(at + ETHER - 2));
    const isTwice = isTagged && TAGS.includes(view.getUint16(at + ETHER + 2));
    return this.#mtu + ETHER + (isTwice ? 2 * TAG : isTagged ? TAG : 0);
  }

  async #read(): Promise<void> {
    const { value, done } = await this.#chunks.next();
    if (!done) return this.#parser.push(value);
    this.#parser.end();
    // rounds without a packet would have no end
    const isLast = this.#round === this.#loops || this.#packets === 0;
    this.#ending = isLast ? "end" : "again";
  }

  /** Writes what comes behind the last packet; false where there is no room. */
  #finish(ending: "again" | "end"): boolean {
    if (ending === "end") return this.#isDone = this.#writer.end();
    // the next round begins a mean gap behind the last packet
    const gap = this.#packets > 1 ? this.#time / (this.#packets - 1) : 0;
    const written = this.#writer.again(this.#time + gap, this.#loops);
    if (!written) return false;
    this.#ending = undefined;
    if (written === "resident") return this.#isDone = true;
    this.#round++;
    this.#packets = this.#time = 0;
    this.#file?.close();
    this.#file = opened(this.path);
    this.#parser = new CaptureParser(this.path, true);
    this.#chunks = plainChunks(fileChunks(this.#file, this.#chunk));
    return true;
  }
}

/** Opens a file to be read. */
function opened(path: string): Deno.FsFile {
  try {
    return Deno.openSync(path);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new DpdkError({ operation: `read ${path}`, reason: error.message });
  }
}

/** Waits for the lcore to make room. */
const rest = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));
