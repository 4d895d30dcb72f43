/**
 * IPv6 header: RFC 8200, section 3; `rte_ip6.h`. Its extension headers: `ipv6_extension.ts`.
 *
 * @module
 */

import type { Codec, Given, Layer } from "./layer.ts";
import { bits, copyBytes, put16, put8, putIpv6 } from "./fields.ts";
import { formatIpv6 } from "./address.ts";
import type { Ipv6Fragment, Ipv6Options, Ipv6Routing } from "./ipv6_extension.ts";
import { afterProtocol, IP_PROTOCOL, ipProtocols } from "./numbers.ts";

/** Fields of an IPv6 header. */
export interface Ipv6 {
  /** Version, 6. */
  version: number;
  /** Traffic class: DSCP and ECN. */
  trafficClass: number;
  /** Flow label, 20 bits. */
  flowLabel: number;
  /** Bytes behind the header, extensions included. */
  payloadLength: number;
  /** Protocol of what follows: the next header. */
  nextHeader: number;
  /** Hop limit. */
  hopLimit: number;
  /** Source address. */
  src: string;
  /** Destination address. */
  dst: string;
}

const UNSPECIFIED = new Uint8Array(16);

/**
 * An IPv6 header to build: RFC 8200, section 3. Length and next header are filled; the hop limit is
 * 64, or 255 for neighbour discovery.
 */
export function ipv6(fields: Given<Ipv6> = {}): Layer<"ipv6"> {
  return { ...fields, name: "ipv6" };
}

/**
 * The fields in a packet's bytes, for loops: RFC 8200, section 3. `at` is the first byte of the
 * header; an address is four words of 32 bits, the first word is number 0.
 */
// deno-lint-ignore no-namespace -- a builder with the fields beside it: one name for one header
export namespace ipv6 {
  /** Bytes of the header. */
  export const SIZE = 40;

  /** Hop-by-hop options to build: RFC 8200, section 4.3. */
  export function hopByHop(fields: Given<Ipv6Options> = {}): Layer<"hopByHop"> {
    return { ...fields, name: "hopByHop" };
  }

  /** Destination options to build: RFC 8200, section 4.6. */
  export function destination(fields: Given<Ipv6Options> = {}): Layer<"destination"> {
    return { ...fields, name: "destination" };
  }

  /** A routing header to build: RFC 8200, section 4.4; segment routing (RFC 8754) without a type. */
  export function routing(fields: Given<Ipv6Routing> = {}): Layer<"routing"> {
    return { ...fields, name: "routing" };
  }

  /** A fragment header to build: RFC 8200, section 4.5. */
  export function fragment(fields: Given<Ipv6Fragment> = {}): Layer<"fragment"> {
    return { ...fields, name: "fragment" };
  }

  /** Version. */
  export function version(view: DataView, at: number): number {
    return view.getUint8(at) >>> 4;
  }

  /** Traffic class. */
  export function trafficClass(view: DataView, at: number): number {
    return (view.getUint16(at) >>> 4) & 0xff;
  }

  /** Flow label. */
  export function flowLabel(view: DataView, at: number): number {
    return view.getUint32(at) & 0xf_ffff;
  }

  /** Sets the flow label. */
  export function setFlowLabel(view: DataView, at: number, label: number): void {
    view.setUint32(at, (view.getUint32(at) & 0xfff0_0000) | (label & 0xf_ffff));
  }

  /** Bytes behind the header: `payload_len`. */
  export function payloadLength(view: DataView, at: number): number {
    return view.getUint16(at + 4);
  }

  /** Sets the payload's length. */
  export function setPayloadLength(view: DataView, at: number, length: number): void {
    view.setUint16(at + 4, length);
  }

  /** Protocol of what follows: `proto`. */
  export function nextHeader(view: DataView, at: number): number {
    return view.getUint8(at + 6);
  }

