/**
 * pcap files: draft-ietf-opsawg-pcap, sections 4 (file header) and 5 (packet record).
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
import type { CaptureInterface, CaptureTime } from "./captured.ts";
import { firstLayer, linkTypeName } from "./link_type.ts";

/** Time stamps in microseconds. */
const MICROSECONDS = 0xa1b2c3d4;
/** Time stamps in nanoseconds. */
const NANOSECONDS = 0xa1b23c4d;
const FILE_HEADER = 24;
const RECORD_HEADER = 16;

/** @internal Whether the first 4 bytes, as a little endian number, begin a pcap file. */
export function isPcap(magic: number): boolean {
  return [MICROSECONDS, NANOSECONDS, 0xd4c3b2a1, 0x4d3cb2a1].includes(magic);
}

/** @internal Reads a pcap file. */
export class PcapFormat implements CaptureFormat {
  /** The packet that was read last. */
  readonly record: PacketRecord = emptyRecord();
  readonly #buffer: CaptureBuffer;
  #interface: CaptureInterface | undefined;
  #packets = 0;

  /** The buffer begins with the file. */
  constructor(buffer: CaptureBuffer) {
    this.#buffer = buffer;
  }

  /** The one interface, once it is known. */
  get interfaces(): readonly CaptureInterface[] {
    return this.#interface ? [this.#interface] : [];
  }

  /** Between two packets. */
  get mayEnd(): boolean {
    return this.#interface !== undefined;
  }

  /** What comes next. */
  get unfinished(): string {
    return this.#interface ? `packet ${this.#packets}` : "the file header";
  }

  #header(): CaptureInterface | undefined {
    const buffer = this.#buffer;
    if (!buffer.has(FILE_HEADER)) return undefined;
    buffer.littleEndian = [MICROSECONDS, NANOSECONDS].includes(buffer.u32(0));
    const resolution = buffer.u32(0) === NANOSECONDS ? 1e9 : 1e6;
    const [major, minor] = [buffer.u16(4), buffer.u16(6)];
    if (major !== 2) throw buffer.error(`pcap version ${major}.${minor} is not read`);
    // above are the bytes of the frame check sequence
    const linkType = buffer.u32(20) & 0xffff;
    if (!firstLayer(linkType)) {
      throw buffer.error(`link type ${linkTypeName(linkType)} is not read`, buffer.offset + 20);
    }
    const found = { index: 0, linkType, snapLength: buffer.u32(16), resolution };
    buffer.take(FILE_HEADER);
    return found;
  }

  /** Reads the next packet; false until more bytes come. */
  advance(): boolean {
    const on = this.#interface ??= this.#header();
    const buffer = this.#buffer;
    if (!on || !buffer.has(RECORD_HEADER)) return false;
    const [captured, length] = [buffer.u32(8), buffer.u32(12)];
    if (captured > PACKET_MAX) {
      throw buffer.error(`packet ${this.#packets} of ${captured} bytes, ${PACKET_MAX} at most`);
    }
    if (!buffer.has(RECORD_HEADER + captured)) return false;
    const fraction = buffer.u32(4);
    const carry = Math.floor(fraction / on.resolution);
    const record = this.record;
    record.seconds = buffer.u32(0) + carry;
    record.nanoseconds = (fraction - carry * on.resolution) * (1e9 / on.resolution);
    record.at = buffer.at + RECORD_HEADER;
    record.captured = captured;
    record.length = Math.max(length, captured);
    record.on = on;
    buffer.take(RECORD_HEADER + captured);
    this.#packets++;
    return true;
  }
}

/** @internal The header of a pcap file. */
export function pcapHeader(linkType: number, snapLength: number, resolution: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(FILE_HEADER));
  view.setUint32(0, resolution === 1e9 ? NANOSECONDS : MICROSECONDS, true);
  view.setUint16(4, 2, true);
  view.setUint16(6, 4, true);
  view.setUint32(16, snapLength, true);
  view.setUint32(20, linkType, true);
  return new Uint8Array(view.buffer);
}

/** @internal Bytes of a packet's record. */
export function pcapRecordSize(captured: number): number {
  return RECORD_HEADER + captured;
}

/** @internal Writes a packet's record. */
export function writePcapRecord(
  view: DataView,
  at: number,
  data: Uint8Array,
  length: number,
  time: CaptureTime,
  resolution: number,
): void {
  view.setUint32(at, time.seconds, true);
  view.setUint32(at + 4, Math.floor(time.nanoseconds / (1e9 / resolution)), true);
  view.setUint32(at + 8, data.length, true);
  view.setUint32(at + 12, length, true);
  new Uint8Array(view.buffer, view.byteOffset + at + RECORD_HEADER, data.length).set(data);
}
