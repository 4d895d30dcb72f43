/** How packets are shown: the line that tcpdump prints, the dump, JSON. */

import {
  arp,
  ether,
  frame,
  type FramePart,
  gre,
  hexdump,
  icmp,
  icmp6,
  ipv4,
  ipv6,
  mpls,
  parse,
  sctp,
  tcp,
  udp,
  vlan,
  vxlan,
} from "../../../ffi/net/net.ts";
import { PcapWriter } from "../../../ffi/pcap/pcap.ts";
import { assert, assertEquals, assertStringIncludes } from "../../assert.ts";
import { runToEnd } from "../../../cmd/lib/command.ts";

const e = ether({ dst: "02:00:00:00:00:02", src: "02:00:00:00:00:01" });
const ip4 = ipv4({ src: "10.0.0.1", dst: "10.0.0.2" });
const ip6 = ipv6({ src: "2001:db8::1", dst: "fe80::a:b" });
const ports = { srcPort: 50_000, dstPort: 50_001 };
const sender = { senderMac: "02:00:00:00:00:01", senderIp: "10.0.0.1", targetIp: "10.0.0.2" };

const SAME: FramePart[][] = [
  [e, ip4, udp(ports)],
  [e, ip4, udp(ports), "hello"],
  [e, ip6, udp(ports), "hello"],
  [e, ip4, tcp(ports)],
  [
    e,
    ip4,
    tcp({ ...ports, flags: tcp.SYN, options: [tcp.mss(1460), tcp.NOP, tcp.windowScale(7)] }),
  ],
  [
    e,
    ip4,
    tcp({
      ...ports,
      flags: tcp.SYN,
      options: [tcp.SACK_PERMITTED, tcp.timestamps(4_000_000_000, 2)],
    }),
  ],
  [
    e,
    ip4,
    tcp({ ...ports, flags: tcp.ACK | tcp.PSH, sequence: 4_294_967_290, acknowledgement: 7 }),
    "0123456789",
  ],
  [e, ip6, tcp({ ...ports, flags: tcp.FIN | tcp.ACK, sequence: 5, acknowledgement: 6, window: 0 })],
  [e, ip4, tcp({ ...ports, flags: tcp.RST, sequence: 9 })],
  [e, ip4, tcp({ ...ports, flags: tcp.ACK, acknowledgement: 1, options: [tcp.sack(1, 2, 3, 4)] })],
  [e, ip4, tcp({ ...ports, flags: 0xff, urgent: 3, acknowledgement: 5 })],
  [e, ip4, tcp({ ...ports, flags: 0 })],
  [e, ip4, icmp({ id: 7, sequence: 8 }), "0123456789"],
  [e, ip4, icmp({ type: icmp.ECHO_REPLY, id: 7, sequence: 8 })],
  [e, ip6, icmp6({ id: 7, sequence: 8 }), "0123456789"],
  [e, ip6, icmp6({ type: icmp6.NEIGHBOUR_SOLICITATION, target: "fe80::1" })],
  [e, ip6, icmp6({ type: icmp6.NEIGHBOUR_ADVERTISEMENT, target: "fe80::1" })],
  [e, arp(sender)],
  [e, arp({ ...sender, targetMac: "02:00:00:00:00:02" })],
  [e, arp({ ...sender, operation: arp.REPLY })],
  [e, ip4, ip4, udp(ports), "x"],
  [e, ip6, ip6, udp(ports), "x"],
];

Deno.test(`${SAME.length} packets are one line as tcpdump prints it`, async () => {
  const path = Deno.makeTempFileSync({ prefix: "denodpdk-net-", suffix: ".pcap" });
  try {
    const frames = SAME.map((parts) => frame(...parts));
    {
      using writer = PcapWriter.create(path);
      for (const bytes of frames) writer.write(bytes);
    }
    const args = ["-r", path, "-n", "-t", "-S"];
    const { stdout, success } = await runToEnd("tcpdump", args);
    assert(success);
    const lines = stdout.trimEnd().split("\n");
    assertEquals(frames.map((bytes) => `${parse(bytes)}`), lines);
  } finally {
    Deno.removeSync(path);
  }
});

