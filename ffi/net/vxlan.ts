/**
 * VXLAN header: RFC 7348, section 5; `rte_vxlan.h`.
 *
 * @module
 */

import type { Codec, Given, Layer } from "./layer.ts";
import { get24, put24, put8 } from "./fields.ts";

/** Fields of a VXLAN header. */
export interface Vxlan {
  /** Flags: 8 says that the network identifier is valid. */
  flags: number;
  /** The 24 bits behind the flags. */
  reserved: number;
  /** VXLAN network identifier, 24 bits. */
  vni: number;
  /** The last byte. */
  reserved2: number;
}

/** A VXLAN header to build: RFC 7348, section 5. An Ethernet frame follows. */
export function vxlan(fields: Given<Vxlan> = {}): Layer<"vxlan"> {
  return { ...fields, name: "vxlan" };
}

/**
 * The fields in a packet's bytes, for loops: RFC 7348, section 5. `at` is the first byte of the
 * header.
 */
// deno-lint-ignore no-namespace -- a builder with the fields beside it: one name for one header
export namespace vxlan {
  /** Bytes of the header. */
  export const SIZE = 8;
  /** UDP destination port: `RTE_VXLAN_DEFAULT_PORT`. */
  export const PORT = 4789;

  /** VXLAN network identifier: the high 24 bits of `vx_vni`. */
  export function vni(view: DataView, at: number): number {
    return view.getUint32(at + 4) >>> 8;
  }

  /** Sets the network identifier and makes the last byte zero. */
  export function setVni(view: DataView, at: number, vni: number): void {
    view.setUint32(at + 4, vni << 8);
  }
}

/** @internal */
export const vxlanCodec: Codec<"vxlan"> = {
  minimum: 8,
  size: () => 8,
  write(layer, { view, at }) {
    put8(view, at, "vxlan flags", layer.flags ?? 8);
    put24(view, at + 1, "vxlan reserved", layer.reserved ?? 0);
    put24(view, at + 4, "vxlan vni", layer.vni ?? 0);
    put8(view, at + 7, "vxlan reserved2", layer.reserved2 ?? 0);
  },
  read: (view, at) => ({
    layer: {
      name: "vxlan",
      offset: at,
      size: 8,
      flags: view.getUint8(at),
      reserved: get24(view, at + 1),
      vni: vxlan.vni(view, at),
      reserved2: view.getUint8(at + 7),
    },
    next: "ether",
  }),
};
