/**
 * GRE header: RFC 2784, section 2, with key and sequence number of RFC 2890; `rte_gre.h`.
 *
 * @module
 */

import type { Codec, Given, Layer } from "./layer.ts";
import { put16, put32 } from "./fields.ts";
import { compute } from "./checksum.ts";
import { afterEtherType, nextEtherType } from "./numbers.ts";

/** Fields of a GRE header. */
export interface Gre {
  /** The first 16 bits as they are: flags and version. */
  flags: number;
  /** EtherType of what follows. */
  protocol: number;
  /** Whether there is a checksum. */
  hasChecksum: boolean;
  /** Checksum over header and what it carries, where there is one. */
  checksum?: number | undefined;
  /** The 16 bits behind the checksum. */
  reserved?: number | undefined;
  /** Key, where there is one. */
  key?: number | undefined;
  /** Sequence number, where there is one. */
  sequence?: number | undefined;
}

const CHECKSUM = 0x8000;
const ROUTING = 0x4000;
const KEY = 0x2000;
const SEQUENCE = 0x1000;

/**
 * A GRE header to build: RFC 2784, section 2; RFC 2890. Key and sequence number are there when they
 * are given, a checksum with `hasChecksum: true`. An Ethernet frame follows as EtherType 0x6558.
 */
export function gre(fields: Given<Gre> = {}): Layer<"gre"> {
  return { ...fields, name: "gre" };
}

/** The fields in a packet's bytes, for loops: RFC 2784, section 2. `at` is the first byte of the header. */
// deno-lint-ignore no-namespace -- a builder with the fields beside it: one name for one header
export namespace gre {
  /** Bytes of the header without checksum, key and sequence number. */
  export const SIZE = 4;

  /** The first 16 bits: flags and version. */
  export function flags(view: DataView, at: number): number {
    return view.getUint16(at);
  }

  /** EtherType of what follows: `proto`. */
  export function protocol(view: DataView, at: number): number {
    return view.getUint16(at + 2);
  }

  /** Bytes of the header, with what its flags announce. */
  export function headerSize(view: DataView, at: number): number {
    const flags = view.getUint16(at);
    return 4 + ((flags & CHECKSUM) >>> 13) + ((flags & KEY) >>> 11) + ((flags & SEQUENCE) >>> 10);
  }
}

function hasChecksum({ hasChecksum, checksum, flags = 0 }: Given<Gre>): boolean {
  return hasChecksum ?? (checksum !== undefined || (flags & CHECKSUM) !== 0);
}

/** @internal */
export const greCodec: Codec<"gre"> = {
  minimum: 4,
  size(layer) {
    const { key, sequence } = layer;
    return 4 + (hasChecksum(layer) ? 4 : 0) + (key === undefined ? 0 : 4) +
      (sequence === undefined ? 0 : 4);
  },
  write(layer, place) {
    const { view, at } = place;
    const { key, sequence } = layer;
    const flags = (hasChecksum(layer) ? CHECKSUM : 0) | (key === undefined ? 0 : KEY) |
      (sequence === undefined ? 0 : SEQUENCE);
    put16(view, at, "gre flags", layer.flags ?? flags);
    put16(view, at + 2, "gre protocol", layer.protocol ?? nextEtherType(place));
    let to = at + 4;
    if (hasChecksum(layer)) {
      put16(view, to, "gre checksum", layer.checksum ?? 0);
      put16(view, to + 2, "gre reserved", layer.reserved ?? 0);
      to += 4;
    }
    if (key !== undefined) {
      put32(view, to, "gre key", key);
      to += 4;
    }
    if (sequence !== undefined) put32(view, to, "gre sequence", sequence);
  },
  read(view, at, end) {
    const flags = gre.flags(view, at);
    if (flags & 7) return `gre: version ${flags & 7} is not read`;
    if (flags & ROUTING) return "gre: source routes are not read";
    const size = gre.headerSize(view, at);
    if (end - at < size) return `gre: ${end - at} of ${size} bytes`;
    const protocol = gre.protocol(view, at);
    const hasChecksum = (flags & CHECKSUM) !== 0;
    const keyAt = at + (hasChecksum ? 8 : 4);
    return {
      layer: {
        name: "gre",
        offset: at,
        size,
        flags,
        protocol,
        hasChecksum,
        ...(hasChecksum
          ? { checksum: view.getUint16(at + 4), reserved: view.getUint16(at + 6) }
          : {}),
        ...(flags & KEY ? { key: view.getUint32(keyAt) } : {}),
        ...(flags & SEQUENCE ? { sequence: view.getUint32(at + size - 4) } : {}),
      },
      ...afterEtherType("gre", protocol),
    };
  },
  checksum(view, at, end) {
    if ((gre.flags(view, at) & CHECKSUM) === 0 || end - at < 8) return undefined;
    const initial = view.getUint16(at) + view.getUint16(at + 2);
    return { at: at + 4, size: 2, value: compute(view, at + 6, end - at - 6, initial) };
  },
};
