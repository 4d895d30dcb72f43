/**
 * Checking the checksums of a packet in software.
 *
 * @module
 */

import { CODECS } from "./codecs.ts";
import type { LayerName } from "./layer.ts";
import { bytesOf, type HasBytes, viewOf } from "./source.ts";
import { type Step, walk } from "./walk.ts";

/** One checksum of a packet. */
export interface PacketChecksum {
  /** Kind of the layer that has it. */
  layer: LayerName;
  /** First byte of the layer in the packet. */
  offset: number;
  /** The checksum in the packet. */
  found: number;
  /** What it should be. */
  expected: number;
  /** Whether the two are equal. */
  ok: boolean;
}

/** All checksums of a packet. */
export interface Verification {
  /** Whether every checksum that could be checked is right. */
  ok: boolean;
  /** Each checksum, outermost first. */
  checksums: PacketChecksum[];
}

function check(view: DataView, step: Step): PacketChecksum | undefined {
  const { layer, end, under, short } = step;
  // that of IPv4 covers its header alone
  if (short && layer.name !== "ipv4") return undefined;
  const sum = CODECS[layer.name].checksum?.(view, layer.offset, end, under);
  if (!sum) return undefined;
  const found = sum.size === 2 ? view.getUint16(sum.at) : view.getUint32(sum.at, true);
  // over IPv4, UDP may have none; over IPv6 only a tunnel's outer one: RFC 6935
  if (layer.name === "udp" && found === 0 && under?.name === "ipv4") return undefined;
  const { value: expected } = sum;
  return { layer: layer.name, offset: layer.offset, found, expected, ok: found === expected };
}

/**
 * Checks every checksum of a packet, in tunnels too. Left out are those that cannot be checked:
 * sums over a fragment or over bytes that are missing, and UDP over IPv4 without a checksum.
 *
 * @example
 * ```ts
 * import { ether, frame, ipv4, udp, verify } from "denodpdk/net";
 *
 * const bytes = frame(ether(), ipv4({ checksum: 1 }), udp());
 * console.log(verify(bytes).checksums.filter(({ ok }) => !ok)); // that of ipv4
 * ```
 */
export function verify(source: Uint8Array | HasBytes): Verification {
  const bytes = bytesOf(source);
  const view = viewOf(bytes);
  const checksums = walk(view, "ether").steps.flatMap((step) => check(view, step) ?? []);
  return { ok: checksums.every(({ ok }) => ok), checksums };
}
