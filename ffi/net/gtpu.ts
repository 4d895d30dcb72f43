/**
 * GTP-U header: 3GPP TS 29.281, clause 5.1, extension headers 5.2; `rte_gtp.h`.
 *
 * @module
 */

import type { Codec, Given, Layer } from "./layer.ts";
import { bits, copyBytes, put16, put32, put8, putBytes } from "./fields.ts";
import { byVersion } from "./mpls.ts";

/** An extension header of GTP-U: 3GPP TS 29.281, clause 5.2.1. */
export interface GtpuExtension {
  /** Type: 0x85 is the PDU session container. */
  type: number;
  /** Contents without length and type: 2 bytes and then 4 more each time. */
  data: Uint8Array;
}

/** Fields of a GTP-U header. */
export interface Gtpu {
  /** The first byte as it is: version, protocol type and the flags E, S and PN. */
  flags: number;
  /** Message type: 255 is a user's packet (G-PDU), 1 and 2 echoes. */
  type: number;
  /** Bytes behind the first 8. */
  messageLength: number;
  /** Tunnel endpoint identifier. */
  teid: number;
  /** Sequence number, where one of the flags E, S and PN is set. */
  sequence?: number | undefined;
  /** N-PDU number, where one of the flags is set. */
  npdu?: number | undefined;
  /** Type of the first extension, where one of the flags is set. */
  nextExtension?: number | undefined;
  /** Extension headers. */
  extensions: readonly GtpuExtension[];
}

/** Version 1, protocol type GTP. */
const VERSION_1 = 0x30;
const EXTENSION = 4;
const SEQUENCE = 2;
const NPDU = 1;

/**
 * A GTP-U header to build: 3GPP TS 29.281, clause 5.1. The length is filled; sequence number, N-PDU
 * number and extensions set their flags; a user's packet unless a type is given.
 */
export function gtpu(fields: Given<Gtpu> = {}): Layer<"gtpu"> {
  return { ...fields, name: "gtpu" };
}

/**
 * The fields in a packet's bytes, for loops: 3GPP TS 29.281, clause 5.1. `at` is the first byte of
 * the header.
 */
// deno-lint-ignore no-namespace -- a builder with the fields beside it: one name for one header
export namespace gtpu {
  /** Bytes of the header without what its flags announce. */
  export const SIZE = 8;
  /** UDP destination port: `RTE_GTPU_UDP_PORT`. */
  export const PORT = 2152;
  /** Message type of a user's packet. */
  export const G_PDU = 255;

  /** Message type: `msg_type`. */
  export function type(view: DataView, at: number): number {
    return view.getUint8(at + 1);
  }

  /** Tunnel endpoint identifier: `teid`. */
  export function teid(view: DataView, at: number): number {
    return view.getUint32(at + 4);
  }

  /** Sets the tunnel endpoint identifier. */
  export function setTeid(view: DataView, at: number, teid: number): void {
    view.setUint32(at + 4, teid);
  }
}

function flagsOf({ flags, sequence, npdu, nextExtension, extensions = [] }: Given<Gtpu>): number {
  if (flags !== undefined) return flags;
  return VERSION_1 | (extensions.length > 0 || nextExtension !== undefined ? EXTENSION : 0) |
    (sequence === undefined ? 0 : SEQUENCE) | (npdu === undefined ? 0 : NPDU);
}

/** Reads extension headers; undefined when one leaves the packet or has no length. */
function readExtensions(
  view: DataView,
  at: number,
  end: number,
  type: number,
): { extensions: GtpuExtension[]; behind: number } | undefined {
  const extensions: GtpuExtension[] = [];
  while (type !== 0) {
    const length = at < end ? 4 * view.getUint8(at) : 0;
    if (length === 0 || at + length > end) return undefined;
    extensions.push({ type, data: copyBytes(view, at + 1, at + length - 1) });
    type = view.getUint8(at + length - 1);
    at += length;
  }
  return { extensions, behind: at };
}

/** @internal */
export const gtpuCodec: Codec<"gtpu"> = {
  minimum: 8,
  size(layer) {
    if (!(flagsOf(layer) & 7)) return 8;
    return (layer.extensions ?? []).reduce((size, { data }) => size + data.length + 2, 12);
  },
  write(layer, { view, at, end }) {
    const { extensions = [] } = layer;
    const flags = bits("gtpu flags", flagsOf(layer), 8);
    view.setUint8(at, flags);
    put8(view, at + 1, "gtpu type", layer.type ?? gtpu.G_PDU);
    put16(view, at + 2, "gtpu messageLength", layer.messageLength ?? end - at - 8);
    put32(view, at + 4, "gtpu teid", layer.teid ?? 0);
    if (!(flags & 7)) return;
    put16(view, at + 8, "gtpu sequence", layer.sequence ?? 0);
    put8(view, at + 10, "gtpu npdu", layer.npdu ?? 0);
    const first = layer.nextExtension ?? extensions[0]?.type ?? 0;
    put8(view, at + 11, "gtpu nextExtension", first);
    let to = at + 12;
    extensions.forEach(({ data }, i) => {
      const words = bits("gtpu extension in 4 bytes", (data.length + 2) / 4, 8);
      view.setUint8(to, words);
      putBytes(view, to + 1, data);
      put8(view, to + 4 * words - 1, "gtpu extension type", extensions[i + 1]?.type ?? 0);
      to += 4 * words;
    });
  },
  read(view, at, end) {
    const flags = view.getUint8(at);
    if ((flags & 0xf0) !== VERSION_1) return `gtpu: version ${flags >>> 5}`;
    const type = gtpu.type(view, at);
    const messageLength = view.getUint16(at + 2);
    const optional = flags & 7 ? 4 : 0;
    if (end - at < 8 + optional) return `gtpu: ${end - at} of ${8 + optional} bytes`;
    const found = flags & EXTENSION
      ? readExtensions(view, at + 12, end, view.getUint8(at + 11))
      : { extensions: [], behind: at + 8 + optional };
    if (!found) return "gtpu: an extension has no valid length";
    const { extensions, behind } = found;
    const layer = {
      name: "gtpu" as const,
      offset: at,
      size: behind - at,
      flags,
      type,
      messageLength,
      teid: gtpu.teid(view, at),
      ...(optional
        ? {
          sequence: view.getUint16(at + 8),
          npdu: view.getUint8(at + 10),
          nextExtension: view.getUint8(at + 11),
        }
        : {}),
      extensions,
    };
    const stop = at + 8 + messageLength;
    const after = type === gtpu.G_PDU ? byVersion("gtpu", view, behind, Math.min(end, stop)) : {};
    if (stop < behind) return { layer, why: `gtpu: length ${messageLength}` };
    if (stop <= end) return { layer, ...after, end: stop };
    return { layer, ...after, short: `gtpu: ${end - at - 8} of ${messageLength} bytes` };
  },
};
