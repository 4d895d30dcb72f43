/**
 * VLAN tag: IEEE 802.1Q-2022, clause 9.6 (4 bytes behind the addresses, stacked as in 802.1ad);
 * `struct rte_vlan_hdr`.
 *
 * @module
 */

import type { Codec, Given, Layer } from "./layer.ts";
import { bits, put16 } from "./fields.ts";
import { afterEtherType, nextEtherType } from "./numbers.ts";

/** Fields of a VLAN tag. */
export interface Vlan {
  /**
   * EtherType that announces the tag: 0x8100, or 0x88a8 where another tag follows. It is part of
   * the header before the tag; a tag that was read does not have this field.
   */
  tpid?: number | undefined;
  /** VLAN identifier, 0 to 4095: VID. */
  id: number;
  /** Priority code point, 0 to 7: PCP. */
  priority: number;
  /** Drop eligible indicator: DEI. */
  dei: boolean;
  /** EtherType of what follows. */
  type: number;
}

/**
 * A VLAN tag to build: IEEE 802.1Q-2022, clause 9.6. Several tags behind each other make a stack,
 * whose outer tags are service tags (0x88a8) unless `tpid` says otherwise.
 *
 * @example A tag in a tag
 * ```ts
 * import { ether, frame, ipv4, udp, vlan } from "denodpdk/net";
 *
 * const bytes = frame(ether(), vlan({ id: 100 }), vlan({ id: 5, priority: 3 }), ipv4(), udp());
 * ```
 */
export function vlan(fields: Given<Vlan> = {}): Layer<"vlan"> {
  return { ...fields, name: "vlan" };
}

/**
 * The fields in a packet's bytes, for loops: IEEE 802.1Q-2022, clause 9.6. `at` is the first byte
 * behind the EtherType that announces the tag, as in `struct rte_vlan_hdr`.
 */
// deno-lint-ignore no-namespace -- a builder with the fields beside it: one name for one header
export namespace vlan {
  /** Bytes of a tag. */
  export const SIZE = 4;

  /** Tag control information, all 16 bits: `vlan_tci`. */
  export function tci(view: DataView, at: number): number {
    return view.getUint16(at);
  }

  /** Sets the tag control information. */
  export function setTci(view: DataView, at: number, tci: number): void {
    view.setUint16(at, tci);
  }

  /** VLAN identifier. */
  export function id(view: DataView, at: number): number {
    return view.getUint16(at) & 0xfff;
  }

  /** Sets the VLAN identifier; priority and DEI stay. */
  export function setId(view: DataView, at: number, id: number): void {
    view.setUint16(at, (view.getUint16(at) & 0xf000) | (id & 0xfff));
  }

  /** Priority code point. */
  export function priority(view: DataView, at: number): number {
    return view.getUint8(at) >>> 5;
  }

  /** EtherType of what follows: `eth_proto`. */
  export function type(view: DataView, at: number): number {
    return view.getUint16(at + 2);
  }

  /** Sets the EtherType of what follows. */
  export function setType(view: DataView, at: number, type: number): void {
    view.setUint16(at + 2, type);
  }
}

/** @internal */
export const vlanCodec: Codec<"vlan"> = {
  minimum: 4,
  size: () => 4,
  write({ id = 0, priority = 0, dei = false, type }, place) {
    const { view, at } = place;
    const tci = (bits("vlan priority", priority, 3) << 13) | (dei ? 0x1000 : 0);
    view.setUint16(at, tci | bits("vlan id", id, 12));
    put16(view, at + 2, "vlan type", type ?? nextEtherType(place));
  },
  read(view, at, end) {
    const tci = vlan.tci(view, at);
    const type = vlan.type(view, at);
    const layer = {
      name: "vlan" as const,
      offset: at,
      size: 4,
      id: tci & 0xfff,
      priority: tci >>> 13,
      dei: (tci & 0x1000) !== 0,
      type,
    };
    if (type >= 1536) return { layer, ...afterEtherType("vlan", type) };
    return { layer, end: Math.min(end, at + 4 + type), why: "vlan: 802.3 frames are not read" };
  },
};
