/**
 * Which IP header is below a layer: what the pseudo header of its checksum is made of (RFC 8200,
 * section 8.1).
 *
 * @module
 */

import type { Layer, Under } from "./layer.ts";
import { type HeaderOption, optionSize } from "./options.ts";

/** Types of routing headers that hold addresses and no others. */
const ADDRESSES = [0, 2, 4];

/** Kinds of IPv4's options that hold a route: RFC 791, section 3.1. */
const ROUTES = [131, 137];

/** Where the last address of a source route lies that was not gone to its end. */
function routeEnd(options: readonly HeaderOption[] = [], at: number): number | undefined {
  for (const option of options) {
    const size = optionSize(option);
    const [pointer = 0] = option.data ?? [];
    if (ROUTES.includes(option.kind) && size >= 7 && pointer <= size) return at + size - 4;
    at += size;
  }
  return undefined;
}

/**
 * @internal What is below the layers behind this one.
 *
 * @param at where the layer begins.
 */
export function underNext(layer: Layer, at: number, under: Under | undefined): Under | undefined {
  switch (layer.name) {
    case "ipv4": {
      const fragment = ((layer.flags ?? 0) & 1) !== 0 || (layer.fragmentOffset ?? 0) > 0;
      return { name: "ipv4", at, fragment, destination: routeEnd(layer.options, at + 20) };
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
