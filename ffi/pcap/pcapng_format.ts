/**
 * Reading pcapng files: draft-ietf-opsawg-pcapng. Sections of either byte order, several interfaces
 * with their own resolutions; blocks that are of no use here are skipped without being kept.
 *
 * @module
 */

import {
  type CaptureBuffer,
  type CaptureFormat,
  emptyRecord,
  PACKET_MAX,
  type PacketRecord,
} from "./buffer.ts";
import type { CaptureInterface } from "./captured.ts";
import { firstLayer, linkTypeName } from "./link_type.ts";
import { BLOCK, BLOCK_MAX, BYTE_ORDER, OPTION, padded } from "./pcapng_blocks.ts";

/** An interface, with what its time stamps need. */
interface Interface extends CaptureInterface {
  offset: number;
}

const text = (bytes: Uint8Array | undefined) => bytes && new TextDecoder().decode(bytes);

/** Units in a second of an `if_tsresol`: a power of 10 or, with the highest bit, of 2. */
function resolutionOf(byte = 6): number {
  return byte & 0x80 ? 2 ** (byte & 0x7f) : 10 ** byte;
}

/** Blocks that are read. */
const KNOWN: ReadonlySet<number> = new Set(Object.values(BLOCK));

/** The fewest bytes of a block: header, fixed fields and trailer. */
function leastOf(type: number): number {
  switch (type) {
    case BLOCK.section:
      return 28;
    case BLOCK.interface:
      return 20;
    case BLOCK.simplePacket:
      return 16;
    case BLOCK.statistics:
      return 24;
  }
  return 32;
}

/** Writes the moment of a time stamp of 64 bits into a record. */
function setTime(record: PacketRecord, high: number, low: number, on: Interface): void {
  const { resolution, offset } = on;
  if (resolution <= 1e9) {
    // a long division by pieces of 16 bits, in which all numbers are exact
    const top = Math.floor(high / resolution);
    const middle = (high - top * resolution) * 0x1_0000 + (low >>> 16);
    const second = Math.floor(middle / resolution);
    const rest = (middle - second * resolution) * 0x1_0000 + (low & 0xffff);
    const third = Math.floor(rest / resolution);
    record.seconds = top * 2 ** 32 + second * 0x1_0000 + third + offset;
    record.nanoseconds = Math.floor((rest - third * resolution) * (1e9 / resolution));
    return;
  }
  const units = (BigInt(high) << 32n) | BigInt(low);
  const second = BigInt(resolution);
  record.seconds = Number(units / second) + offset;
  record.nanoseconds = Number((units % second) * 1_000_000_000n / second);
}

/** @internal Reads a pcapng file. */
export class PcapngFormat implements CaptureFormat {
  /** The packet that was read last. */
  readonly record: PacketRecord = emptyRecord();
  readonly #buffer: CaptureBuffer;
  #interfaces: Interface[] = [];
  #packets = 0;
  /** Total length of a block whose body was skipped. */
  #skipped: number | undefined;

  /** The buffer begins with the file. */
  constructor(buffer: CaptureBuffer) {
    this.#buffer = buffer;
  }

  /** The interfaces of the current section. */
  get interfaces(): readonly CaptureInterface[] {
    return this.#interfaces;
  }

  /** Between two blocks. */
  get mayEnd(): boolean {
    return this.#skipped === undefined;
  }

  /** What comes next. */
  get unfinished(): string {
    return `a block behind packet ${this.#packets}`;
  }

  /** Reads the next packet; false until more bytes come. */
  advance(): boolean {
    for (;;) {
      const block = this.#block();
      if (block === undefined) return false;
      if (block === "packet") return true;
    }
  }

  /** Reads one block; undefined until more bytes come. */
  #block(): "packet" | "other" | undefined {
    const buffer = this.#buffer;
    if (this.#skipped !== undefined) return this.#endSkipped(this.#skipped);
    if (!buffer.has(12)) return undefined;
    const type = buffer.u32(0);
    if (type === BLOCK.section) this.#byteOrder();
    const total = buffer.u32(4);
    if (total < 12 || total % 4 !== 0) throw buffer.error(`a block of ${total} bytes`);
    if (!KNOWN.has(type)) {
      this.#skipped = total;
      buffer.take(8);
      buffer.skip(total - 12);
      return "other";
    }
    if (total > BLOCK_MAX) throw buffer.error(`a block of ${total} bytes, ${BLOCK_MAX} at most`);
    if (!buffer.has(total)) return undefined;
    if (buffer.u32(total - 4) !== total) throw this.#badEnd(total, buffer.u32(total - 4));
    const found = this.#known(type, total);
    buffer.take(total);
    return found;
  }

