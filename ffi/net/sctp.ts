/**
 * SCTP common header: RFC 9260, section 3.1; its chunks are payload; `rte_sctp.h`.
 *
 * @module
 */

import type { Codec, Given, Layer } from "./layer.ts";
import { put16, put32 } from "./fields.ts";
import { crc32c } from "./checksum.ts";

/** Fields of an SCTP common header. */
export interface Sctp {
  /** Source port. */
  srcPort: number;
  /** Destination port. */
  dstPort: number;
  /** Verification tag. */
  tag: number;
  /** CRC-32C over the whole packet; little endian in the packet, unlike all other fields. */
  checksum: number;
}

/** An SCTP common header to build: RFC 9260, section 3.1. The CRC-32C is filled; chunks follow as payload. */
export function sctp(fields: Given<Sctp> = {}): Layer<"sctp"> {
  return { ...fields, name: "sctp" };
}

/**
 * The fields in a packet's bytes, for loops: RFC 9260, section 3.1. `at` is the first byte of the
 * header.
 */
// deno-lint-ignore no-namespace -- a builder with the fields beside it: one name for one header
export namespace sctp {
  /** Bytes of the header. */
  export const SIZE = 12;

  /** Source port: `src_port`. */
  export function srcPort(view: DataView, at: number): number {
    return view.getUint16(at);
  }

  /** Destination port: `dst_port`. */
  export function dstPort(view: DataView, at: number): number {
    return view.getUint16(at + 2);
  }

  /** Verification tag: `tag`. */
  export function tag(view: DataView, at: number): number {
    return view.getUint32(at + 4);
  }

  /** CRC-32C: `cksum`. */
  export function checksum(view: DataView, at: number): number {
    return view.getUint32(at + 8, true);
  }
}

const ZEROS = new DataView(new ArrayBuffer(4));

/** @internal */
export const sctpCodec: Codec<"sctp"> = {
  minimum: 12,
  size: () => 12,
  write(layer, { view, at }) {
    put16(view, at, "sctp srcPort", layer.srcPort ?? 0);
    put16(view, at + 2, "sctp dstPort", layer.dstPort ?? 0);
    put32(view, at + 4, "sctp tag", layer.tag ?? 0);
    put32(view, at + 8, "sctp checksum", layer.checksum ?? 0);
    view.setUint32(at + 8, layer.checksum ?? 0, true);
  },
  read: (view, at) => ({
    layer: {
      name: "sctp",
      offset: at,
      size: 12,
      srcPort: sctp.srcPort(view, at),
      dstPort: sctp.dstPort(view, at),
      tag: sctp.tag(view, at),
      checksum: sctp.checksum(view, at),
    },
  }),
  checksum(view, at, end, under) {
    if (under?.fragment) return undefined;
    const before = crc32c(ZEROS, 0, 4, crc32c(view, at, 8));
    return { at: at + 8, size: 4, value: crc32c(view, at + 12, end - at - 12, before) };
  },
};
