/**
 * A packet as one line, as `tcpdump -n` prints it.
 *
 * @module
 */

import type { HeaderOption } from "./options.ts";
import type { ParsedLayer } from "./layer.ts";
import { hex } from "./numbers.ts";
import { viewOf } from "./source.ts";

/** tcpdump's letters of TCP's flags, the lowest bit first. */
const TCP_FLAGS = "FSRP.UEW";

/** Bytes that the layers from `from` on describe, padding not counted. */
function lengthFrom(layers: readonly ParsedLayer[], from: number): number {
  return layers.slice(from).reduce(
    (sum, { name, size }) => sum + (name === "padding" ? 0 : size),
    0,
  );
}

function optionText({ kind, data = new Uint8Array(0) }: HeaderOption): string {
  const view = viewOf(data);
  const word = (i: number) => view.getUint32(4 * i);
  if (kind === 0) return "eol";
  if (kind === 1) return "nop";
  if (kind === 2 && data.length === 2) return `mss ${view.getUint16(0)}`;
  if (kind === 3 && data.length === 1) return `wscale ${data[0]}`;
  if (kind === 4 && data.length === 0) return "sackOK";
  if (kind === 5 && data.length > 0 && data.length % 8 === 0) {
    const blocks = Array.from({ length: data.length / 8 }, (_, i) => i);
    const text = blocks.map((i) => `{${word(2 * i)}:${word(2 * i + 1)}}`).join("");
    return `sack ${blocks.length} ${text}`;
  }
  if (kind === 8 && data.length === 8) return `TS val ${word(0)} ecr ${word(1)}`;
  return `unknown-${kind} 0x${data.toHex()}`;
}

function tcpText(layer: ParsedLayer<"tcp">, length: number): string {
  const { flags, sequence, options } = layer;
  const letters = [...TCP_FLAGS].filter((_, bit) => flags & (1 << bit)).join("") || "none";
  const parts = [`Flags [${letters}]`];
  // SYN, FIN and RST count a sequence number too
  if (length > 0 || flags & 7) {
    const end = length > 0 ? `:${(sequence + length) >>> 0}` : "";
    parts.push(`seq ${sequence}${end}`);
  }
  if (flags & 0x10) parts.push(`ack ${layer.acknowledgement}`);
  parts.push(`win ${layer.window}`);
  if (flags & 0x20) parts.push(`urg ${layer.urgent}`);
  if (options.length > 0) parts.push(`options [${options.map(optionText).join(",")}]`);
  return [...parts, `length ${length}`].join(", ");
}

const ICMP_TYPES: Readonly<Record<number, string>> = {
  0: "echo reply",
  3: "unreachable",
  5: "redirect",
  8: "echo request",
  11: "time exceeded",
  12: "parameter problem",
  13: "time stamp query",
  14: "time stamp reply",
};

const ICMP6_TYPES: Readonly<Record<number, string>> = {
  1: "destination unreachable",
  2: "packet too big",
  3: "time exceeded",
  4: "parameter problem",
  128: "echo request",
  129: "echo reply",
  133: "router solicitation",
  134: "router advertisement",
  135: "neighbor solicitation",
  136: "neighbor advertisement",
  137: "redirect",
};

function icmpText(layer: ParsedLayer<"icmp"> | ParsedLayer<"icmp6">): string {
  const { type, code, id, sequence, mtu } = layer;
  const names = layer.name === "icmp" ? ICMP_TYPES : ICMP6_TYPES;
  const name = names[type] ?? `type-${type}`;
  if (id !== undefined && name.startsWith("echo")) return `${name}, id ${id}, seq ${sequence}`;
  if (layer.name === "icmp6" && layer.target !== undefined) {
    if (type === 135) return `${name}, who has ${layer.target}`;
    return `${name}, tgt is ${layer.target}`;
  }
  if (mtu !== undefined) return `${name}, mtu ${mtu}`;
  return code === 0 ? name : `${name}, code ${code}`;
}

const IGMP_TYPES: Readonly<Record<number, string>> = {
  0x11: "igmp query",
  0x12: "igmp v1 report",
  0x16: "igmp v2 report",
  0x17: "igmp leave",
  0x22: "igmp v3 report",
};

function igmpText({ type, group, records }: ParsedLayer<"igmp">): string {
  const name = IGMP_TYPES[type] ?? `igmp type ${hex(type, 2)}`;
  if (records) return `${name}, ${records.length} group record(s)`;
  return group === "0.0.0.0" ? name : `${name} ${group}`;
}

