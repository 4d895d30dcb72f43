/**
 * The layers of a packet by their names, whatever reads them.
 *
 * @module
 */

import type { LayerName, ParsedLayer } from "./layer.ts";

/**
 * A packet whose layers have names: each property is the outermost layer of its kind, undefined
 * where there is none.
 */
export abstract class Layered {
  /**
   * The outermost layer of a kind, or layer number `nth` of that kind, counted from 0, for those in
   * tunnels; undefined where there is none.
   */
  abstract layer<N extends LayerName>(
    name: N,
    nth?: number,
  ): Extract<ParsedLayer, { name: N }> | undefined;

  /** The outermost Ethernet header. */
  get ether(): ParsedLayer<"ether"> | undefined {
    return this.layer("ether");
  }

  /** The outermost VLAN tag. */
  get vlan(): ParsedLayer<"vlan"> | undefined {
    return this.layer("vlan");
  }

  /** The ARP message. */
  get arp(): ParsedLayer<"arp"> | undefined {
    return this.layer("arp");
  }

  /** The outermost IPv4 header. */
  get ipv4(): ParsedLayer<"ipv4"> | undefined {
    return this.layer("ipv4");
  }

  /** The outermost IPv6 header. */
  get ipv6(): ParsedLayer<"ipv6"> | undefined {
    return this.layer("ipv6");
  }

  /** The ICMP message. */
  get icmp(): ParsedLayer<"icmp"> | undefined {
    return this.layer("icmp");
  }

  /** The ICMPv6 message. */
  get icmp6(): ParsedLayer<"icmp6"> | undefined {
    return this.layer("icmp6");
  }

  /** The IGMP message. */
  get igmp(): ParsedLayer<"igmp"> | undefined {
    return this.layer("igmp");
  }

  /** The outermost UDP header. */
  get udp(): ParsedLayer<"udp"> | undefined {
    return this.layer("udp");
  }

  /** The TCP header. */
  get tcp(): ParsedLayer<"tcp"> | undefined {
    return this.layer("tcp");
  }

  /** The SCTP header. */
  get sctp(): ParsedLayer<"sctp"> | undefined {
    return this.layer("sctp");
  }

  /** The outermost GRE header. */
  get gre(): ParsedLayer<"gre"> | undefined {
    return this.layer("gre");
  }

  /** The outermost VXLAN header. */
  get vxlan(): ParsedLayer<"vxlan"> | undefined {
    return this.layer("vxlan");
  }

  /** The outermost Geneve header. */
  get geneve(): ParsedLayer<"geneve"> | undefined {
    return this.layer("geneve");
  }

  /** The outermost MPLS label. */
  get mpls(): ParsedLayer<"mpls"> | undefined {
    return this.layer("mpls");
  }

  /** The outermost GTP-U header. */
  get gtpu(): ParsedLayer<"gtpu"> | undefined {
    return this.layer("gtpu");
  }

  /** The bytes behind the innermost header; an empty array where there are none. */
  get payload(): Uint8Array {
    return this.layer("payload")?.bytes ?? new Uint8Array(0);
  }
}
