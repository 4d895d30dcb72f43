/**
 * ICMPv6 message: RFC 4443; neighbour discovery: RFC 4861, section 4.
 *
 * @module
 */

import type { Codec, Given, Layer } from "./layer.ts";
import { copyBytes, put16, put32, put8, putBytes, putIpv6, putMac } from "./fields.ts";
import { formatIpv6 } from "./address.ts";
import { transportChecksum } from "./transport.ts";

/** An option of neighbour discovery: RFC 4861, section 4.6. */
export interface NeighbourOption {
  /** Type: 1 source link-layer address, 2 target link-layer address, 3 prefix, 5 MTU. */
  type: number;
  /** Bytes behind type and length: 6 and then 8 more each time. */
  data: Uint8Array;
  /** Length as it is written, in units of 8 bytes; the true one where left out. */
  length?: number | undefined;
}

/** Fields of an ICMPv6 message; what is not part of its type is undefined. */
export interface Icmp6 {
  /** Type: `icmp6.ECHO_REQUEST`. */
  type: number;
  /** Code. */
  code: number;
  /** Checksum over a pseudo header and the whole message. */
  checksum: number;
  /**
   * The second 4 bytes as they are: flags of a neighbour advertisement, limits of a router's. Those
   * of the fields below are written over them.
   */
  word: number;
  /** Identifier, of echoes. */
  id?: number | undefined;
  /** Sequence number, of echoes. */
  sequence?: number | undefined;
  /** MTU of the next hop, of "packet too big". */
  mtu?: number | undefined;
  /** Byte that is wrong, of parameter problems. */
  pointer?: number | undefined;
  /** Reachable time in milliseconds, of router advertisements. */
  reachableTime?: number | undefined;
  /** Milliseconds between solicitations, of router advertisements. */
  retransTimer?: number | undefined;
  /** Address asked for or told, of neighbour solicitations, advertisements and redirects. */
  target?: string | undefined;
  /** Address that is redirected, of redirects. */
  destination?: string | undefined;
  /** Options, of neighbour discovery. */
  options?: readonly NeighbourOption[] | undefined;
}

/**
 * An ICMPv6 message to build: RFC 4443; neighbour discovery: RFC 4861. The checksum is filled;
 * without a type it is an echo request. What an error quotes follows as payload.
 */
export function icmp6(fields: Given<Icmp6> = {}): Layer<"icmp6"> {
  return { ...fields, name: "icmp6" };
}

/** The fields in a packet's bytes, for loops: RFC 4443. `at` is the first byte of the message. */
// deno-lint-ignore no-namespace -- a builder with the fields beside it: one name for one header
export namespace icmp6 {
  /** Type: destination unreachable. */
  export const UNREACHABLE = 1;
  /** Type: packet too big. */
  export const PACKET_TOO_BIG = 2;
  /** Type: time exceeded. */
  export const TIME_EXCEEDED = 3;
  /** Type: parameter problem. */
  export const PARAMETER_PROBLEM = 4;
  /** Type: echo request. */
  export const ECHO_REQUEST = 128;
  /** Type: echo reply. */
  export const ECHO_REPLY = 129;
  /** Type: router solicitation. */
  export const ROUTER_SOLICITATION = 133;
  /** Type: router advertisement. */
  export const ROUTER_ADVERTISEMENT = 134;
  /** Type: neighbour solicitation. */
  export const NEIGHBOUR_SOLICITATION = 135;
  /** Type: neighbour advertisement. */
  export const NEIGHBOUR_ADVERTISEMENT = 136;
  /** Type: redirect. */
  export const REDIRECT = 137;
  /** Flag of a neighbour advertisement, in `word`: the sender is a router. */
  export const ROUTER = 0x8000_0000;
  /** Flag of a neighbour advertisement, in `word`: it answers a solicitation. */
  export const SOLICITED = 0x4000_0000;
  /** Flag of a neighbour advertisement, in `word`: override what is cached. */
  export const OVERRIDE = 0x2000_0000;

  /** Option "source link-layer address": RFC 4861, section 4.6.1. */
  export function sourceAddress(mac: string | number | Uint8Array): NeighbourOption {
    return { type: 1, data: macBytes(mac) };
  }

  /** Option "target link-layer address": RFC 4861, section 4.6.1. */
  export function targetAddress(mac: string | number | Uint8Array): NeighbourOption {
    return { type: 2, data: macBytes(mac) };
  }

  /** Type. */
  export function type(view: DataView, at: number): number {
    return view.getUint8(at);
  }

  /** Code. */
  export function code(view: DataView, at: number): number {
    return view.getUint8(at + 1);
  }

  /** Checksum. */
  export function checksum(view: DataView, at: number): number {
    return view.getUint16(at + 2);
  }

  /** Identifier of an echo. */
  export function id(view: DataView, at: number): number {
    return view.getUint16(at + 4);
  }

  /** Sequence number of an echo. */
  export function sequence(view: DataView, at: number): number {
    return view.getUint16(at + 6);
  }
}

