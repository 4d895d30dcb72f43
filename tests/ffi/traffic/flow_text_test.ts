/** Flows as they are written on a command line. */

import { parse, verify } from "../../../ffi/net/net.ts";
import { type FlowOptions, parseFlow } from "../../../ffi/traffic/traffic.ts";
import { assert, assertEquals, assertThrows } from "../../assert.ts";

/** The first packets of a flow, each in a line. */
function packets(text: string, count: number, options: FlowOptions = {}): string[] {
  const flow = parseFlow(text, options);
  return Array.from({ length: count }, () => {
    const bytes = flow.next();
    assert(verify(bytes).ok);
    return `${parse(bytes)}`;
  });
}

const SEEN: [text: string, lines: string[]][] = [
  [
    "ether/ipv4(src=10.0.0.255-10.0.1.0)/udp(dport=9)",
    ["IP 10.0.0.255.0 > 0.0.0.0.9", "IP 10.0.1.0.0 > 0.0.0.0.9", "IP 10.0.0.255.0 > 0.0.0.0.9"],
  ],
  [
    "eth/ip(dst=10.0.0.0/30)/udp(sport=1|5, dport=0x10)",
    ["IP 0.0.0.0.1 > 10.0.0.0.16", "IP 0.0.0.0.5 > 10.0.0.1.16", "IP 0.0.0.0.1 > 10.0.0.2.16"],
  ],
  [
    "ether / ip6(src=2001:db8::ffff-2001:db8::1:0) / tcp(dstPort=counter:80)",
    ["IP6 2001:db8::ffff.0 > ::.80", "IP6 2001:db8::1:0.0 > ::.81", "IP6 2001:db8::ffff.0 > ::.82"],
  ],
  [
    "ether/ipv4/udp/vxlan(vni=7-8)/ether/ipv4(src=1.1.1.1-1.1.1.2)/udp(dport=7-8)/payload(text=a,b)",
    ["1.1.1.1.0 > 0.0.0.0.7: UDP, length 3", "1.1.1.2.0 > 0.0.0.0.8: UDP, length 3"],
  ],
  ["ether/vlan(id=5-6)/vlan(id=7)/ipv4/udp", ["vlan 5", "vlan 6"]],
  ["ether(src=02:00:00:00:00:01-02:00:00:00:00:02)/ipv4/icmp(type=8,id=counter:1)", [
    "ICMP",
    "ICMP",
  ]],
  ["ether/ipv4/udp/payload(hex=00ff)", ["UDP, length 2"]],
  ["ether/ipv4/udp/payload(bytes=100)", ["UDP, length 100"]],
];

for (const [text, lines] of SEEN) {
  Deno.test(`flow '${text}'`, () => {
    const seen = packets(text, lines.length);
    for (const [i, line] of lines.entries()) assert(seen[i]!.includes(line), `${seen[i]}: ${line}`);
  });
}

Deno.test("flow of a text: random values are of the range and of the seed, sizes as asked", () => {
  const text = "ether/ipv4/udp(sport=random:1000-1009@7)";
  const ports = (text: string) => {
    const flow = parseFlow(text, { sizes: "64,128" });
    return Array.from({ length: 100 }, () => parse(flow.next()).udp!.srcPort);
  };
  assert(ports(text).every((port) => port >= 1000 && port <= 1009));
  assertEquals(new Set(ports(text)).size, 10);
  assert(ports(text).join() !== ports(text.replace("@7", "@8")).join());
  assertEquals(ports(text.replace("@7", "")), ports(text.replace("@7", "@1")));
  assertEquals([...parseFlow(text, { sizes: "64,128" }).lengths], [60, 124]);
});

const WRONG: [text: string, message: string][] = [
  ["", "expected one of ether, vlan,"],
  ["ether/ipx", "payload, got 'ipx'"],
  ["ether/ipv4(src=10.0.0.1", "parentheses in pairs"],
  ["ether/ipv4(ttl=x)", "expected a number, got 'x'"],
  ["ether/ipv4(ttl=9-5)", "expected a range as 1-9, got '9-5'"],
  ["ether/ipv4(ttl=256)", "256"],
  ["ether/ipv4(src=10.0.0.9-10.0.0.1)", "last address after the first"],
  ["ether/ipv4(color=1)", "one of src, dst, id, ttl, dscp, ecn,"],
  ["ether/ipv4(src)", "FIELD=VALUE"],
  ["ether/ipv4/payload(bytes=x)", "payload(bytes=N)"],
  ["ether/vlan(id=1)/vlan(id=2-3)/ipv4", "in the first vlan alone"],
];

for (const [text, message] of WRONG) {
  Deno.test(`no flow: '${text}'`, () => {
    assertThrows(() => parseFlow(text), RangeError, message);
  });
}
