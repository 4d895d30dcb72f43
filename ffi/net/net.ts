/**
 * Packets: headers, checksums, building and reading. Everything here works on bytes alone.
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