function arpText(layer: ParsedLayer<"arp">, length: number): string {
  const { operation, senderIp, senderMac, targetIp, targetMac } = layer;
  if (operation === 1) {
    const known = targetMac === "00:00:00:00:00:00" ? "" : ` (${targetMac})`;
    return `ARP, Request who-has ${targetIp}${known} tell ${senderIp}, length ${length}`;
  }
  if (operation === 2) return `ARP, Reply ${senderIp} is-at ${senderMac}, length ${length}`;
  return `ARP, operation ${operation}, length ${length}`;
}

/** What is inside a tunnel's header. */
function tunnelText(layer: ParsedLayer): string | undefined {
  switch (layer.name) {
    case "gre":
      return `GREv0${layer.key === undefined ? "" : `, key=${hex(layer.key, 1)}`}`;
    case "vxlan":
      return `VXLAN, vni ${layer.vni}`;
    case "geneve":
      return `Geneve, vni ${hex(layer.vni, 1)}`;
    case "gtpu":
      return `GTPv1-U, teid ${layer.teid}`;
    case "mpls": {
      const { label, trafficClass, bottom, ttl } = layer;
      return `MPLS (label ${label}, tc ${trafficClass},${bottom ? " [S]," : ""} ttl ${ttl})`;
    }
    default:
      return undefined;
  }
}

/** What a message to or from a port is. */
function messageText(layers: readonly ParsedLayer[], at: number): string {
  const layer = layers[at];
  switch (layer?.name) {
    case "tcp":
      return tcpText(layer, lengthFrom(layers, at + 1));
    case "udp":
      return layers[at + 1] && tunnelText(layers[at + 1] as ParsedLayer)
        ? text(layers, at + 1)
        : `UDP, length ${layer.datagramLength < 8 ? 0 : layer.datagramLength - 8}`;
    case "sctp":
      return `sctp, length ${lengthFrom(layers, at + 1)}`;
    case "icmp":
      return `ICMP ${icmpText(layer)}, length ${lengthFrom(layers, at)}`;
    case "icmp6":
      return `ICMP6, ${icmpText(layer)}, length ${lengthFrom(layers, at)}`;
    case "igmp":
      return igmpText(layer);
  }
  return text(layers, at);
}

const EXTENSIONS: readonly string[] = ["hopByHop", "destination", "routing", "fragment"];

function ipText(layers: readonly ParsedLayer[], at: number): string {
  const ip = layers[at] as ParsedLayer<"ipv4"> | ParsedLayer<"ipv6">;
  let next = at + 1;
  while (EXTENSIONS.includes(layers[next]?.name ?? "")) next++;
  const upper = layers[next];
  const ported = upper && "srcPort" in upper ? upper : undefined;
  const src = ported ? `${ip.src}.${ported.srcPort}` : ip.src;
  const dst = ported ? `${ip.dst}.${ported.dstPort}` : ip.dst;
  const name = ip.name === "ipv4" ? "IP" : "IP6";
  const extensions = layers.slice(at + 1, next).map(({ name }) => `${name} `).join("");
  const protocol = ip.name === "ipv4" ? ip.protocol : ip.nextHeader;
  const message = !upper || upper.name === "payload" || upper.name === "padding"
    ? `ip-proto-${protocol} ${lengthFrom(layers, next)}`
    : messageText(layers, next);
  return `${name} ${src} > ${dst}: ${extensions}${message}`;
}

/** The layers from one on. */
function text(layers: readonly ParsedLayer[], at: number): string {
  const layer = layers[at];
  if (!layer) return "no bytes";
  const next = layers[at + 1];
  switch (layer.name) {
    case "ether":
      if (next && next.name !== "payload") return text(layers, at + 1);
      return `${layer.src} > ${layer.dst}, ethertype ${hex(layer.type)}, length ${
        14 + lengthFrom(layers, at + 1)
      }`;
    case "sll":
    case "sll2":
      return next ? text(layers, at + 1) : "cooked header alone";
    case "vlan":
      return `vlan ${layer.id}, p ${layer.priority}, ${text(layers, at + 1)}`;
    case "arp":
      // tcpdump counts what fills the frame
      return arpText(layer, layers.slice(at).reduce((sum, { size }) => sum + size, 0));
    case "ipv4":
    case "ipv6":
      return ipText(layers, at);
    case "payload":
    case "padding":
      return `${layer.size} bytes`;
  }
  const tunnel = tunnelText(layer);
  if (tunnel !== undefined) return `${tunnel}${next ? `: ${text(layers, at + 1)}` : ""}`;
  return messageText([layer], 0);
}

/** @internal A packet as one line. */
export function line(layers: readonly ParsedLayer[]): string {
  return text(layers, 0);
}