  #endSkipped(total: number): "other" | undefined {
    const buffer = this.#buffer;
    if (!buffer.has(4)) return undefined;
    if (buffer.u32(0) !== total) throw this.#badEnd(total, buffer.u32(0));
    buffer.take(4);
    this.#skipped = undefined;
    return "other";
  }

  #badEnd(total: number, end: number) {
    return this.#buffer.error(`a block of ${total} bytes ends with another length, ${end}`);
  }

  #byteOrder(): void {
    const buffer = this.#buffer;
    buffer.littleEndian = true;
    if (buffer.u32(8) === BYTE_ORDER) return;
    buffer.littleEndian = false;
    if (buffer.u32(8) !== BYTE_ORDER) throw buffer.error("a section without a byte order");
  }

  /** Reads a block that is here as a whole. */
  #known(type: number, total: number): "packet" | "other" {
    const least = leastOf(type);
    if (total < least) throw this.#buffer.error(`a block of ${total} bytes, ${least} at least`);
    switch (type) {
      case BLOCK.section:
        this.#section();
        return "other";
      case BLOCK.interface:
        this.#interfaceBlock(total);
        return "other";
      case BLOCK.statistics:
        this.#statistics(total);
        return "other";
      case BLOCK.simplePacket:
        this.#simplePacket(total);
        return "packet";
    }
    this.#packet(type, total);
    return "packet";
  }

  #section(): void {
    const major = this.#buffer.u16(12);
    if (major !== 1) throw this.#buffer.error(`pcapng version ${major} is not read`);
    this.#interfaces = [];
  }

  #interfaceBlock(total: number): void {
    const buffer = this.#buffer;
    const linkType = buffer.u16(8);
    const options = this.#options(16, total - 4);
    const name = text(options.get(OPTION.interfaceName));
    const description = text(options.get(OPTION.interfaceDescription));
    const comment = text(options.get(OPTION.comment));
    const offset = options.get(OPTION.timeOffset);
    this.#interfaces.push({
      index: this.#interfaces.length,
      linkType,
      snapLength: buffer.u32(12),
      ...(name === undefined ? {} : { name }),
      ...(description === undefined ? {} : { description }),
      ...(comment === undefined ? {} : { comment }),
      resolution: resolutionOf(options.get(OPTION.resolution)?.[0]),
      offset: offset?.length === 8 ? Number(this.#long(offset, true)) : 0,
    });
  }

  #statistics(total: number): void {
    const on = this.#interfaces[this.#buffer.u32(8)];
    const options = this.#options(20, total - 4);
    const count = (code: number) => {
      const bytes = options.get(code);
      return bytes?.length === 8 ? Number(this.#long(bytes, false)) : undefined;
    };
    const [received, dropped] = [count(OPTION.received), count(OPTION.dropped)];
    if (on) {
      on.statistics = {
        ...(received === undefined ? {} : { received }),
        ...(dropped === undefined ? {} : { dropped }),
      };
    }
  }

  /** The interface of a packet. */
  #on(index: number): Interface {
    const on = this.#interfaces[index];
    if (!on) {
      throw this.#buffer.error(`packet ${this.#packets} of interface ${index}, which is none`);
    }
    if (firstLayer(on.linkType)) return on;
    throw this.#buffer.error(`link type ${linkTypeName(on.linkType)} is not read`);
  }

  #check(captured: number, room: number): void {
    if (captured <= room && captured <= PACKET_MAX) return;
    const most = Math.min(room, PACKET_MAX);
    throw this.#buffer.error(`packet ${this.#packets} of ${captured} bytes, ${most} at most`);
  }

  /** A packet without a time, of the first interface. */
  #simplePacket(total: number): void {
    const [buffer, record] = [this.#buffer, this.record];
    const on = this.#on(0);
    const length = buffer.u32(8);
    const captured = Math.min(length, on.snapLength || length);
    this.#check(captured, total - 16);
    this.#packets++;
    record.seconds = record.nanoseconds = 0;
    this.#keep(12, captured, length, on);
  }

  #packet(type: number, total: number): void {
    const buffer = this.#buffer;
    const on = this.#on(type === BLOCK.packet ? buffer.u16(8) : buffer.u32(8));
    const [captured, length] = [buffer.u32(20), buffer.u32(24)];
    this.#check(captured, total - 32);
    const behind = 28 + padded(captured);
    const comment = behind + 4 < total - 4
      ? text(this.#options(behind, total - 4).get(OPTION.comment))
      : undefined;
    setTime(this.record, buffer.u32(12), buffer.u32(16), on);
    this.#packets++;
    this.#keep(28, captured, Math.max(length, captured), on, comment);
  }

  #keep(ahead: number, captured: number, length: number, on: Interface, comment?: string): void {
    const record = this.record;
    record.at = this.#buffer.at + ahead;
    record.captured = captured;
    record.length = length;
    record.on = on;
    record.comment = comment;
  }

  /** Options of a block, the first of each code. */
  #options(at: number, end: number): ReadonlyMap<number, Uint8Array> {
    const options = new Map<number, Uint8Array>();
    const buffer = this.#buffer;
    while (at + 4 <= end) {
      const [code, length] = [buffer.u16(at), buffer.u16(at + 2)];
      if (code === OPTION.end) break;
      if (at + 4 + length > end) {
        throw buffer.error("an option leaves its block", buffer.offset + at);
      }
      if (!options.has(code)) options.set(code, buffer.bytes(at + 4, length));
      at += 4 + padded(length);
    }
    return options;
  }

  #long(bytes: Uint8Array, signed: boolean): bigint {
    const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
    const { littleEndian } = this.#buffer;
    return signed ? view.getBigInt64(0, littleEndian) : view.getBigUint64(0, littleEndian);
  }
}
