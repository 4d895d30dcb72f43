/**
 * Reading capture files, a packet at a time.
 *
 * @module
 */

import { DpdkError } from "../boundary/errors.ts";
import { CaptureBuffer, type CaptureFormat } from "./buffer.ts";
import type { CapturedPacket, CaptureInterface } from "./captured.ts";
import { isPcap, PcapFormat } from "./pcap_format.ts";
import { BLOCK } from "./pcapng_blocks.ts";
import { PcapngFormat } from "./pcapng_format.ts";
import { fileChunks, plainChunks } from "./source.ts";

/** Beginnings of files that people take for captures, as little endian numbers. */
const OTHERS: Readonly<Record<number, string>> = {
  0xa1b2cd34: "a modified pcap file",
  0x34cdb2a1: "a modified pcap file",
  0xfd2fb528: "a zstd file",
  0x184d2204: "an lz4 file",
  0x587a37fd: "an xz file",
  0x6f6f6e73: "a snoop file",
  0x04034b50: "a zip file",
};

/**
 * Reads a capture file, pcap or pcapng, plain or packed by gzip, of Ethernet, raw IP or Linux cooked
 * packets. It needs the memory of some packets, however large the file is.
 *
 * A file that is damaged or ends too early gives the packets that can be read, and then one error
 * that tells the place.
 *
 * @example
 * ```ts
 * import { PcapReader } from "denodpdk";
 *
 * await using reader = await PcapReader.open("in.pcapng");
 * for await (const packet of reader) console.log(`${packet}`);
 * ```
 */
export class PcapReader implements AsyncIterable<CapturedPacket>, AsyncDisposable {
  /** Where the packets come from. */
  readonly name: string;
  readonly #buffer: CaptureBuffer;
  readonly #chunks: AsyncGenerator<Uint8Array>;
  readonly #file: Deno.FsFile | undefined;
  #format: CaptureFormat | undefined;
  #closed = false;

  private constructor(name: string, chunks: AsyncIterable<Uint8Array>, file?: Deno.FsFile) {
    this.name = name;
    this.#buffer = new CaptureBuffer(name);
    this.#chunks = plainChunks(chunks);
    this.#file = file;
  }

  /**
   * Opens a file.
   *
   * @throws {DpdkError} when it cannot be opened.
   */
  static async open(path: string): Promise<PcapReader> {
    try {
      const file = await Deno.open(path);
      return new PcapReader(path, fileChunks(file), file);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      throw new DpdkError({ operation: `read ${path}`, reason: error.message });
    }
  }

  /**
   * Reads what comes, as from `Deno.stdin.readable`.
   *
   * @param name where it comes from, for errors.
   */
  static from(stream: AsyncIterable<Uint8Array>, name = "capture"): PcapReader {
    return new PcapReader(name, stream);
  }

  /** Format of the file; undefined before the first packet was read. */
  get format(): "pcap" | "pcapng" | undefined {
    if (!this.#format) return undefined;
    return this.#format instanceof PcapFormat ? "pcap" : "pcapng";
  }

  /**
   * The interfaces that were told so far; of a pcapng file with several sections those of the one
   * that is read.
   */
  get interfaces(): readonly CaptureInterface[] {
    return this.#format?.interfaces ?? [];
  }

  #begin(): CaptureFormat | undefined {
    const buffer = this.#buffer;
    if (!buffer.has(4)) return undefined;
    const magic = buffer.u32(0);
    if (magic === BLOCK.section) return new PcapngFormat(buffer);
    if (isPcap(magic)) return new PcapFormat(buffer);
    const what = OTHERS[magic] ?? `a file that begins with ${buffer.bytes(0, 4).toHex()}`;
    throw new DpdkError({
      operation: `read ${this.name}`,
      reason: `expected a pcap or pcapng file, got ${what}`,
    });
  }

  /**
   * Every packet, in the order of the file. Only one iteration at a time; the next one goes on where
   * this one ended.
   *
   * @throws {DpdkError} when the file is damaged, ends too early, or is of another kind.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<CapturedPacket> {
    for (;;) {
      const format = this.#format ??= this.#begin();
      for (let packet = format?.next(); packet; packet = format?.next()) yield packet;
      const { value, done } = await this.#nextChunk();
      if (done) break;
      this.#buffer.push(value);
    }
    if (this.#format?.mayEnd && this.#buffer.isEmpty) return;
    throw this.#buffer.error(`the file ends in ${this.#format?.unfinished ?? "its first bytes"}`);
  }

  async #nextChunk(): Promise<IteratorResult<Uint8Array>> {
    if (this.#closed) return { value: undefined, done: true };
    try {
      return await this.#chunks.next();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      throw this.#buffer.error(`cannot be unpacked: ${error.message}`);
    }
  }

  /** Closes the file. Idempotent. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#file?.close();
    await this.#chunks.return(undefined);
  }
}
