/**
 * Geneve header: RFC 8926, section 3.4, options 3.5; `rte_geneve.h`.
 *
 * @module
 */

import type { Codec, Given, Layer } from "./layer.ts";
import { bits, copyBytes, get24, put16, put24, put8, putBytes } from "./fields.ts";
import { afterEtherType, nextEtherType } from "./numbers.ts";

/** An option of a Geneve header: RFC 8926, section 3.5. */
export interface GeneveOption {
  /** Option class. */
  class: number;
  /** Type; its highest bit says that the option is critical. */
  type: number;
  /** Three reserved bits; 0 where left out. */
  reserved?: number | undefined;
  /** Data, a multiple of 4 bytes; none where left out. */
  data?: Uint8Array | undefined;
}

/** Fields of a Geneve header. */
export interface Geneve {
  /** Version, 0. */
  version: number;
  /** Bytes of all options in units of 4. */
  optionsLength: number;
  /** The byte of flags: 0x80 control packet, 0x40 critical options. */
  flags: number;
  /** EtherType of what follows. */
  protocol: number;
  /** Virtual network identifier, 24 bits. */
  vni: number;
  /** The last byte of the fixed header. */
  reserved: number;
  /** Options. */
  options: readonly GeneveOption[];
}

/** A Geneve header to build: RFC 8926, section 3.4. Lengths and protocol are filled. */
export function geneve(fields: Given<Geneve> = {}): Layer<"geneve"> {
  return { ...fields, name: "geneve" };
}

/**
 * The fields in a packet's bytes, for loops: RFC 8926, section 3.4. `at` is the first byte of the
 * header.
 */
// deno-lint-ignore no-namespace -- a builder with the fields beside it: one name for one header
export namespace geneve {
  /** Bytes of the header without options. */
  export const SIZE = 8;
  /** UDP destination port: `RTE_GENEVE_DEFAULT_PORT`. */
  export const PORT = 6081;

  /** Bytes of the header, with options. */
  export function headerSize(view: DataView, at: number): number {
    return 8 + ((view.getUint8(at) & 0x3f) << 2);
  }

  /** EtherType of what follows: `proto`. */
  export function protocol(view: DataView, at: number): number {
    return view.getUint16(at + 2);
  }

  /** Virtual network identifier: `vni`. */
  export function vni(view: DataView, at: number): number {
    return view.getUint32(at + 4) >>> 8;
  }
}

const dataSize = ({ data }: GeneveOption) => data?.length ?? 0;

/** Reads options; undefined when they do not end where the header does. */
function readGeneveOptions(view: DataView, at: number, end: number): GeneveOption[] | undefined {
  const options: GeneveOption[] = [];
  while (at < end) {
    const byte = view.getUint8(at + 3);
    const behind = at + 4 + 4 * (byte & 0x1f);
    if (behind > end) return undefined;
    options.push({
      class: view.getUint16(at),
      type: view.getUint8(at + 2),
      ...(byte >>> 5 ? { reserved: byte >>> 5 } : {}),
      ...(behind > at + 4 ? { data: copyBytes(view, at + 4, behind) } : {}),
    });
    at = behind;
  }
  return options;
}

/** @internal */
export const geneveCodec: Codec<"geneve"> = {
  minimum: 8,
  size: ({ options = [] }) => options.reduce((size, option) => size + 4 + dataSize(option), 8),
  write(layer, place) {
    const { view, at, body } = place;
    const version = bits("geneve version", layer.version ?? 0, 2);
    const length = layer.optionsLength ?? (body - at - 8) / 4;
    view.setUint8(at, (version << 6) | bits("geneve options in 4 bytes", length, 6));
    put8(view, at + 1, "geneve flags", layer.flags ?? 0);
    put16(view, at + 2, "geneve protocol", layer.protocol ?? nextEtherType(place));
    put24(view, at + 4, "geneve vni", layer.vni ?? 0);
    put8(view, at + 7, "geneve reserved", layer.reserved ?? 0);
    let to = at + 8;
    for (const option of layer.options ?? []) {
      const words = bits("geneve option data in 4 bytes", dataSize(option) / 4, 5);
      put16(view, to, "geneve option class", option.class);
      put8(view, to + 2, "geneve option type", option.type);
      const reserved = bits("geneve option reserved", option.reserved ?? 0, 3);
      view.setUint8(to + 3, (reserved << 5) | words);
      if (option.data) putBytes(view, to + 4, option.data);
      to += 4 + dataSize(option);
    }
  },
  read(view, at, end) {
    const version = view.getUint8(at) >>> 6;
    const size = geneve.headerSize(view, at);
    if (version !== 0) return `geneve: version ${version}`;
    if (end - at < size) return `geneve: ${end - at} of ${size} bytes`;
    const options = readGeneveOptions(view, at + 8, at + size);
    if (!options) return "geneve: an option leaves the header";
    const protocol = geneve.protocol(view, at);
    return {
      layer: {
        name: "geneve",
        offset: at,
        size,
        version,
        optionsLength: (size - 8) >>> 2,
        flags: view.getUint8(at + 1),
        protocol,
        vni: get24(view, at + 4),
        reserved: view.getUint8(at + 7),
        options,
      },
      ...afterEtherType("geneve", protocol),
    };
  },
};