const LINES: [parts: FramePart[], line: string][] = [
  [
    [e, vlan({ id: 5, priority: 2 }), ip4, udp(ports)],
    "vlan 5, p 2, IP 10.0.0.1.50000 > 10.0.0.2.50001: UDP, length 0",
  ],
  [
    [e, mpls({ label: 3 }), ip4, udp(ports)],
    "MPLS (label 3, tc 0, [S], ttl 64): IP 10.0.0.1.50000 > 10.0.0.2.50001: UDP, length 0",
  ],
  [
    [e, ip4, udp(), vxlan({ vni: 9 }), e, ip6, icmp6({ id: 1, sequence: 2 })],
    "IP 10.0.0.1.0 > 10.0.0.2.4789: VXLAN, vni 9: IP6 2001:db8::1 > fe80::a:b: ICMP6, echo request, id 1, seq 2, length 8",
  ],
  [
    [e, ip4, gre({ key: 7 }), ip6, sctp(ports), "12"],
    "IP 10.0.0.1 > 10.0.0.2: GREv0, key=0x7: IP6 2001:db8::1.50000 > fe80::a:b.50001: sctp, length 2",
  ],
  [
    [e, ip6, ipv6.hopByHop(), udp(ports)],
    "IP6 2001:db8::1.50000 > fe80::a:b.50001: hopByHop UDP, length 0",
  ],
  [[e, ipv4({ src: "10.0.0.1", protocol: 50 }), "abc"], "IP 10.0.0.1 > 0.0.0.0: ip-proto-50 3"],
  [
    [ether({ type: 0x88cc }), "abc"],
    "00:00:00:00:00:00 > 00:00:00:00:00:00, ethertype 0x88cc, length 17",
  ],
  [[], "no bytes"],
  ["ab".split(""), "2 bytes"],
];

for (const [parts, line] of LINES) {
  Deno.test(`shown: ${line}`, () => assertEquals(`${parse(frame(...parts))}`, line));
}

const packet = parse(frame(e, ip4, udp(ports), "hello \x7f"));

Deno.test("a dump has a line for each layer and all bytes, and text2pcap's form", () => {
  const dump = packet.dump().split("\n");
  assertEquals(dump[0], `${packet}`);
  assertEquals(
    dump[1],
    "    0    14  ether       dst 02:00:00:00:00:02, src 02:00:00:00:00:01, type 0x0800",
  );
  assertEquals(
    dump[3],
    "   34     8  udp         srcPort 50000, dstPort 50001, datagramLength 15, checksum 0xa238",
  );
  assertEquals(dump.at(-1), "000030  7f                                               .");
  assertEquals(hexdump(new Uint8Array(0)), "");
});

Deno.test("a dump tells where reading stopped", () => {
  assertStringIncludes(
    parse(packet.bytes.slice(0, 40)).dump(),
    "   34        stopped: udp: 6 of 8 bytes",
  );
});

Deno.test("console.log shows the line and the layers", () => {
  const text = Deno.inspect(packet);
  assertStringIncludes(text, `Packet of 49 bytes: ${packet}\n`);
  assertStringIncludes(text, "udp         srcPort 50000");
});

Deno.test("JSON has all fields, bytes as text, and no BigInt", () => {
  const json = JSON.parse(JSON.stringify(packet));
  assertEquals(json.length, 49);
  assertEquals(json.layers[1].src, "10.0.0.1");
  assertEquals(json.layers[3], { name: "payload", offset: 42, size: 7, bytes: "68656c6c6f207f" });
  assertEquals(JSON.parse(JSON.stringify(parse(packet.bytes.slice(0, 40)))).stop, {
    offset: 34,
    reason: "udp: 6 of 8 bytes",
  });
});
