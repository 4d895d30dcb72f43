/**
 * Probes: the last 16 bytes of a packet say of which stream it is, which of its packets, and when it
 * was sent.
 *
 * ```text
 * 0        2        4                 8                                  16
 * | 0x9d0b | stream | number, 32 bits | time stamp counter, 64 bits      |
 * ```
 *
 * All of them are big endian.
 *
 * @module
 */

import { viewOf } from "../net/source.ts";
import { walk } from "../net/walk.ts";
import type { FlowWord } from "./template.ts";

/** Bytes of a probe. */
export const PROBE_BYTES = 16;

/** What a probe begins with. */
const MAGIC = 0x9d0b;

/**
 * @internal The words of a probe, in a flow's loop.
 *
 * @throws {RangeError} when the stream is no number of 16 bits.
 */
export function probeWords(stream: number | undefined): FlowWord[] {
  if (stream === undefined) return [];
  if (!Number.isInteger(stream) || stream < 0 || stream > 0xffff) {
    throw new RangeError(`flow: expected a stream from 0 to 65535, got ${stream}`);
  }
  const words = [String((MAGIC << 16) | stream), "n", "high", "low"];
  return words.map((expression, i) => ({
    at: 4 * i - PROBE_BYTES,
    size: 4,
    fields: [],
    expression,
  }));
}

/**
 * @internal
 *
 * @throws {RangeError} when a packet has no room for a probe behind its headers.
 */
export function checkProbeRoom(bytes: Uint8Array): void {
  const { steps } = walk(viewOf(bytes), "ether");
  const last = steps.at(-1);
  const room = last?.layer.name === "payload" ? last.end - last.layer.offset : 0;
  if (room >= PROBE_BYTES && last?.end === bytes.length) return;
  throw new RangeError(
    `flow: frames of ${
      bytes.length + 4
    } bytes have no room for the ${PROBE_BYTES} bytes of a probe`,
  );
}

/** @internal Whether the packet that ends at a place is a probe. */
export function isProbe(view: DataView, end: number): boolean {
  return view.getUint16(end - PROBE_BYTES) === MAGIC;
}

/** @internal The stream of a probe. */
export function streamOf(view: DataView, end: number): number {
  return view.getUint16(end - PROBE_BYTES + 2);
}

/** @internal The number of a probe, as a signed integer of 32 bits: a larger one is an object. */
export function numberOf(view: DataView, end: number): number {
  return view.getInt32(end - PROBE_BYTES + 4);
}

/**
 * @internal How long ago a probe was sent, in cycles: the time itself is an object, where V8 does not
 * put this function into its caller.
 */
export function delayOf(view: DataView, end: number, now: number): number {
  return now - (view.getUint32(end - 8) * 0x1_0000_0000 + view.getUint32(end - 4));
}
