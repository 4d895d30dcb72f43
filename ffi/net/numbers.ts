/**
 * Which number announces which header: EtherTypes (IEEE 802.3-2022, clause 3.2.6; IANA's registry of
 * IEEE 802 numbers), IP protocol numbers (RFC 5237), UDP ports of tunnels.
 *
 * @module
 */

import type { Layer, LayerName, Place } from "./layer.ts";

/** EtherTypes, named as in `RTE_ETHER_TYPE_*`. */
export const ETHER_TYPE = {
  /** IPv4. */
  IPV4: 0x0800,
  /** ARP. */
  ARP: 0x0806,
  /** Transparent Ethernet bridging: a frame in GRE or Geneve. */
  TEB: 0x6558,
  /** A customer's VLAN tag: 802.1Q. */
  VLAN: 0x8100,
  /** IPv6. */
  IPV6: 0x86dd,
  /** MPLS unicast. */
  MPLS: 0x8847,
  /** MPLS multicast. */
  MPLSM: 0x8848,
  /** A service VLAN tag: 802.1ad. */
  QINQ: 0x88a8,
  /** IEEE 802's local experimental EtherType 1. */
  EXPERIMENTAL: 0x88b5,
} as const;

/** IP protocol numbers, named as in `IPPROTO_*`. */
export const IP_PROTOCOL = {
  /** IPv6 hop-by-hop options. */
  HOPOPTS: 0,
  /** ICMP. */
  ICMP: 1,
  /** IGMP. */
  IGMP: 2,
  /** IPv4 in IP. */
  IPIP: 4,
  /** TCP. */
  TCP: 6,
  /** UDP. */
  UDP: 17,
  /** IPv6 in IP. */
  IPV6: 41,
  /** IPv6 routing header. */
  ROUTING: 43,
  /** IPv6 fragment header. */
  FRAGMENT: 44,
  /** GRE. */
  GRE: 47,
  /** IPsec's encrypted payload. */
  ESP: 50,
  /** IPsec's authentication header. */
  AH: 51,
  /** ICMPv6. */
  ICMPV6: 58,
  /** Nothing follows. */
  NONE: 59,
  /** IPv6 destination options. */
  DSTOPTS: 60,
  /** SCTP. */
  SCTP: 132,
  /** MPLS in IP. */
  MPLS: 137,
} as const;

/** UDP destination ports by which tunnels are known. */
export const UDP_PORT = {
  /** GTP-U: 3GPP TS 29.281, clause 4.4.2. */
  GTPU: 2152,
  /** VXLAN: RFC 7348, section 5. */
  VXLAN: 4789,
  /** Geneve: RFC 8926, section 3.3. */
  GENEVE: 6081,
} as const;

type Numbers = readonly (readonly [number: number, layer: LayerName])[];

const ETHER_TYPES: Numbers = [
  [ETHER_TYPE.IPV4, "ipv4"],
  [ETHER_TYPE.IPV6, "ipv6"],
  [ETHER_TYPE.ARP, "arp"],
  [ETHER_TYPE.VLAN, "vlan"],
  [ETHER_TYPE.QINQ, "vlan"],
  [ETHER_TYPE.MPLS, "mpls"],
  [ETHER_TYPE.MPLSM, "mpls"],
  [ETHER_TYPE.TEB, "ether"],
];

const PROTOCOLS: Numbers = [
  [IP_PROTOCOL.TCP, "tcp"],
  [IP_PROTOCOL.UDP, "udp"],
  [IP_PROTOCOL.ICMP, "icmp"],
  [IP_PROTOCOL.ICMPV6, "icmp6"],
  [IP_PROTOCOL.IGMP, "igmp"],
  [IP_PROTOCOL.SCTP, "sctp"],
  [IP_PROTOCOL.GRE, "gre"],
  [IP_PROTOCOL.IPIP, "ipv4"],
  [IP_PROTOCOL.IPV6, "ipv6"],
  [IP_PROTOCOL.HOPOPTS, "hopByHop"],
  [IP_PROTOCOL.ROUTING, "routing"],
  [IP_PROTOCOL.FRAGMENT, "fragment"],
  [IP_PROTOCOL.DSTOPTS, "destination"],
  [IP_PROTOCOL.MPLS, "mpls"],
];

const PORTS: Numbers = [
  [UDP_PORT.VXLAN, "vxlan"],
  [UDP_PORT.GENEVE, "geneve"],
  [UDP_PORT.GTPU, "gtpu"],
];

/** @internal A table of numbers, to be read both ways. */
export class NumberTable {
  readonly #layers: ReadonlyMap<number, LayerName>;
  readonly #numbers: ReadonlyMap<LayerName, number>;

  /** Of several numbers of one layer the first is the one to write. */
  constructor(numbers: Numbers) {
    this.#layers = new Map(numbers);
    this.#numbers = new Map([...numbers].reverse().map(([number, layer]) => [layer, number]));
  }

  /** The layer that a number announces. */
  layer(number: number): LayerName | undefined {
    return this.#layers.get(number);
  }

  /** The number that announces a layer. */
  number(layer: Layer | undefined): number | undefined {
    return layer && this.#numbers.get(layer.name);
  }
}

/** @internal EtherTypes. */
export const etherTypes: NumberTable = new NumberTable(ETHER_TYPES);
/** @internal IP protocols. */
export const ipProtocols: NumberTable = new NumberTable(PROTOCOLS);
/** @internal UDP ports. */
export const udpPorts: NumberTable = new NumberTable(PORTS);

/**
 * @internal The EtherType that announces the next layer. A VLAN tag says it itself, or is a service
 * tag where another tag follows: IEEE 802.1ad.
 */
export function nextEtherType({ next, second }: Place): number {
  if (next?.name !== "vlan") return etherTypes.number(next) ?? ETHER_TYPE.EXPERIMENTAL;
  return next.tpid ?? (second?.name === "vlan" ? ETHER_TYPE.QINQ : ETHER_TYPE.VLAN);
}

/** @internal `0x0800`. */
export function hex(value: number, digits = 4): string {
  return `0x${value.toString(16).padStart(digits, "0")}`;
}

/** @internal What follows a field that has an EtherType. */
export function afterEtherType(
  layer: string,
  type: number,
): { next?: LayerName | undefined; why?: string | undefined } {
  const next = etherTypes.layer(type);
  return next ? { next } : { why: `${layer}: EtherType ${hex(type)} is not read` };
}

/** @internal What follows a field that has an IP protocol. */
export function afterProtocol(
  layer: string,
  protocol: number,
): { next?: LayerName | undefined; why?: string | undefined } {
  const next = ipProtocols.layer(protocol);
  if (next || protocol === IP_PROTOCOL.NONE) return { next };
  return { why: `${layer}: IP protocol ${protocol} is not read` };
}
