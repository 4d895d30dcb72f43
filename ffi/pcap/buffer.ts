/**
 * Bytes of a file as they come, to be taken in pieces of any size.
 *
 * @module
 */

import { DpdkError } from "../boundary/errors.ts";
import type { CaptureInterface } from "./captured.ts";

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
  /** Memory that is used again and again, where packets need not stay; else a new one for each chunk. */
  #room: Uint8Array | undefined;

  /**
   * @param name where the bytes come from.
   * @param reuses whether bytes may be overwritten when more come.
   */
  constructor(name: string, reuses = false) {
    this.name = name;
    if (reuses) this.#room = new Uint8Array(0);
  }

  /** Adds what came. */
  push(chunk: Uint8Array): void {
    const rest = this.#bytes.subarray(this.#at);
    this.#before += this.#at;
    this.#at = 0;
    this.#bytes = this.#room ? this.#reuse(this.#room, rest, chunk) : chunk;
    if (!this.#room && rest.length > 0) {
      this.#bytes = new Uint8Array(rest.length + chunk.length);
      this.#bytes.set(rest);
      this.#bytes.set(chunk, rest.length);
    }
    this.#view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.length);
    this.#dropSkipped();
  }

  #reuse(room: Uint8Array, rest: Uint8Array, chunk: Uint8Array): Uint8Array {
    const length = rest.length + chunk.length;
    const to = room.length >= length ? room : this.#room = new Uint8Array(length);
    // the rest may lie in there already
    to.set(rest);
    to.set(chunk, rest.length);
    return to.subarray(0, length);
  }

  /** All bytes that are here; those that were taken are among them until more come. */
  get memory(): Uint8Array {
    return this.#bytes;
  }

  /** Where in {@linkcode memory} the next byte is. */
  get at(): number {
    return this.#at;
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

/** @internal What a file says of a packet, in one object for all packets. */
export interface PacketRecord {
  /** Where in the buffer's memory the bytes are that were kept. */
  at: number;
  /** How many were kept. */
  captured: number;
  /** How many there were on the wire, at least. */
  length: number;
  /** When it was seen: as in `CapturedPacket`. */
  seconds: number;
  nanoseconds: number;
  /** The interface on which it was seen; undefined before the first packet. */
  on: CaptureInterface | undefined;
  comment: string | undefined;
}

/** @internal A record before the first packet. */
export function emptyRecord(): PacketRecord {
  return {
    at: 0,
    captured: 0,
    length: 0,
    seconds: 0,
    nanoseconds: 0,
    on: undefined,
    comment: undefined,
  };
}

/** @internal Reads packets out of a buffer. */
export interface CaptureFormat {
  /** The packet that was read last. */
  readonly record: PacketRecord;
  /** Reads the next packet; false until more bytes come. */
  advance(): boolean;
  /** Whether a file may end here, if nothing of the buffer is left. */
  readonly mayEnd: boolean;
  /** What a file that ends elsewhere ends in. */
  readonly unfinished: string;
  /** The interfaces, those of the current section. */
  readonly interfaces: readonly CaptureInterface[];
}
