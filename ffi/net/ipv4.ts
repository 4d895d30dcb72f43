/**
 * IPv4 header: RFC 791, section 3.1, with RFC 2474 (DSCP) and RFC 3168 (ECN); `rte_ip4.h`.
 *
 * @module
 */

import type { Codec, Given, Layer } from "./layer.ts";
import { bits, put16, put8, putIpv4 } from "./fields.ts";
import { formatIpv4 } from "./address.ts";
import { compute, fold, sum } from "./checksum.ts";
import { afterProtocol, IP_PROTOCOL, ipProtocols } from "./numbers.ts";
import { type HeaderOption, optionsSize, readOptions, writeOptions } from "./options.ts";

/** Fields of an IPv4 header. */
export interface Ipv4 {
  /** Version, 4. */
  version: number;
  /** Header length in units of 4 bytes: IHL. */
  ihl: number;
  /** Differentiated services code point, 0 to 63. */
  dscp: number;
  /** Explicit congestion notification, 0 to 3. */
  ecn: number;
  /** Bytes of the header and what it carries. */
  totalLength: number;
  /** Identification. */
  id: number;
  /** Three flags: `ipv4.DF`, `ipv4.MF`, and 4 for the reserved one. */
  flags: number;
  /** Where a fragment belongs, in units of 8 bytes. */
  fragmentOffset: number;
  /** Time to live. */
  ttl: number;
  /** Protocol of what follows. */
  protocol: number;
  /** Header checksum. */
  checksum: number;
  /** Source address. */
  src: string;
  /** Destination address. */
  dst: string;
  /** Options; zeros fill them up to a multiple of 4 bytes. */
  options: readonly HeaderOption[];
}

/**
 * An IPv4 header to build: RFC 791, section 3.1. Lengths, protocol and checksum are filled; the time
 * to live is 64, or 1 for IGMP.
 */
export function ipv4(fields: Given<Ipv4> = {}): Layer<"ipv4"> {
  return { ...fields, name: "ipv4" };
}

/**
 * The fields in a packet's bytes, for loops: RFC 791, section 3.1. `at` is the first byte of the
 * header; addresses are numbers of 32 bits, see `parseIpv4`.
 *
 * @example What a router does to each packet
 * ```ts
 * import type { Burst } from "denodpdk";
 * import { ether, ipv4 } from "denodpdk/net";
 *
 * function route(burst: Burst) {
 *   const { view, offsets } = burst;
 *   for (let i = 0; i < burst.count; i++) {
 *     const at = offsets[i]!;
 *     if (ether.type(view, at) === ether.IPV4) ipv4.decrementTtl(view, at + ether.SIZE);
 *   }
 * }
 * ```
 */
// deno-lint-ignore no-namespace -- a builder with the fields beside it: one name for one header
export namespace ipv4 {
  /** Bytes of the header without options. */
  export const SIZE = 20;
  /** Flag "don't fragment": `RTE_IPV4_HDR_DF_FLAG`, in the three bits of the field. */
  export const DF = 2;
  /** Flag "more fragments": `RTE_IPV4_HDR_MF_FLAG`, in the three bits of the field. */
  export const MF = 1;
  /** Protocol of ICMP. */
  export const ICMP: number = IP_PROTOCOL.ICMP;
  /** Protocol of TCP. */
  export const TCP: number = IP_PROTOCOL.TCP;
  /** Protocol of UDP. */
  export const UDP: number = IP_PROTOCOL.UDP;

  /** Version. */
  export function version(view: DataView, at: number): number {
    return view.getUint8(at) >>> 4;
  }

  /** Bytes of the header, with options: `rte_ipv4_hdr_len`. */
  export function headerSize(view: DataView, at: number): number {
    return (view.getUint8(at) & 15) << 2;
  }

  /** DSCP and ECN together: `type_of_service`. */
  export function tos(view: DataView, at: number): number {
    return view.getUint8(at + 1);
  }

  /** Sets DSCP and ECN together. */
  export function setTos(view: DataView, at: number, tos: number): void {
    view.setUint8(at + 1, tos);
  }

  /** Bytes of the header and what it carries: `total_length`. */
  export function totalLength(view: DataView, at: number): number {
    return view.getUint16(at + 2);
  }

  /** Sets the total length. */
  export function setTotalLength(view: DataView, at: number, length: number): void {
    view.setUint16(at + 2, length);
  }

  /** Identification: `packet_id`. */
  export function id(view: DataView, at: number): number {
    return view.getUint16(at + 4);
  }

  /** Sets the identification. */
  export function setId(view: DataView, at: number, id: number): void {
    view.setUint16(at + 4, id);
  }

  /** Flags and fragment offset together: `fragment_offset`. */
  export function fragment(view: DataView, at: number): number {
    return view.getUint16(at + 6);
  }

  /** Whether the packet is a fragment, the first one included: `rte_ipv4_frag_pkt_is_fragmented`. */
  export function isFragment(view: DataView, at: number): boolean {
    return (view.getUint16(at + 6) & 0x3fff) !== 0;
  }

  /** Time to live: `time_to_live`. */
  export function ttl(view: DataView, at: number): number {
    return view.getUint8(at + 8);
  }

  /** Sets the time to live; the checksum stays. */
  export function setTtl(view: DataView, at: number, ttl: number): void {
    view.setUint8(at + 8, ttl);
  }

  /**
   * Lowers the time to live by one and the checksum with it (RFC 1141, where 0xffff is 0 as in RFC
   * 1624); the caller saw that it is not 0.
   */
  export function decrementTtl(view: DataView, at: number): void {
    // time to live, protocol and checksum, in one load and one store
    const word = view.getInt32(at + 8);
    const checksum = (word & 0xffff) + 0x100;
    const carried = checksum + (checksum + 1 >>> 16);
    view.setInt32(at + 8, (word & ~0xffff) - 0x100_0000 | carried & 0xffff);
  }