function macBytes(mac: string | number | Uint8Array): Uint8Array {
  const bytes = new Uint8Array(6);
  putMac(new DataView(bytes.buffer), 0, mac);
  return bytes;
}

/** Bytes between the first 8 and the options of neighbour discovery; undefined for other types. */
function bodySize(type: number): number | undefined {
  switch (type) {
    case icmp6.ROUTER_SOLICITATION:
      return 0;
    case icmp6.ROUTER_ADVERTISEMENT:
      return 8;
    case icmp6.NEIGHBOUR_SOLICITATION:
    case icmp6.NEIGHBOUR_ADVERTISEMENT:
      return 16;
    case icmp6.REDIRECT:
      return 32;
  }
  return undefined;
}

/** Reads options; undefined when they do not end where the message does. */
function readNeighbourOptions(
  view: DataView,
  at: number,
  end: number,
): NeighbourOption[] | undefined {
  const options: NeighbourOption[] = [];
  while (at < end) {
    const length = at + 1 < end ? view.getUint8(at + 1) * 8 : 0;
    if (length === 0 || at + length > end) return undefined;
    options.push({ type: view.getUint8(at), data: copyBytes(view, at + 2, at + length) });
    at += length;
  }
  return options;
}

function readBody(view: DataView, at: number, type: number): Partial<Icmp6> {
  const address = (from: number) => formatIpv6(copyBytes(view, at + from, at + from + 16));
  switch (type) {
    case icmp6.ECHO_REQUEST:
    case icmp6.ECHO_REPLY:
      return { id: icmp6.id(view, at), sequence: icmp6.sequence(view, at) };
    case icmp6.PACKET_TOO_BIG:
      return { mtu: view.getUint32(at + 4) };
    case icmp6.PARAMETER_PROBLEM:
      return { pointer: view.getUint32(at + 4) };
    case icmp6.ROUTER_ADVERTISEMENT:
      return { reachableTime: view.getUint32(at + 8), retransTimer: view.getUint32(at + 12) };
    case icmp6.NEIGHBOUR_SOLICITATION:
    case icmp6.NEIGHBOUR_ADVERTISEMENT:
      return { target: address(8) };
    case icmp6.REDIRECT:
      return { target: address(8), destination: address(24) };
  }
  return {};
}

/** @internal */
export const icmp6Codec: Codec<"icmp6"> = {
  minimum: 8,
  size({ type = icmp6.ECHO_REQUEST, options = [] }) {
    const all = options.reduce((size, { data }) => size + 2 + data.length, 0);
    return 8 + (bodySize(type) ?? 0) + all;
  },
  write(layer, { view, at }) {
    const type = layer.type ?? icmp6.ECHO_REQUEST;
    put8(view, at, "icmp6 type", type);
    put8(view, at + 1, "icmp6 code", layer.code ?? 0);
    put16(view, at + 2, "icmp6 checksum", layer.checksum ?? 0);
    put32(view, at + 4, "icmp6 word", layer.word ?? 0);
    if (layer.id !== undefined) put16(view, at + 4, "icmp6 id", layer.id);
    if (layer.sequence !== undefined) put16(view, at + 6, "icmp6 sequence", layer.sequence);
    if (layer.mtu !== undefined) put32(view, at + 4, "icmp6 mtu", layer.mtu);
    if (layer.pointer !== undefined) put32(view, at + 4, "icmp6 pointer", layer.pointer);
    const body = bodySize(type) ?? 0;
    if (type === icmp6.ROUTER_ADVERTISEMENT) {
      put32(view, at + 8, "icmp6 reachableTime", layer.reachableTime ?? 0);
      put32(view, at + 12, "icmp6 retransTimer", layer.retransTimer ?? 0);
    }
    if (body >= 16) putIpv6(view, at + 8, layer.target ?? "::");
    if (body >= 32) putIpv6(view, at + 24, layer.destination ?? "::");
    let to = at + 8 + body;
    for (const { type, data, length } of layer.options ?? []) {
      put8(view, to, "icmp6 option type", type);
      put8(view, to + 1, "icmp6 option length", length ?? Math.ceil((data.length + 2) / 8));
      putBytes(view, to + 2, data);
      to += 2 + data.length;
    }
  },
  read(view, at, end) {
    const type = icmp6.type(view, at);
    const body = bodySize(type);
    const behind = at + 8 + (body ?? 0);
    if (behind > end) return `icmp6: ${end - at} of ${behind - at} bytes`;
    const options = body === undefined ? undefined : readNeighbourOptions(view, behind, end);
    return {
      layer: {
        name: "icmp6",
        offset: at,
        size: (options ? end : behind) - at,
        type,
        code: icmp6.code(view, at),
        checksum: icmp6.checksum(view, at),
        word: view.getUint32(at + 4),
        ...readBody(view, at, type),
        ...(options ? { options } : {}),
      },
      why: body !== undefined && !options ? "icmp6: an option has no valid length" : undefined,
    };
  },
  checksum(view, at, end, under) {
    const value = transportChecksum(view, at, end, 2, 58, under);
    return value === undefined ? undefined : { at: at + 2, size: 2, value };
  },
};
