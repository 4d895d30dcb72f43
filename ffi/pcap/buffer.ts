/**
 * Bytes of a file as they come, to be taken in pieces of any size.
 *
 * @module
 */

import { DpdkError } from "../boundary/errors.ts";
import type { CapturedPacket, CaptureInterface } from "./captured.ts";

/** @internal Bytes that came and were not yet taken. */
export class CaptureBuffer {
  /** Where the bytes come from, for errors. */
  readonly name: string;
  /** Whether numbers are little endian. */
  littleEndian = true;
  #bytes: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(new ArrayBuffer(0));
  #at = 0;
  /** Bytes of the file before `#bytes`. */
  #before = 0;
  /** Bytes to come that nobody wants. */
  #skip = 0;

  /** @param name where the bytes come from. */
  constructor(name: string) {
    this.name = name;
  }

  /** Adds what came. */
  push(chunk: Uint8Array): void {
    const rest = this.#bytes.subarray(this.#at);
    this.#before += this.#at;
    this.#at = 0;
    this.#bytes = chunk;
    if (rest.length > 0) {
      this.#bytes = new Uint8Array(rest.length + chunk.length);
      this.#bytes.set(rest);
      this.#bytes.set(chunk, rest.length);
    }
    this.#view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.length);
    this.#dropSkipped();
  }

  /** Whether so many bytes are here. */
  has(count: number): boolean {
    return this.#skip === 0 && this.#bytes.length - this.#at >= count;
  }

  /** Where the next byte is in the file. */
  get offset(): number {
    return this.#before + this.#at;
  }

  /** Whether nothing is here, and nothing awaited. */
  get isEmpty(): boolean {
    return this.#skip === 0 && this.#bytes.length === this.#at;
  }

  /** The number of 16 bits, `ahead` bytes from here. */
  u16(ahead: number): number {
    return this.#view.getUint16(this.#at + ahead, this.littleEndian);
  }

  /** The number of 32 bits, `ahead` bytes from here. */
  u32(ahead: number): number {
    return this.#view.getUint32(this.#at + ahead, this.littleEndian);
  }

  /** Bytes from `ahead` on; they are here and stay. */
  bytes(ahead: number, count: number): Uint8Array {
    return this.#bytes.subarray(this.#at + ahead, this.#at + ahead + count);
  }

  /** Goes on behind bytes that are here. */
  take(count: number): void {
    this.#at += count;
  }

  /** Goes on behind bytes, here or not: they are not kept. */
  skip(count: number): void {
    this.#skip += count;
    this.#dropSkipped();
  }

  #dropSkipped(): void {
    const here = Math.min(this.#skip, this.#bytes.length - this.#at);
    this.#at += here;
    this.#skip -= here;
  }

  /** The error that the file is wrong at a place. */
  error(reason: string, offset = this.offset): DpdkError {
    return new DpdkError({
      operation: `read ${this.name}`,
      reason: `${reason}, at byte ${offset}`,
    });
  }
}

/** @internal The largest packet that wireshark and libpcap read: `MAXIMUM_SNAPLEN`. */
export const PACKET_MAX = 262_144;

/** @internal Reads packets out of a buffer. */
export interface CaptureFormat {
  /** The next packet; undefined until more bytes come. */
  next(): CapturedPacket | undefined;
  /** Whether a file may end here, if nothing of the buffer is left. */
  readonly mayEnd: boolean;
  /** What a file that ends elsewhere ends in. */
  readonly unfinished: string;
  /** The interfaces, those of the current section. */
  readonly interfaces: readonly CaptureInterface[];
}
