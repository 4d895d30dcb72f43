/**
 * Blocks of a pcapng file to be written: draft-ietf-opsawg-pcapng, section 4.
 *
 * @module
 */

import type { CaptureTime } from "./captured.ts";
import { BLOCK, BYTE_ORDER, OPTION, padded } from "./pcapng_blocks.ts";

/** @internal An option: its code, and text or bytes. */
export type BlockOption = readonly [code: number, value: string | Uint8Array | undefined];

function optionBytes(options: readonly BlockOption[]): Uint8Array {
  const given = options.flatMap(([code, value]) => {
    if (value === undefined) return [];
    const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
    // the length has 16 bits
    return [{ code, bytes: bytes.subarray(0, 0xffff) }];
  });
  if (given.length === 0) return new Uint8Array(0);
  const size = given.reduce((sum, { bytes }) => sum + 4 + padded(bytes.length), 4);
  const all = new Uint8Array(size);
  const view = new DataView(all.buffer);
  let at = 0;
  for (const { code, bytes } of given) {
    view.setUint16(at, code, true);
    view.setUint16(at + 2, bytes.length, true);
    all.set(bytes, at + 4);
    at += 4 + padded(bytes.length);
  }
  return all;
}

/** A block of a type with a body and options. */
function block(type: number, body: Uint8Array, options: readonly BlockOption[]): Uint8Array {
  const tail = optionBytes(options);
  const total = 12 + padded(body.length) + tail.length;
  const bytes = new Uint8Array(total);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, total, true);
  bytes.set(body, 8);
  bytes.set(tail, 8 + padded(body.length));
  view.setUint32(total - 4, total, true);
  return bytes;
}

function body(size: number, fill: (view: DataView) => void): Uint8Array {
  const view = new DataView(new ArrayBuffer(size));
  fill(view);
  return new Uint8Array(view.buffer);
}

/** @internal Begins a section of a length that is not told. */
export function sectionBlock(options: readonly BlockOption[]): Uint8Array {
  const fixed = body(16, (view) => {
    view.setUint32(0, BYTE_ORDER, true);
    view.setUint16(4, 1, true);
    view.setBigInt64(8, -1n, true);
  });
  return block(BLOCK.section, fixed, options);
}

/** @internal Describes an interface. */
export function interfaceBlock(
  linkType: number,
  snapLength: number,
  options: readonly BlockOption[],
): Uint8Array {
  const fixed = body(8, (view) => {
    view.setUint16(0, linkType, true);
    view.setUint32(4, snapLength, true);
  });
  return block(BLOCK.interface, fixed, options);
}

/** A time stamp in nanoseconds or microseconds as two words, the high one first. */
function putTime(view: DataView, at: number, time: CaptureTime, resolution: number): void {
  const fraction = Math.floor(time.nanoseconds / (1e9 / resolution));
  // products below 2^53: a second has 10^9 units, and each half of the seconds 16 bits
  const low = (time.seconds % 0x1_0000) * resolution + fraction;
  const high = Math.floor(time.seconds / 0x1_0000) * resolution + Math.floor(low / 0x1_0000);
  view.setUint32(at, Math.floor(high / 0x1_0000), true);
  view.setUint32(at + 4, (high % 0x1_0000) * 0x1_0000 + (low % 0x1_0000), true);
}

/** @internal Bytes of a packet's block without options. */
export function packetBlockSize(captured: number): number {
  return 32 + padded(captured);
}

/** @internal Writes a packet's block without options into zeroed bytes. */
export function writePacketBlock(
  view: DataView,
  at: number,
  data: Uint8Array,
  length: number,
  time: CaptureTime,
  resolution: number,
  on: number,
): void {
  const total = packetBlockSize(data.length);
  view.setUint32(at, BLOCK.enhancedPacket, true);
  view.setUint32(at + 4, total, true);
  view.setUint32(at + 8, on, true);
  putTime(view, at + 12, time, resolution);
  view.setUint32(at + 20, data.length, true);
  view.setUint32(at + 24, length, true);
  const room = new Uint8Array(view.buffer, view.byteOffset + at + 28, padded(data.length));
  room.set(data);
  room.fill(0, data.length);
  view.setUint32(at + total - 4, total, true);
}

/** @internal A packet's block with a comment. */
export function commentedBlock(packetBlock: Uint8Array, comment: string): Uint8Array {
  return block(BLOCK.enhancedPacket, packetBlock.subarray(8, -4), [[OPTION.comment, comment]]);
}

function long(value: number): Uint8Array {
  return body(8, (view) => view.setBigUint64(0, BigInt(value), true));
}

/** @internal Tells what was counted on an interface. */
export function statisticsBlock(
  on: number,
  resolution: number,
  first: CaptureTime | undefined,
  last: CaptureTime,
  received: number,
  dropped: number,
): Uint8Array {
  const stamp = (time: CaptureTime) => body(8, (view) => putTime(view, 0, time, resolution));
  const fixed = body(12, (view) => {
    view.setUint32(0, on, true);
    putTime(view, 4, last, resolution);
  });
  return block(BLOCK.statistics, fixed, [
    [OPTION.startTime, first && stamp(first)],
    [OPTION.endTime, first && stamp(last)],
    [OPTION.received, long(received)],
    [OPTION.dropped, long(dropped)],
  ]);
}
