/**
 * One MPLS label: RFC 3032, section 2.1, with RFC 5462 (traffic class); `rte_mpls.h`.
 *
 * @module
 */

import type { Codec, Given, Layer, LayerName } from "./layer.ts";
import { bits } from "./fields.ts";

/** Fields of an MPLS label. */
export interface Mpls {
  /** Label, 20 bits. */
  label: number;
  /** Traffic class, 0 to 7. */
  trafficClass: number;
  /** Whether this label is the last one of the stack. */
  bottom: boolean;
  /** Time to live. */
  ttl: number;
}

/** An MPLS label to build: RFC 3032, section 2.1. The bottom of the stack is where no label follows. */
export function mpls(fields: Given<Mpls> = {}): Layer<"mpls"> {
  return { ...fields, name: "mpls" };
}

/**
 * The fields in a packet's bytes, for loops: RFC 3032, section 2.1. `at` is the first byte of the
 * label.
 */
// deno-lint-ignore no-namespace -- a builder with the fields beside it: one name for one header
export namespace mpls {
  /** Bytes of a label. */
  export const SIZE = 4;

  /** Label: `tag_msb` and `tag_lsb`. */
  export function label(view: DataView, at: number): number {
    return view.getUint32(at) >>> 12;
  }

  /** Sets the label. */
  export function setLabel(view: DataView, at: number, label: number): void {
    view.setUint32(at, (label << 12) | (view.getUint16(at + 2) & 0xfff));
  }

  /** Whether it is the bottom of the stack: `bs`. */
  export function isBottom(view: DataView, at: number): boolean {
    return (view.getUint8(at + 2) & 1) !== 0;
  }

  /** Time to live: `ttl`. */
  export function ttl(view: DataView, at: number): number {
    return view.getUint8(at + 3);
  }

  /** Sets the time to live. */
  export function setTtl(view: DataView, at: number, ttl: number): void {
    view.setUint8(at + 3, ttl);
  }
}

/**
 * @internal What follows a header that does not tell it: IP, by its version, or nothing that can be
 * known.
 */
export function byVersion(
  layer: string,
  view: DataView,
  at: number,
  end: number,
): { next?: LayerName; why?: string } {
  if (at >= end) return {};
  const version = view.getUint8(at) >>> 4;
  if (version === 4) return { next: "ipv4" };
  if (version === 6) return { next: "ipv6" };
  return { why: `${layer}: what it carries is no IP` };
}

/** @internal */
export const mplsCodec: Codec<"mpls"> = {
  minimum: 4,
  size: () => 4,
  write({ label = 0, trafficClass = 0, bottom, ttl = 64 }, { view, at, next }) {
    const low = (bits("mpls trafficClass", trafficClass, 3) << 9) |
      (bottom ?? next?.name !== "mpls" ? 0x100 : 0) | bits("mpls ttl", ttl, 8);
    view.setUint32(at, (bits("mpls label", label, 20) << 12) | low);
  },
  read(view, at, end) {
    const bottom = mpls.isBottom(view, at);
    return {
      layer: {
        name: "mpls",
        offset: at,
        size: 4,
        label: mpls.label(view, at),
        trafficClass: (view.getUint8(at + 2) >>> 1) & 7,
        bottom,
        ttl: mpls.ttl(view, at),
      },
      ...(bottom ? byVersion("mpls", view, at + 4, end) : { next: "mpls" as const }),
    };
  },
};
