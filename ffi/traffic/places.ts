/**
 * Where the fields lie that can differ from packet to packet.
 *
 * @module
 */

import { ipv4Number, ipv6Bytes, macNumber } from "../net/address.ts";
import type { LayerName } from "../net/layer.ts";
import type { FieldValue, Varying } from "./varying.ts";

/** A value for all packets, or one that differs. */
export type FieldSource = FieldValue | Varying;

/** The fields of a frame that differ from packet to packet, by their headers. */
export interface VaryingFields {
  /** Ethernet header. */
  ether?: { dst?: FieldSource; src?: FieldSource };
  /** The outermost VLAN tag. */
  vlan?: { id?: FieldSource; priority?: FieldSource };
  /** The outermost MPLS label. */
  mpls?: { label?: FieldSource };
  /** IPv4 header. */
  ipv4?: {
    src?: FieldSource;
    dst?: FieldSource;
    id?: FieldSource;
    ttl?: FieldSource;
    dscp?: FieldSource;
  };
  /** IPv6 header. Of its addresses the last 32 bits can differ. */
  ipv6?: {
    src?: FieldSource;
    dst?: FieldSource;
    flowLabel?: FieldSource;
    hopLimit?: FieldSource;
    trafficClass?: FieldSource;
  };
  /** UDP header. */
  udp?: { srcPort?: FieldSource; dstPort?: FieldSource };
  /** TCP header. */
  tcp?: {
    srcPort?: FieldSource;
    dstPort?: FieldSource;
    sequence?: FieldSource;
    acknowledgement?: FieldSource;
    window?: FieldSource;
  };
  /** ICMP message, such as an echo request. */
  icmp?: { id?: FieldSource; sequence?: FieldSource };
  /** ICMPv6 message, such as an echo request. */
  icmp6?: { id?: FieldSource; sequence?: FieldSource };
  /** VXLAN header. */
  vxlan?: { vni?: FieldSource };
  /** Geneve header. */
  geneve?: { vni?: FieldSource };
  /** GTP-U header. */
  gtpu?: { teid?: FieldSource };
  /** Headers in a tunnel: behind its header, or behind another IP header. */
  inner?: VaryingFields;
}

/** How the text of a value is read. */
type Form = "number" | "mac" | "ipv4" | "ipv6";

/** @internal A field in its header. */
export interface FieldPlace {
  /** First byte of the word that it lies in, from the header on. */
  at: number;
  /** Bytes of the word. */
  size: 1 | 2 | 4 | 6;
  /** Bits below it in the word. */
  shift: number;
  bits: number;
  form: Form;
}

function place(
  at: number,
  size: FieldPlace["size"],
  form: Form = "number",
  part: { bits?: number; shift?: number } = {},
): FieldPlace {
  return { at, size, form, bits: part.bits ?? 8 * size, shift: part.shift ?? 0 };
}

const PORTS = { srcPort: place(0, 2), dstPort: place(2, 2) };
const ECHO = { id: place(4, 2), sequence: place(6, 2) };
const VNI = { vni: place(4, 4, "number", { bits: 24, shift: 8 }) };

/** @internal The fields by header and name. */
export const PLACES: { readonly [N in LayerName]?: Readonly<Record<string, FieldPlace>> } = {
  ether: { dst: place(0, 6, "mac"), src: place(6, 6, "mac") },
  vlan: {
    id: place(0, 2, "number", { bits: 12 }),
    priority: place(0, 2, "number", { bits: 3, shift: 13 }),
  },
  mpls: { label: place(0, 4, "number", { bits: 20, shift: 12 }) },
  ipv4: {
    src: place(12, 4, "ipv4"),
    dst: place(16, 4, "ipv4"),
    id: place(4, 2),
    ttl: place(8, 1),
    dscp: place(1, 1, "number", { bits: 6, shift: 2 }),
  },
  ipv6: {
    // the last 4 of 16 bytes
    src: place(20, 4, "ipv6"),
    dst: place(36, 4, "ipv6"),
    flowLabel: place(0, 4, "number", { bits: 20 }),
    trafficClass: place(0, 4, "number", { bits: 8, shift: 20 }),
    hopLimit: place(7, 1),
  },
  udp: PORTS,
  tcp: { ...PORTS, sequence: place(4, 4), acknowledgement: place(8, 4), window: place(14, 2) },
  icmp: ECHO,
  icmp6: ECHO,
  vxlan: VNI,
  geneve: VNI,
  gtpu: { teid: place(4, 4) },
};

/** The number that is written for a value. */
function numberOf(value: FieldValue, form: Form): number {
  if (form === "mac") return macNumber(value);
  if (form === "ipv4") return ipv4Number(value);
  if (form === "ipv6" && typeof value === "string") {
    const bytes = ipv6Bytes(value);
    return new DataView(bytes.buffer, bytes.byteOffset).getUint32(12);
  }
  return typeof value === "number" ? value : NaN;
}

/** @internal A field's values as numbers, all of which fit into it. */
export type Values =
  | { kind: "range"; first: number; last: number; step: number; every: number }
  | { kind: "list"; values: readonly number[]; every: number }
  | { kind: "random"; first: number; count: number; seed: number }
  | { kind: "counter"; first: number; step: number; every: number };

/**
 * @internal The values of a field as numbers.
 *
 * @throws {RangeError} when one does not fit.
 */
export function valuesOf(name: string, source: FieldSource, { bits, form }: FieldPlace): Values {
  const most = 2 ** bits - 1;
  const fit = (value: FieldValue, more = 0): number => {
    const number = numberOf(value, form);
    if (Number.isInteger(number) && number >= 0 && number + more <= most) return number;
    const span = more > 0 ? `${value} and ${more} more` : `'${value}'`;
    throw new RangeError(`${name}: expected values of ${bits} bits, got ${span}`);
  };
  if (typeof source !== "object") return { kind: "list", values: [fit(source)], every: 1 };
  switch (source.kind) {
    case "range": {
      const more = source.step * (source.count - 1);
      const first = fit(source.first, more);
      return { kind: "range", first, last: first + more, step: source.step, every: source.every };
    }
    case "list":
      return { ...source, values: source.values.map((value) => fit(value)) };
    case "random":
      return { ...source, first: fit(source.first, source.count - 1) };
    case "counter":
      return { ...source, first: fit(source.first) };
  }
}

/** @internal The first of the values, as it is given: it has all bits of an IPv6 address. */
export function firstOf(source: FieldSource): FieldValue {
  if (typeof source !== "object") return source;
  return source.kind === "list" ? source.values[0]! : source.first;
}
