/**
 * Link types of capture files: what the first header of a packet is. Numbers of tcpdump.org's
 * registry of link-layer header types.
 *
 * @module
 */

import type { LayerName } from "../net/layer.ts";

/** `LINKTYPE_*`: the link types that are read and written. */
export const LINK_TYPE = {
  /** Ethernet. */
  ETHERNET: 1,
  /** An IPv4 or IPv6 header at once. */
  RAW: 101,
  /** Linux "cooked" capture, version 1: device `any`. */
  LINUX_SLL: 113,
  /** An IPv4 header at once. */
  IPV4: 228,
  /** An IPv6 header at once. */
  IPV6: 229,
  /** Linux "cooked" capture, version 2. */
  LINUX_SLL2: 276,
} as const;

const FIRST: Readonly<Record<number, LayerName | "ip">> = {
  [LINK_TYPE.ETHERNET]: "ether",
  [LINK_TYPE.RAW]: "ip",
  // what OpenBSD and others call raw IP
  12: "ip",
  14: "ip",
  [LINK_TYPE.IPV4]: "ipv4",
  [LINK_TYPE.IPV6]: "ipv6",
  [LINK_TYPE.LINUX_SLL]: "sll",
  [LINK_TYPE.LINUX_SLL2]: "sll2",
};

/** Names of those that are refused. */
const NAMES: Readonly<Record<number, string>> = {
  0: "BSD loopback",
  6: "IEEE 802.5 token ring",
  8: "SLIP",
  9: "PPP",
  10: "FDDI",
  50: "PPP in HDLC framing",
  51: "PPP over Ethernet",
  104: "Cisco HDLC",
  105: "IEEE 802.11",
  107: "frame relay",
  108: "OpenBSD loopback",
  117: "OpenBSD pflog",
  119: "IEEE 802.11 with Prism header",
  127: "IEEE 802.11 with radiotap header",
  143: "DOCSIS",
  187: "Bluetooth HCI",
  189: "Linux USB",
  192: "per-packet information",
  195: "IEEE 802.15.4",
  197: "ERF",
  201: "Bluetooth HCI with direction",
  220: "Linux USB",
  227: "SocketCAN",
  230: "IEEE 802.15.4 without FCS",
  239: "NFLOG",
  247: "InfiniBand",
  249: "USBPcap",
  253: "Linux netlink",
};

/** @internal What `parse` is to begin with; undefined where the link type is not read. */
export function firstLayer(linkType: number): LayerName | "ip" | undefined {
  return FIRST[linkType];
}

/** @internal `"IEEE 802.11 (105)"`. */
export function linkTypeName(linkType: number): string {
  if (linkType >= 147 && linkType <= 162) return `reserved for users (${linkType})`;
  return `${NAMES[linkType] ?? "unknown"} (${linkType})`;
}