  /** Protocol of what follows: `next_proto_id`. */
  export function protocol(view: DataView, at: number): number {
    return view.getUint8(at + 9);
  }

  /** Sets the protocol; the checksum stays. */
  export function setProtocol(view: DataView, at: number, protocol: number): void {
    view.setUint8(at + 9, protocol);
  }

  /** Header checksum: `hdr_checksum`. */
  export function checksum(view: DataView, at: number): number {
    return view.getUint16(at + 10);
  }

  /** Sets the header checksum. */
  export function setChecksum(view: DataView, at: number, checksum: number): void {
    view.setUint16(at + 10, checksum);
  }

  /** Computes the header checksum and stores it: `rte_ipv4_cksum`. */
  export function fillChecksum(view: DataView, at: number): void {
    // without the checksum that is there
    const words = sum(view, at, headerSize(view, at)) - view.getUint16(at + 10);
    view.setUint16(at + 10, ~fold(words));
  }

  /** Whether the header checksum is right. */
  export function checksumIsRight(view: DataView, at: number): boolean {
    return fold(sum(view, at, headerSize(view, at))) === 0xffff;
  }

  /** Source address: `src_addr`. */
  export function src(view: DataView, at: number): number {
    return view.getUint32(at + 12);
  }

  /** Sets the source address; the checksum stays. */
  export function setSrc(view: DataView, at: number, address: number): void {
    view.setUint32(at + 12, address);
  }

  /** Destination address: `dst_addr`. */
  export function dst(view: DataView, at: number): number {
    return view.getUint32(at + 16);
  }

  /** Sets the destination address; the checksum stays. */
  export function setDst(view: DataView, at: number, address: number): void {
    view.setUint32(at + 16, address);
  }
}

/** @internal */
export const ipv4Codec: Codec<"ipv4"> = {
  minimum: 20,
  size: ({ options }) => 20 + optionsSize(options),
  write(layer, { view, at, body, end, next }) {
    const version = bits("ipv4 version", layer.version ?? 4, 4);
    const ihl = bits("ipv4 header length in 4 bytes", layer.ihl ?? (body - at) / 4, 4);
    view.setUint8(at, (version << 4) | ihl);
    const dscp = bits("ipv4 dscp", layer.dscp ?? 0, 6);
    view.setUint8(at + 1, (dscp << 2) | bits("ipv4 ecn", layer.ecn ?? 0, 2));
    put16(view, at + 2, "ipv4 totalLength", layer.totalLength ?? end - at);
    put16(view, at + 4, "ipv4 id", layer.id ?? 0);
    const flags = bits("ipv4 flags", layer.flags ?? 0, 3);
    const offset = bits("ipv4 fragmentOffset", layer.fragmentOffset ?? 0, 13);
    view.setUint16(at + 6, (flags << 13) | offset);
    // IGMP never leaves the link: RFC 2236, section 2
    put8(view, at + 8, "ipv4 ttl", layer.ttl ?? (next?.name === "igmp" ? 1 : 64));
    const protocol = layer.protocol ?? ipProtocols.number(next) ?? IP_PROTOCOL.NONE;
    put8(view, at + 9, "ipv4 protocol", protocol);
    put16(view, at + 10, "ipv4 checksum", layer.checksum ?? 0);
    putIpv4(view, at + 12, layer.src ?? 0);
    putIpv4(view, at + 16, layer.dst ?? 0);
    writeOptions(view, at + 20, "ipv4", layer.options);
  },
  read(view, at, end) {
    const size = ipv4.headerSize(view, at);
    const version = ipv4.version(view, at);
    if (version !== 4) return `ipv4: version ${version}`;
    if (size < 20) return `ipv4: a header of ${size} bytes`;
    if (end - at < size) return `ipv4: ${end - at} of ${size} bytes`;
    const [tos, fragment, totalLength] = [
      ipv4.tos(view, at),
      ipv4.fragment(view, at),
      ipv4.totalLength(view, at),
    ];
    const protocol = ipv4.protocol(view, at);
    const layer = {
      name: "ipv4" as const,
      offset: at,
      size,
      version,
      ihl: size >>> 2,
      dscp: tos >>> 2,
      ecn: tos & 3,
      totalLength,
      id: ipv4.id(view, at),
      flags: fragment >>> 13,
      fragmentOffset: fragment & 0x1fff,
      ttl: ipv4.ttl(view, at),
      protocol,
      checksum: ipv4.checksum(view, at),
      src: formatIpv4(ipv4.src(view, at)),
      dst: formatIpv4(ipv4.dst(view, at)),
      options: readOptions(view, at + 20, at + size),
    };
    if (totalLength < size) return { layer, why: `ipv4: total length ${totalLength}` };
    const bounds = { layer, end: Math.min(end, at + totalLength) };
    if (layer.fragmentOffset > 0) return { ...bounds, why: "ipv4: not the first fragment" };
    return {
      ...bounds,
      ...afterProtocol("ipv4", protocol),
      ...(at + totalLength > end
        ? { short: `ipv4: ${end - at} of ${totalLength} bytes` }
        : undefined),
    };
  },
  checksum(view, at, end) {
    const initial = sum(view, at, 10);
    // a header length that is wrong on purpose may lead out of the packet
    const size = Math.min(ipv4.headerSize(view, at), end - at);
    return { at: at + 10, size: 2, value: compute(view, at + 12, Math.max(0, size - 12), initial) };
  },
};
