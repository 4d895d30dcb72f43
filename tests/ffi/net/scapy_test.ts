/** Scapy builds the same bytes, and reads ours as we do. */

import { fileURLToPath } from "node:url";
import { frame, parse, type ParsedLayer, verify } from "../../../ffi/net/net.ts";
import { assert, assertEquals, assertGreaterOrEqual } from "../../assert.ts";
import { STACKS } from "./stacks.ts";
import { runToEnd } from "../../../cmd/lib/command.ts";

type ScapyLayer = [name: string, fields: Record<string, string | number>];

/** Scapy's name of a layer, and of those of its fields that are ours. */
const NAMES: Record<string, [layer: string, fields: Record<string, string>]> = {
  Ether: ["ether", { dst: "dst", src: "src", type: "type" }],
  Dot1Q: ["vlan", { prio: "priority", vlan: "id", type: "type" }],
  Dot1AD: ["vlan", { prio: "priority", vlan: "id", type: "type" }],
  ARP: ["arp", {
    hwtype: "hardware",
    ptype: "protocol",
    hwlen: "hardwareSize",
    plen: "protocolSize",
    op: "operation",
    hwsrc: "senderMac",
    psrc: "senderIp",
    hwdst: "targetMac",
    pdst: "targetIp",
  }],
  IP: ["ipv4", {
    version: "version",
    ihl: "ihl",
    len: "totalLength",
    id: "id",
    flags: "flags",
    frag: "fragmentOffset",
    ttl: "ttl",
    proto: "protocol",
    chksum: "checksum",
    src: "src",
    dst: "dst",
  }],
  IPv6: ["ipv6", {
    version: "version",
    tc: "trafficClass",
    fl: "flowLabel",
    plen: "payloadLength",
    nh: "nextHeader",
    hlim: "hopLimit",
    src: "src",
    dst: "dst",
  }],
  IPv6ExtHdrHopByHop: ["hopByHop", { nh: "nextHeader", len: "headerLength" }],
  IPv6ExtHdrDestOpt: ["destination", { nh: "nextHeader", len: "headerLength" }],
  IPv6ExtHdrRouting: ["routing", {
    nh: "nextHeader",
    len: "headerLength",
    segleft: "segmentsLeft",
  }],
  IPv6ExtHdrSegmentRouting: ["routing", {
    nh: "nextHeader",
    len: "headerLength",
    type: "type",
    segleft: "segmentsLeft",
  }],
  IPv6ExtHdrFragment: ["fragment", { nh: "nextHeader", offset: "fragmentOffset", id: "id" }],
  UDP: ["udp", { sport: "srcPort", dport: "dstPort", len: "datagramLength", chksum: "checksum" }],
  TCP: ["tcp", {
    sport: "srcPort",
    dport: "dstPort",
    seq: "sequence",
    ack: "acknowledgement",
    dataofs: "dataOffset",
    flags: "flags",
    window: "window",
    chksum: "checksum",
    urgptr: "urgent",
  }],
  SCTP: ["sctp", { sport: "srcPort", dport: "dstPort", tag: "tag" }],
  ICMP: ["icmp", { type: "type", code: "code", chksum: "checksum", id: "id", seq: "sequence" }],
  ICMPv6EchoRequest: ["icmp6", { type: "type", cksum: "checksum", id: "id", seq: "sequence" }],
  ICMPv6ND_NS: ["icmp6", { type: "type", cksum: "checksum", tgt: "target" }],
  ICMPv6ND_NA: ["icmp6", { type: "type", cksum: "checksum", tgt: "target" }],
  ICMPv6ND_RA: ["icmp6", { reachabletime: "reachableTime", retranstimer: "retransTimer" }],
  ICMPv6ND_Redirect: ["icmp6", { tgt: "target", dst: "destination" }],
  ICMPv6PacketTooBig: ["icmp6", { mtu: "mtu" }],
  ICMPv6ParamProblem: ["icmp6", { ptr: "pointer" }],
  IGMP: ["igmp", { type: "type", mrcode: "maxResponse", chksum: "checksum", gaddr: "group" }],
  GRE: ["gre", { proto: "protocol", key: "key", sequence_number: "sequence" }],
  VXLAN: ["vxlan", { flags: "flags", vni: "vni" }],
  GENEVE: ["geneve", { optionlen: "optionsLength", proto: "protocol", vni: "vni" }],
  MPLS: ["mpls", { label: "label", cos: "trafficClass", ttl: "ttl" }],
  GTP_U_Header: ["gtpu", { gtp_type: "type", length: "messageLength", teid: "teid" }],
};

async function askScapy(frames: readonly Uint8Array[]): Promise<[hex: string, ScapyLayer[]][]> {
  const oracle = fileURLToPath(new URL("./fixtures/scapy_oracle.py", import.meta.url));
  const input = JSON.stringify(STACKS.map(([, scapy], i) => [scapy, frames[i]?.toHex()]));
  const { stdout, stderr, success } = await runToEnd("/usr/bin/python3", [oracle], { input });
  assert(success, stderr);
  return stdout.trim().split("\n").map((line) => JSON.parse(line));
}

const frames = STACKS.map(([ours]) => frame(...ours));
const answers = await askScapy(frames);

/** The fields of one of Scapy's layers under our names, and ours beside them. */
function compared(theirs: ScapyLayer, ours: ParsedLayer | undefined) {
  const [name, fields] = NAMES[theirs[0]] ?? ["", {}];
  const known = Object.entries(fields).filter(([key]) => key in theirs[1]);
  const all = (ours ?? {}) as unknown as Record<string, unknown>;
  return {
    theirs: [name, ...known.map(([key]) => theirs[1][key])],
    ours: [ours?.name, ...known.map(([, own]) => all[own])],
  };
}

Deno.test(`Scapy builds the same bytes for ${STACKS.length} stacks`, () => {
  assertGreaterOrEqual(STACKS.length, 120);
  STACKS.forEach(([, scapy], i) => assertEquals(frames[i]?.toHex(), answers[i]?.[0], scapy));
});

Deno.test("Scapy reads the same fields in our frames", () => {
  let fields = 0;
  STACKS.forEach(([, scapy], i) => {
    const layers = parse(frames[i] ?? new Uint8Array(0)).layers;
    let at = 0;
    for (const theirs of answers[i]?.[1] ?? []) {
      if (!(theirs[0] in NAMES)) continue;
      const name = NAMES[theirs[0]]?.[0];
      while (at < layers.length && layers[at]?.name !== name) at++;
      // where a header is wrong on purpose we stop, and Scapy goes on
      if (at === layers.length && scapy.match(/version|len=3|type=0x1234|dataofs/)) return;
      const pair = compared(theirs, layers[at++]);
      assertEquals(pair.ours, pair.theirs, scapy);
      fields += pair.ours.length;
    }
  });
  assertGreaterOrEqual(fields, 2000);
});

Deno.test("layers that were read make the same bytes again", () => {
  STACKS.forEach(([, scapy], i) => {
    const bytes = frames[i] ?? new Uint8Array(0);
    assertEquals(frame(...parse(bytes).layers).toHex(), bytes.toHex(), scapy);
  });
});

Deno.test("each checksum of a frame is right unless it was given", () => {
  STACKS.forEach(([, scapy], i) => {
    if (/chksum=|len=9999|version=/.test(scapy)) return;
    const bytes = frames[i] ?? new Uint8Array(0);
    assertEquals(verify(bytes).checksums.filter(({ ok }) => !ok), [], scapy);
  });
});
