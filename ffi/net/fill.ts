/**
 * Computing the checksums of a packet that is there, and what of them a port can compute instead.
 *
 * @module
 */

import { CODECS } from "./codecs.ts";
import { putSum } from "./fields.ts";
import type { LayerName, Sum } from "./layer.ts";
import { viewOf } from "./source.ts";
import { type Step, walk } from "./walk.ts";

/** Layers that make a packet a tunnel: it has headers behind them again. */
const TUNNELS: readonly LayerName[] = ["vxlan", "geneve", "gtpu", "gre", "mpls"];

/** Layers that lie before an IP header of which a port knows the place. */
const LINK: readonly LayerName[] = ["ether", "vlan"];

/** The checksum of a layer; none where it cannot be known, or none is meant. */
function sumOf(view: DataView, { layer, end, under, short }: Step, next?: Step): Sum | undefined {
  // that of IPv4 covers its header alone
  if (short && layer.name !== "ipv4") return undefined;
  const isTunnel = next !== undefined && TUNNELS.includes(next.layer.name);
  // 0 says that there is none, as VXLAN wants it: RFC 7348, section 5
  if (layer.name === "udp" && layer.checksum === 0 && isTunnel) return undefined;
  return CODECS[layer.name].checksum?.(view, layer.offset, end, under);
}

/** @internal Which checksums of a packet a port can compute, and how long its headers are. */
export interface PortChecksums {
  ip: 4 | 6;
  l4: "udp" | "tcp" | undefined;
  l2Length: number;
  l3Length: number;
  l4Length: number;
}

/**
 * @internal What a port needs to know to compute checksums of a packet: RFC 791 and RFC 9293 behind
 * Ethernet and VLAN tags. Undefined where it would not find them: in tunnels, behind IPv6's extension
 * headers, and for source routes, whose pseudo header has another address.
 */
export function portChecksums(bytes: Uint8Array): PortChecksums | undefined {
  const { steps } = walk(viewOf(bytes), "ether");
  const at = steps.findIndex(({ layer }) => !LINK.includes(layer.name));
  const [ip, upper, ...inside] = steps.slice(Math.max(0, at));
  if (ip?.layer.name !== "ipv4" && ip?.layer.name !== "ipv6") return undefined;
  const isOpaque = ({ layer }: Step) => layer.name === "payload" || layer.name === "padding";
  if (!inside.every(isOpaque)) return undefined;
  const lengths = { l2Length: ip.layer.offset, l3Length: ip.layer.size };
  const version = ip.layer.name === "ipv4" ? 4 : 6;
  const name = upper?.layer.name;
  if (upper && (name === "udp" || name === "tcp")) {
    const { under, short } = upper;
    const isKnown = under && !under.fragment && under.destination === undefined && !short;
    if (isKnown) return { ip: version, l4: name, ...lengths, l4Length: upper.layer.size };
  }
  const isPlain = upper === undefined || !("nextHeader" in upper.layer || "src" in upper.layer);
  if (version === 6 || !isPlain || (upper && TUNNELS.includes(upper.layer.name))) return undefined;
  return { ip: version, l4: undefined, ...lengths, l4Length: 0 };
}

/**
 * @internal Computes the checksums of a packet from the innermost to the outermost, and stores them.
 *
 * @param left the layers whose checksums are somebody else's.
 * @returns where they lie.
 */
export function fillSums(bytes: Uint8Array, left: readonly LayerName[]): Sum[] {
  const view = viewOf(bytes);
  const { steps } = walk(view, "ether");
  const sums: Sum[] = [];
  for (let i = steps.length - 1; i >= 0; i--) {
    const step = steps[i]!;
    if (left.includes(step.layer.name)) continue;
    const sum = sumOf(view, step, steps[i + 1]);
    if (!sum) continue;
    putSum(view, sum);
    sums.push(sum);
  }
  return sums;
}

/**
 * Computes every checksum of a packet, in tunnels too, and writes it into its header. Not changed
 * are checksums over a fragment or over bytes that are missing, and the 0 in a tunnel's outer UDP
 * header, which means that there is no checksum.
 *
 * @param bytes the packet, from its Ethernet header on; it is changed in place.
 * @returns the same bytes.
 *
 * @example Change an address, and mend the checksums
 * ```ts
 * import { ether, fillChecksums, frame, ipv4, parseIpv4, udp, verify } from "denodpdk/net";
 *
 * const bytes = frame(ether(), ipv4({ src: "10.0.0.1" }), udp(), "hello");
 * ipv4.setSrc(new DataView(bytes.buffer), ether.SIZE, parseIpv4("10.0.0.7"));
 * console.log(verify(bytes).ok, verify(fillChecksums(bytes)).ok); // false true
 * ```
 */
export function fillChecksums<Bytes extends Uint8Array>(bytes: Bytes): Bytes {
  fillSums(bytes, []);
  return bytes;
}
