/**
 * Which IP header is below a layer: what the pseudo header of its checksum is made of (RFC 8200,
 * section 8.1).
 *
 * @module
 */

import type { Layer, Under } from "./layer.ts";

/** Types of routing headers that hold addresses and no others. */
const ADDRESSES = [0, 2, 4];

/**
 * @internal What is below the layers behind this one.
 *
 * @param at where the layer begins.
 */
export function underNext(layer: Layer, at: number, under: Under | undefined): Under | undefined {
  switch (layer.name) {
    case "ipv4": {
      const fragment = ((layer.flags ?? 0) & 1) !== 0 || (layer.fragmentOffset ?? 0) > 0;
      return { name: "ipv4", at, fragment };
    }
    case "ipv6":
      return { name: "ipv6", at };
    case "fragment": {
      const fragment = layer.more === true || (layer.fragmentOffset ?? 0) > 0;
      return under && { ...under, fragment };
    }
    case "routing": {
      const { type = 4, addresses = [] } = layer;
      const visited = (layer.segmentsLeft ?? 0) === 0 || addresses.length === 0;
      if (!under || visited || !ADDRESSES.includes(type)) return under;
      // the list of segment routing begins with its end
      const last = type === 4 ? 0 : addresses.length - 1;
      return { ...under, destination: at + 8 + 16 * last };
    }
  }
  return under;
}