  /** Sets the protocol of what follows. */
  export function setNextHeader(view: DataView, at: number, protocol: number): void {
    view.setUint8(at + 6, protocol);
  }

  /** Hop limit: `hop_limits`. */
  export function hopLimit(view: DataView, at: number): number {
    return view.getUint8(at + 7);
  }

  /** Sets the hop limit; nothing sums it. */
  export function setHopLimit(view: DataView, at: number, limit: number): void {
    view.setUint8(at + 7, limit);
  }

  /** Word `word`, 0 to 3, of the source address: `src_addr`. */
  export function srcWord(view: DataView, at: number, word: number): number {
    return view.getUint32(at + 8 + 4 * word);
  }

  /** Sets a word of the source address; checksums behind the header stay. */
  export function setSrcWord(view: DataView, at: number, word: number, value: number): void {
    view.setUint32(at + 8 + 4 * word, value);
  }

  /** Word `word`, 0 to 3, of the destination address: `dst_addr`. */
  export function dstWord(view: DataView, at: number, word: number): number {
    return view.getUint32(at + 24 + 4 * word);
  }

  /** Sets a word of the destination address; checksums behind the header stay. */
  export function setDstWord(view: DataView, at: number, word: number, value: number): void {
    view.setUint32(at + 24 + 4 * word, value);
  }

  /** Source address as text, for scripts. */
  export function src(view: DataView, at: number): string {
    return formatIpv6(copyBytes(view, at + 8, at + 24));
  }

  /** Destination address as text, for scripts. */
  export function dst(view: DataView, at: number): string {
    return formatIpv6(copyBytes(view, at + 24, at + 40));
  }
}

/** Neighbour discovery counts only where no router was between: RFC 4861, section 3.1. */
function usualHopLimit(next: Layer | undefined): number {
  const type = next?.name === "icmp6" ? next.type ?? 0 : 0;
  return type >= 133 && type <= 137 ? 255 : 64;
}

/** @internal */
export const ipv6Codec: Codec<"ipv6"> = {
  minimum: 40,
  size: () => 40,
  write(layer, { view, at, body, end, next }) {
    const version = bits("ipv6 version", layer.version ?? 6, 4);
    const trafficClass = bits("ipv6 trafficClass", layer.trafficClass ?? 0, 8);
    const label = bits("ipv6 flowLabel", layer.flowLabel ?? 0, 20);
    view.setUint32(at, (version << 28) | (trafficClass << 20) | label);
    put16(view, at + 4, "ipv6 payloadLength", layer.payloadLength ?? end - body);
    const protocol = layer.nextHeader ?? ipProtocols.number(next) ?? IP_PROTOCOL.NONE;
    put8(view, at + 6, "ipv6 nextHeader", protocol);
    put8(view, at + 7, "ipv6 hopLimit", layer.hopLimit ?? usualHopLimit(next));
    putIpv6(view, at + 8, layer.src ?? UNSPECIFIED);
    putIpv6(view, at + 24, layer.dst ?? UNSPECIFIED);
  },
  read(view, at, end) {
    const version = ipv6.version(view, at);
    if (version !== 6) return `ipv6: version ${version}`;
    const payloadLength = ipv6.payloadLength(view, at);
    const nextHeader = ipv6.nextHeader(view, at);
    const layer = {
      name: "ipv6" as const,
      offset: at,
      size: 40,
      version,
      trafficClass: ipv6.trafficClass(view, at),
      flowLabel: ipv6.flowLabel(view, at),
      payloadLength,
      nextHeader,
      hopLimit: ipv6.hopLimit(view, at),
      src: ipv6.src(view, at),
      dst: ipv6.dst(view, at),
    };
    const behind = at + 40 + payloadLength;
    const after = afterProtocol("ipv6", nextHeader);
    if (behind <= end) return { layer, ...after, end: behind };
    return { layer, ...after, short: `ipv6: ${end - at - 40} of ${payloadLength} bytes` };
  },
};
