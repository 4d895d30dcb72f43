/**
 * Packets out of the bytes of a capture file of either format.
 *
 * @module
 */

import { DpdkError } from "../boundary/errors.ts";
import { CaptureBuffer, type CaptureFormat, type PacketRecord } from "./buffer.ts";
import { CapturedPacket, type CaptureInterface } from "./captured.ts";
import { isPcap, PcapFormat } from "./pcap_format.ts";
import { BLOCK } from "./pcapng_blocks.ts";
import { PcapngFormat } from "./pcapng_format.ts";

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

/** @internal Takes bytes and gives packets. */
export class CaptureParser {
  readonly #name: string;
  readonly #buffer: CaptureBuffer;
  #format: CaptureFormat | undefined;

  /**
   * @param name where the bytes come from, for errors.
   * @param reuses whether the bytes of packets may be overwritten when more come.
   */
  constructor(name: string, reuses = false) {
    this.#name = name;
    this.#buffer = new CaptureBuffer(name, reuses);
  }

  /** Format of the file; undefined before it is known. */
  get format(): "pcap" | "pcapng" | undefined {
    if (!this.#format) return undefined;
    return this.#format instanceof PcapFormat ? "pcap" : "pcapng";
  }

  /** The interfaces that were told. */
  get interfaces(): readonly CaptureInterface[] {
    return this.#format?.interfaces ?? [];
  }

  /** Adds what came; packets are views on it. */
  push(chunk: Uint8Array): void {
    this.#buffer.push(chunk);
  }

  /** The next packet; undefined until more bytes come. */
  next(): CapturedPacket | undefined {
    if (!this.advance()) return undefined;
    const { at, captured, length, on, comment, ...time } = this.record;
    const data = this.memory.subarray(at, at + captured);
    return new CapturedPacket(data, length, time, on!, comment);
  }

  /** Reads the next packet into {@linkcode record}; false until more bytes come. Makes no object. */
  advance(): boolean {
    const format = this.#format ??= this.#begin();
    return format !== undefined && format.advance();
  }

  /** The packet that was read last; there is one. */
  get record(): PacketRecord {
    return this.#format!.record;
  }

  /** The bytes in which the record says where its packet is. */
  get memory(): Uint8Array {
    return this.#buffer.memory;
  }

  /** Throws when the file must not end here. */
  end(): void {
    if (this.#format?.mayEnd && this.#buffer.isEmpty) return;
    throw this.error(`the file ends in ${this.#format?.unfinished ?? "its first bytes"}`);
  }

  /** The error that the file is wrong where it is read. */
  error(reason: string): DpdkError {
    return this.#buffer.error(reason);
  }

  #begin(): CaptureFormat | undefined {
    const buffer = this.#buffer;
    if (!buffer.has(4)) return undefined;
    const magic = buffer.u32(0);
    if (magic === BLOCK.section) return new PcapngFormat(buffer);
    if (isPcap(magic)) return new PcapFormat(buffer);
    const what = OTHERS[magic] ?? `a file that begins with ${buffer.bytes(0, 4).toHex()}`;
    throw new DpdkError({
      operation: `read ${this.#name}`,
      reason: `expected a pcap or pcapng file, got ${what}`,
    });
  }
}
