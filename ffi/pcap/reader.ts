/**
 * Reading capture files, a packet at a time.
 *
 * @module
 */

import { gunzipSync } from "node:zlib";
import { DpdkError } from "../boundary/errors.ts";
import { inspected } from "../boundary/shown.ts";
import type { CapturedPacket, CaptureInterface } from "./captured.ts";
import { CaptureParser } from "./parser.ts";
import { fileChunks, isGzip, plainChunks } from "./source.ts";

/** What comes of opening or reading a file. */
function opened<T>(path: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (!(error instanceof Error) || error instanceof DpdkError) throw error;
    throw new DpdkError({ operation: `read ${path}`, reason: error.message });
  }
}

/**
 * Reads a capture file packet by packet: pcap or pcapng, plain or packed by gzip, of Ethernet, raw
 * IP or Linux cooked packets. It needs memory for a few packets, however large the file is.
 *
 * A file that is damaged or ends too early gives the packets that can be read, and then an error
 * that tells the place.
 *
 * @example
 * ```ts
 * import { PcapReader } from "denodpdk/pcap";
 *
 * await using reader = PcapReader.open("in.pcapng");
 * for await (const packet of reader) console.log(`${packet}`);
 * ```
 */
export class PcapReader implements AsyncIterable<CapturedPacket>, AsyncDisposable {
  /** Name of the file or stream, for errors. */
  readonly name: string;
  readonly #parser: CaptureParser;
  readonly #chunks: AsyncGenerator<Uint8Array>;
  readonly #file: Deno.FsFile | undefined;
  #ended = false;
  #closed = false;

  private constructor(name: string, chunks: AsyncIterable<Uint8Array>, file?: Deno.FsFile) {
    this.name = name;
    this.#parser = new CaptureParser(name);
    this.#chunks = plainChunks(chunks);
    this.#file = file;
  }

  /**
   * Opens a file; the first packet is read when it is asked for.
   *
   * @throws {DpdkError} when it cannot be opened.
   */
  static open(path: string): PcapReader {
    const file = opened(path, () => Deno.openSync(path));
    return new PcapReader(path, fileChunks(file), file);
  }

  /**
   * Reads all packets of a file that fits in memory.
   *
   * @throws {DpdkError} when it cannot be opened, is damaged, ends too early, or is of another kind.
   */
  static readSync(path: string): CapturedPacket[] {
    const bytes = opened(path, () => {
      const file = Deno.readFileSync(path);
      return isGzip(file) ? gunzipSync(file) : file;
    });
    const parser = new CaptureParser(path);
    parser.push(bytes);
    const packets: CapturedPacket[] = [];
    for (let packet = parser.next(); packet; packet = parser.next()) packets.push(packet);
    parser.end();
    return packets;
  }

  /**
   * Reads a stream, such as `Deno.stdin.readable`.
   *
   * @param name name of the stream, for errors.
   */
  static from(stream: AsyncIterable<Uint8Array>, name = "capture"): PcapReader {
    return new PcapReader(name, stream);
  }

  /** Format of the file; undefined before the first packet was read. */
  get format(): "pcap" | "pcapng" | undefined {
    return this.#parser.format;
  }

  /**
   * The interfaces that were read so far; of a pcapng file with several sections, those of the
   * section that is being read.
   */
  get interfaces(): readonly CaptureInterface[] {
    return this.#parser.interfaces;
  }

  /**
   * Every packet, in the order of the file; the file is closed at its end. One iteration at a time;
   * after a `break` the next iteration goes on behind the packet that was read last.
   *
   * @throws {DpdkError} when the file is damaged, ends too early, or is of another kind.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<CapturedPacket> {
    const parser = this.#parser;
    try {
      for (;;) {
        for (let packet = parser.next(); packet; packet = parser.next()) yield packet;
        const { value, done } = await this.#nextChunk();
        if (done) break;
        parser.push(value);
      }
      if (!this.#ended) parser.end();
      this.#ended = true;
    } catch (error) {
      await this[Symbol.asyncDispose]();
      throw error;
    }
    await this[Symbol.asyncDispose]();
  }

  async #nextChunk(): Promise<IteratorResult<Uint8Array>> {
    if (this.#ended) return { value: undefined, done: true };
    if (this.#closed) throw this.#parser.error("the reader is closed");
    try {
      return await this.#chunks.next();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      throw this.#parser.error(`cannot be unpacked: ${error.message}`);
    }
  }

  /** What `console.log` shows. */
  [inspected](): string {
    const text = `PcapReader ${this.name}: ${this.format ?? "not read yet"}`;
    return this.#closed ? `${text} (disposed)` : text;
  }

  /** Closes the file. Idempotent. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#file?.close();
    await this.#chunks.return(undefined);
  }
}
