/**
 * The codecs of all kinds of layers, by name.
 *
 * @module
 */

import { arpCodec } from "./arp.ts";
import { etherCodec } from "./ether.ts";
import { geneveCodec } from "./geneve.ts";
import { greCodec } from "./gre.ts";
import { gtpuCodec } from "./gtpu.ts";
import { icmpCodec } from "./icmp.ts";
import { icmp6Codec } from "./icmp6.ts";
import { igmpCodec } from "./igmp.ts";
import { ipv4Codec } from "./ipv4.ts";
import { ipv6Codec } from "./ipv6.ts";
import { destinationCodec, fragmentCodec, hopByHopCodec, routingCodec } from "./ipv6_extension.ts";
import type { Codec, Layer, LayerName, Place } from "./layer.ts";
import { mplsCodec } from "./mpls.ts";
import { paddingCodec, payloadCodec } from "./payload.ts";
import { sctpCodec } from "./sctp.ts";
import { sll2Codec, sllCodec } from "./sll.ts";
import { tcpCodec } from "./tcp.ts";
import { udpCodec } from "./udp.ts";
import { vlanCodec } from "./vlan.ts";
import { vxlanCodec } from "./vxlan.ts";

/** @internal How each kind of layer is built and read. */
export const CODECS: { readonly [N in LayerName]: Codec<N> } = {
  ether: etherCodec,
  vlan: vlanCodec,
  arp: arpCodec,
  ipv4: ipv4Codec,
  ipv6: ipv6Codec,
  hopByHop: hopByHopCodec,
  destination: destinationCodec,
  routing: routingCodec,
  fragment: fragmentCodec,
  icmp: icmpCodec,
  icmp6: icmp6Codec,
  igmp: igmpCodec,
  udp: udpCodec,
  tcp: tcpCodec,
  sctp: sctpCodec,
  gre: greCodec,
  vxlan: vxlanCodec,
  geneve: geneveCodec,
  mpls: mplsCodec,
  gtpu: gtpuCodec,
  sll: sllCodec,
  sll2: sll2Codec,
  payload: payloadCodec,
  padding: paddingCodec,
};

/** @internal Bytes of a layer's header. */
export function sizeOf<N extends LayerName>(layer: Layer<N>): number {
  return CODECS[layer.name].size(layer);
}

/** @internal Writes a layer's header. */
export function writeLayer<N extends LayerName>(layer: Layer<N>, place: Place): void {
  CODECS[layer.name].write(layer, place);
}
