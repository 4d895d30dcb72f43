/**
 * ICMP message: RFC 792; RFC 1191 section 4 (MTU of the next hop); `rte_icmp.h`.
 *
 * @module
 */

import type { Codec, Given, Layer } from "./layer.ts";
import { put16, put32, put8, putIpv4 } from "./fields.ts";
import { formatIpv4 } from "./address.ts";
import { compute, sum } from "./checksum.ts";

/** Fields of an ICMP message; what is not part of its type is undefined. */
export interface Icmp {
  /** Type: `icmp.ECHO_REQUEST`. */
  type: number;
  /** Code. */
  code: number;
  /** Checksum over the whole message. */
  checksum: number;
  /** The second 4 bytes as they are; those of the fields below are written over them. */
  word: number;
  /** Identifier, of echoes and timestamps. */
  id?: number | undefined;
  /** Sequence number, of echoes and timestamps. */
  sequence?: number | undefined;
  /** Where to send instead, of redirects. */
  gateway?: string | undefined;
  /** MTU of the next hop, of "fragmentation needed". */
  mtu?: number | undefined;
  /** Byte that is wrong, of parameter problems. */
  pointer?: number | undefined;
}

/**
 * An ICMP message to build: RFC 792. The checksum is filled; without a type it is an echo request.
 * What an error quotes follows as payload.
 */
export function icmp(fields: Given<Icmp> = {}): Layer<"icmp"> {
  return { ...fields, name: "icmp" };
}

/** The fields in a packet's bytes, for loops: RFC 792. `at` is the first byte of the message. */
// deno-lint-ignore no-namespace -- a builder with the fields beside it: one name for one header
export namespace icmp {
  /** Bytes of the header. */
  export const SIZE = 8;
  /** Type: echo reply. */
  export const ECHO_REPLY = 0;
  /** Type: destination unreachable. */
  export const UNREACHABLE = 3;
  /** Type: redirect. */
  export const REDIRECT = 5;
  /** Type: echo request. */
  export const ECHO_REQUEST = 8;
  /** Type: time exceeded. */
  export const TIME_EXCEEDED = 11;
  /** Type: parameter problem. */
  export const PARAMETER_PROBLEM = 12;
  /** Type: timestamp request. */
  export const TIMESTAMP = 13;
  /** Type: timestamp reply. */
  export const TIMESTAMP_REPLY = 14;
  /** Code of "unreachable": the packet is too large and must not be fragmented. */
  export const FRAGMENTATION_NEEDED = 4;

  /** Type: `icmp_type`. */
  export function type(view: DataView, at: number): number {
    return view.getUint8(at);
  }

  /** Sets the type; the checksum stays. */
  export function setType(view: DataView, at: number, type: number): void {
    view.setUint8(at, type);
  }

  /** Code: `icmp_code`. */
  export function code(view: DataView, at: number): number {
    return view.getUint8(at + 1);
  }

  /** Checksum: `icmp_cksum`. */
  export function checksum(view: DataView, at: number): number {
    return view.getUint16(at + 2);
  }

  /** Sets the checksum. */
  export function setChecksum(view: DataView, at: number, checksum: number): void {
    view.setUint16(at + 2, checksum);
  }

  /** Identifier of an echo: `icmp_ident`. */
  export function id(view: DataView, at: number): number {
    return view.getUint16(at + 4);
  }

  /** Sequence number of an echo: `icmp_seq_nb`. */
  export function sequence(view: DataView, at: number): number {
    return view.getUint16(at + 6);
  }
}

const hasId = (type: number) =>
  type === icmp.ECHO_REQUEST || type === icmp.ECHO_REPLY || (type >= 13 && type <= 18);

/** @internal */
export const icmpCodec: Codec<"icmp"> = {
  minimum: 8,
  size: () => 8,
  write(layer, { view, at }) {
    put8(view, at, "icmp type", layer.type ?? icmp.ECHO_REQUEST);
    put8(view, at + 1, "icmp code", layer.code ?? 0);
    put16(view, at + 2, "icmp checksum", layer.checksum ?? 0);
    put32(view, at + 4, "icmp word", layer.word ?? 0);
    if (layer.gateway !== undefined) putIpv4(view, at + 4, layer.gateway);
    if (layer.pointer !== undefined) put8(view, at + 4, "icmp pointer", layer.pointer);
    if (layer.id !== undefined) put16(view, at + 4, "icmp id", layer.id);
    if (layer.sequence !== undefined) put16(view, at + 6, "icmp sequence", layer.sequence);
    if (layer.mtu !== undefined) put16(view, at + 6, "icmp mtu", layer.mtu);
  },
  read(view, at) {
    const [type, code] = [icmp.type(view, at), icmp.code(view, at)];
    const tooLarge = type === icmp.UNREACHABLE && code === icmp.FRAGMENTATION_NEEDED;
    return {
      layer: {
        name: "icmp",
        offset: at,
        size: 8,
        type,
        code,
        checksum: icmp.checksum(view, at),
        word: view.getUint32(at + 4),
        ...(hasId(type) ? { id: icmp.id(view, at), sequence: icmp.sequence(view, at) } : {}),
        ...(type === icmp.REDIRECT ? { gateway: formatIpv4(view.getUint32(at + 4)) } : {}),
        ...(tooLarge ? { mtu: view.getUint16(at + 6) } : {}),
        ...(type === icmp.PARAMETER_PROBLEM ? { pointer: view.getUint8(at + 4) } : {}),
      },
    };
  },
  checksum(view, at, end, under) {
    if (under?.fragment) return undefined;
    return { at: at + 2, size: 2, value: compute(view, at + 4, end - at - 4, sum(view, at, 2)) };
  },
};
