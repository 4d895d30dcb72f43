/**
 * Packets as bytes: their headers, built and read; checksums; addresses. Nothing here needs DPDK, a
 * port or root: it works on a `Uint8Array` as well as on a packet of a burst.
 *
 * There are two ways to a header, under one name. As a function, `ipv4({ ttl: 9 })` describes a
 * header for {@linkcode frame}. As a namespace, `ipv4.ttl(view, at)` and `ipv4.setTtl(view, at, 9)`
 * read and write one field where it lies, for loops: they allocate nothing, and `at` is the byte
 * where the header begins. Multi-byte fields are big endian on the wire; the values here are plain
 * numbers.
 *
 * ## Build and read
 *
 * - {@linkcode frame}: builds a packet from its headers and payload; it returns a
 *   {@linkcode Frame}, which is a `Uint8Array`. {@linkcode padding} adds bytes behind the packet.
 * - {@linkcode parse}: reads a packet into layers; the result is a {@linkcode Parsed}, which has
 *   each layer by its name, see {@linkcode Layered}.
 * - {@linkcode hexdump}: bytes as text that `text2pcap` reads.
 *
 * ## Headers
 *
 * - Link: {@linkcode ether}, {@linkcode vlan}, {@linkcode mpls}, {@linkcode arp}.
 * - Network: {@linkcode ipv4}, {@linkcode ipv6}, {@linkcode icmp}, {@linkcode icmp6},
 *   {@linkcode igmp}.
 * - Transport: {@linkcode udp}, {@linkcode tcp}, {@linkcode sctp}.
 * - Tunnels: {@linkcode gre}, {@linkcode vxlan}, {@linkcode geneve}, {@linkcode gtpu}.
 * - Numbers in them: {@linkcode ETHER_TYPE}, {@linkcode IP_PROTOCOL}, {@linkcode UDP_PORT}.
 *
 * ## Checksums
 *
 * - {@linkcode fillChecksums}: writes all checksums of a packet.
 * - {@linkcode verify}: checks them all.
 * - {@linkcode checksum}: sums for loops, and their incremental update.
 *
 * ## Addresses
 *
 * - {@linkcode parseMac}, {@linkcode formatMac}, {@linkcode BROADCAST_MAC}.
 * - {@linkcode parseIpv4}, {@linkcode formatIpv4}, {@linkcode parseIpv6}, {@linkcode formatIpv6}.
 * - {@linkcode AddressRange}: from a first address to a last one.
 *
 * @example Build a packet, change a field, read it
 * ```ts
 * import { ether, frame, ipv4, parse, udp } from "denodpdk/net";
 *
 * const bytes = frame(
 *   ether({ dst: "02:00:00:00:00:02" }),
 *   ipv4({ src: "10.0.0.1", dst: "10.0.0.2" }),
 *   udp({ srcPort: 1024, dstPort: 53 }),
 *   "hello",
 * );
 * ipv4.decrementTtl(new DataView(bytes.buffer), 14); // updates the checksum too
 * console.log(parse(bytes).ipv4?.ttl); // 63
 * console.log(`${parse(bytes)}`); // IP 10.0.0.1.1024 > 10.0.0.2.53: UDP, length 5
 * ```
 *
 * @module
 */

export {
  BROADCAST_MAC,
  formatIpv4,
  formatIpv6,
  formatMac,
  type Ipv4Address,
  type Ipv6Address,
  type MacAddress,
  parseIpv4,
  parseIpv6,
  parseMac,
} from "./address.ts";
export { type AddressFamily, AddressRange } from "./address_range.ts";
export { type Arp, arp } from "./arp.ts";
export * as checksum from "./checksum.ts";
export { hexdump } from "./dump.ts";
export { type Ether, ether } from "./ether.ts";
export { fillChecksums } from "./fill.ts";
export { Frame, frame, type FramePart } from "./frame.ts";
export { type Geneve, geneve, type GeneveOption } from "./geneve.ts";
export { type Gre, gre } from "./gre.ts";
export { type Gtpu, gtpu, type GtpuExtension } from "./gtpu.ts";
export { type Icmp, icmp } from "./icmp.ts";
export { type Icmp6, icmp6, type NeighbourOption } from "./icmp6.ts";
export { type Igmp, igmp, type IgmpRecord } from "./igmp.ts";
export { type Ipv4, ipv4 } from "./ipv4.ts";
export { type Ipv6, ipv6 } from "./ipv6.ts";
export type { Ipv6Fragment, Ipv6Option, Ipv6Options, Ipv6Routing } from "./ipv6_extension.ts";
export type { Given, Layer, LayerName, Layers, ParsedLayer } from "./layer.ts";
export { type Mpls, mpls } from "./mpls.ts";
export { ETHER_TYPE, IP_PROTOCOL, UDP_PORT } from "./numbers.ts";
export type { HeaderOption } from "./options.ts";
export { Layered } from "./layered.ts";
export { parse, Parsed, type ParseOptions } from "./parse.ts";
export { type Bytes, padding } from "./payload.ts";
export { type Sctp, sctp } from "./sctp.ts";
export type { Sll, Sll2 } from "./sll.ts";
export type { HasBytes, HasPackets } from "./source.ts";
export { type Tcp, tcp } from "./tcp.ts";
export { type Udp, udp } from "./udp.ts";
export { type PacketChecksum, type Verification, verify } from "./verify.ts";
export { type Vlan, vlan } from "./vlan.ts";
export { type Vxlan, vxlan } from "./vxlan.ts";
export type { Stop } from "./walk.ts";
