/**
 * The checksum that UDP, TCP and ICMPv6 share: RFC 768, RFC 9293 section 3.1, RFC 8200 section 8.1.
 *
 * @module
 */

import type { Under } from "./layer.ts";
import { compute, pseudo4, pseudo6, sum } from "./checksum.ts";

/** Sum of the pseudo header. An address of a route stands for the destination. */
function pseudo(view: DataView, under: Under, protocol: number, length: number): number {
  const { name, at, destination } = under;
  if (destination === undefined) {
    return (name === "ipv4" ? pseudo4 : pseudo6)(view, at, protocol, length);
  }
  const [src, size] = name === "ipv4" ? [at + 12, 4] : [at + 8, 16];
  const rest = protocol + (length & 0xffff) + (length >>> 16);
  return sum(view, src, size) + sum(view, destination, size) + rest;
}

/**
 * @internal The checksum of a message from `at` to `end` whose own checksum lies `field` bytes
 * behind `at`; undefined where no IP header comes before, or only a fragment is there.
 */
export function transportChecksum(
  view: DataView,
  at: number,
  end: number,
  field: number,
  protocol: number,
  under: Under | undefined,
): number | undefined {
  if (!under || under.fragment) return undefined;
  const before = sum(view, at, field, pseudo(view, under, protocol, end - at));
  return compute(view, at + field + 2, end - at - field - 2, before);
}
