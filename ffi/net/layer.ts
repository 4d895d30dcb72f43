/**
 * What a header is to those who build and read whole packets: its fields, its place, its codec.
 *
 * @module
 */

import type { Arp } from "./arp.ts";
import type { Ether } from "./ether.ts";
import type { Geneve } from "./geneve.ts";
import type { Gre } from "./gre.ts";
import type { Gtpu } from "./gtpu.ts";
import type { Icmp } from "./icmp.ts";
import type { Icmp6 } from "./icmp6.ts";
import type { Igmp } from "./igmp.ts";
import type { Ipv4 } from "./ipv4.ts";
import type { Ipv6 } from "./ipv6.ts";
import type { Ipv6Fragment, Ipv6Options, Ipv6Routing } from "./ipv6_extension.ts";
import type { Mpls } from "./mpls.ts";
import type { Bytes } from "./payload.ts";
import type { Sctp } from "./sctp.ts";
import type { Sll, Sll2 } from "./sll.ts";
import type { Tcp } from "./tcp.ts";
import type { Udp } from "./udp.ts";
import type { Vlan } from "./vlan.ts";
import type { Vxlan } from "./vxlan.ts";

/** The fields of each kind of layer, by the layer's name. */
export interface Layers {
  /** Ethernet header. */
  ether: Ether;
  /** VLAN tag. */
  vlan: Vlan;
  /** Address resolution. */
  arp: Arp;
  /** IPv4 header. */
  ipv4: Ipv4;
  /** IPv6 header, without its extensions. */
  ipv6: Ipv6;
  /** IPv6 hop-by-hop options. */
  hopByHop: Ipv6Options;
  /** IPv6 destination options. */
  destination: Ipv6Options;
  /** IPv6 routing header. */
  routing: Ipv6Routing;
  /** IPv6 fragment header. */
  fragment: Ipv6Fragment;
  /** ICMP message. */
  icmp: Icmp;
  /** ICMPv6 message. */
  icmp6: Icmp6;
  /** IGMP message. */
  igmp: Igmp;
  /** UDP header. */
  udp: Udp;
  /** TCP header. */
  tcp: Tcp;
  /** SCTP common header. */
  sctp: Sctp;
  /** GRE header. */
  gre: Gre;
  /** VXLAN header. */
  vxlan: Vxlan;
  /** Geneve header. */
  geneve: Geneve;
  /** One MPLS label. */
  mpls: Mpls;
  /** GTP-U header. */
  gtpu: Gtpu;
  /** Linux cooked header of a capture file. */
  sll: Sll;
  /** Linux cooked header of a capture file, version 2. */
  sll2: Sll2;
  /** Bytes that no header describes. */
  payload: Bytes;
  /** Bytes behind the end of what the headers describe. */
  padding: Bytes;
}

/** The name of a kind of layer, such as `"ipv4"`. */
export type LayerName = keyof Layers;

/**
 * The fields that are given to build a header: each may be left out, and is filled then; addresses
 * may be text, numbers or bytes.
 */
export type Given<Fields> = {
  [K in keyof Fields]?:
    | ([Fields[K]] extends [string | undefined] ? string | number | Uint8Array : Fields[K])
    | undefined;
};

/** A header to build, as `udp({ dstPort: 53 })` makes it: its name and what was given. */
export type Layer<N extends LayerName = LayerName> = {
  [K in N]: { readonly name: K } & Readonly<Given<Layers[K]>>;
}[N];

/**
 * A header that was read: its fields, and where it lies in the packet. {@linkcode frame} can build
 * it again.
 */
export type ParsedLayer<N extends LayerName = LayerName> = {
  [K in N]: {
    /** Kind of the layer. */
    readonly name: K;
    /** First byte of the header in the packet. */
    readonly offset: number;
    /** Bytes of the header. */
    readonly size: number;
  } & Readonly<Layers[K]>;
}[N];

/** @internal The IP header below a layer: what its pseudo header is made of. */
export interface Under {
  name: "ipv4" | "ipv6";
  /** First byte of the IP header. */
  at: number;
  /** First byte of the address of a source route that is the packet's true destination. */
  destination?: number | undefined;
  /** Whether the packet is a fragment, so that sums over all of it cannot be known. */
  fragment?: boolean | undefined;
}

/** @internal Where a header is written. */
export interface Place {
  view: DataView;
  /** First byte of the header. */
  at: number;
  /** First byte behind the header. */
  body: number;
  /** Behind the last byte of what the header carries. */
  end: number;
  /** The layer that it carries, and the one behind that. */
  next: Layer | undefined;
  second: Layer | undefined;
}

/** @internal What a header turned out to be. */
export interface Read<N extends LayerName> {
  layer: ParsedLayer<N>;
  /** Kind of what follows; the rest is payload where left out. */
  next?: LayerName | undefined;
  /** Where what it carries ends, where the header says so. */
  end?: number | undefined;
  /** Why nothing is read behind it. */
  why?: string | undefined;
  /** What is missing of the bytes that the header says it carries. */
  short?: string | undefined;
}

/** @internal A checksum: where it is kept and what it should be. */
export interface Sum {
  at: number;
  /** Bytes that it has: CRC-32C has 4, little endian. */
  size: 2 | 4;
  value: number;
}

/** @internal How a kind of layer is built and read. */
export interface Codec<N extends LayerName> {
  /** The fewest bytes of its header. */
  readonly minimum: number;
  /** Bytes of the header that these fields make. */
  size(layer: Layer<N>): number;
  /** Writes the header into zeroed bytes, its checksum as zero where none was given. */
  write(layer: Layer<N>, place: Place): void;
  /** Reads the header; `end - at` is at least the minimum. A text says why it is none. */
  read(view: DataView, at: number, end: number): Read<N> | string;
  /** The checksum that the header should have; undefined where it has none. */
  checksum?(view: DataView, at: number, end: number, under: Under | undefined): Sum | undefined;
}
