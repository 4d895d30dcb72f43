/**
 * UDP header: RFC 768; `rte_udp.h`.
 *
 * @module
 */

import type { Codec, Given, Layer } from "./layer.ts";
import { put16 } from "./fields.ts";
import { udpPorts } from "./numbers.ts";
import { transportChecksum } from "./transport.ts";

/** Fields of a UDP header. */
export interface Udp {
  /** Source port. */
  srcPort: number;
  /** Destination port. */
  dstPort: number;
  /** Bytes of the header and what it carries. */
  datagramLength: number;
  /** Checksum over a pseudo header, the header and what it carries; 0 means that there is none. */
  checksum: number;
}

/**
 * A UDP header to build: RFC 768. Length and checksum are filled, and the destination port where
 * VXLAN, Geneve or GTP-U follows: the tunnel's own.
 */
export function udp(fields: Given<Udp> = {}): Layer<"udp"> {
  return { ...fields, name: "udp" };
}

/** The fields in a packet's bytes, for loops: RFC 768. `at` is the first byte of the header. */
// deno-lint-ignore no-namespace -- a builder with the fields beside it: one name for one header
export namespace udp {
  /** Bytes of the header. */
  export const SIZE = 8;

  /** Source port: `src_port`. */
  export function srcPort(view: DataView, at: number): number {
    return view.getUint16(at);
  }

  /** Sets the source port; the checksum stays. */
  export function setSrcPort(view: DataView, at: number, port: number): void {
    view.setUint16(at, port);
  }

  /** Destination port: `dst_port`. */
  export function dstPort(view: DataView, at: number): number {
    return view.getUint16(at + 2);
  }

  /** Sets the destination port; the checksum stays. */
  export function setDstPort(view: DataView, at: number, port: number): void {
    view.setUint16(at + 2, port);
  }

  /** Bytes of the header and what it carries: `dgram_len`. */
  export function datagramLength(view: DataView, at: number): number {
    return view.getUint16(at + 4);
  }

  /** Sets the length. */
  export function setDatagramLength(view: DataView, at: number, length: number): void {
    view.setUint16(at + 4, length);
  }

  /** Checksum: `dgram_cksum`. */
  export function checksum(view: DataView, at: number): number {
    return view.getUint16(at + 6);
  }

  /** Sets the checksum; 0 is none. */
  export function setChecksum(view: DataView, at: number, checksum: number): void {
    view.setUint16(at + 6, checksum);
  }
}

/** @internal */
export const udpCodec: Codec<"udp"> = {
  minimum: 8,
  size: () => 8,
  write(layer, { view, at, end, next }) {
    put16(view, at, "udp srcPort", layer.srcPort ?? 0);
    put16(view, at + 2, "udp dstPort", layer.dstPort ?? udpPorts.number(next) ?? 0);
    put16(view, at + 4, "udp datagramLength", layer.datagramLength ?? end - at);
    put16(view, at + 6, "udp checksum", layer.checksum ?? 0);
  },
  read(view, at, end) {
    const datagramLength = udp.datagramLength(view, at);
    const layer = {
      name: "udp" as const,
      offset: at,
      size: 8,
      srcPort: udp.srcPort(view, at),
      dstPort: udp.dstPort(view, at),
      datagramLength,
      checksum: udp.checksum(view, at),
    };
    if (datagramLength < 8) return { layer, why: `udp: length ${datagramLength}` };
    const next = udpPorts.layer(layer.dstPort);
    if (at + datagramLength <= end) return { layer, next, end: at + datagramLength };
    return { layer, next, short: `udp: ${end - at} of ${datagramLength} bytes` };
  },
  checksum(view, at, end, under) {
    const value = transportChecksum(view, at, end, 6, 17, under);
    // zero says that there is none
    return value === undefined ? undefined : { at: at + 6, size: 2, value: value || 0xffff };
  },
};
