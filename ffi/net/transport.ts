/**
 * The checksum that UDP, TCP and ICMPv6 share: RFC 768, RFC 9293 section 3.1, RFC 8200 section 8.1.
 *
 * @module
 */

import type { Under } from "./layer.ts";
import { of, pseudo4, pseudo6, sum } from "./checksum.ts";

/** Sum of the pseudo header. The address of a routing header stands for the destination. */
function pseudo(view: DataView, under: Under, protocol: number, length: number): number {
  if (under.name === "ipv4") return pseudo4(view, under.at, protocol, length);
  if (under.destination === undefined) return pseudo6(view, under.at, protocol, length);
  const high = length >>> 16;
  const addresses = sum(view, under.at + 8, 16) + sum(view, under.destination, 16);
  return addresses + protocol + (length & 0xffff) + high;
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
  return of(view, at + field + 2, end - at - field - 2, before);
}
