/** Checksums that are computed anew, and what of them is left to a port. */

import {
  ether,
  fillChecksums,
  frame,
  type FramePart,
  geneve,
  gre,
  icmp,
  ipv4,
  ipv6,
  mpls,
  parse,
  sctp,
  tcp,
  udp,
  verify,
  vlan,
  vxlan,
} from "../../../ffi/net/net.ts";
import { fillSums, portChecksums } from "../../../ffi/net/fill.ts";
import { assert, assertEquals, assertGreater } from "../../assert.ts";
import { STACKS } from "./stacks.ts";

/** Where the checksums of a frame lie. */
const sumsOf = (bytes: Uint8Array) => fillSums(Uint8Array.from(bytes), []);

Deno.test("spoilt checksums of all stacks are mended to the same bytes", () => {
  let mended = 0;
  for (const [parts, scapy] of STACKS) {
    if (/chksum=|len=9999|version=/.test(scapy)) continue;
    const bytes = frame(...parts);
    const spoilt = Uint8Array.from(bytes);
    for (const { at, size } of sumsOf(bytes)) {
      // 0 would say that a tunnel's UDP has none
      spoilt.fill(0xab, at, at + size);
      mended++;
    }
    assertEquals(fillChecksums(spoilt).toHex(), bytes.toHex(), scapy);
    assert(verify(spoilt).ok, scapy);
  }
  assertGreater(mended, 120);
});

Deno.test("UDP without a checksum gets one, and that of a tunnel stays without", () => {
  const plain = Uint8Array.from(frame(ether(), ipv4(), udp({ checksum: 0 }), "x"));
  assertEquals(
    parse(fillChecksums(plain)).udp?.checksum,
    parse(frame(ether(), ipv4(), udp(), "x")).udp?.checksum,
  );
  const tunnel = [
    ether(),
    ipv4(),
    udp({ checksum: 0 }),
    vxlan(),
    ether(),
    ipv4(),
    udp({ checksum: 0 }),
    "x",
  ];
  const filled = parse(fillChecksums(Uint8Array.from(frame(...tunnel))));
  assertEquals(filled.udp?.checksum, 0);
  assertGreater(filled.layer("udp", 1)?.checksum ?? 0, 0);
});

Deno.test("a fragment and bytes that are cut keep what they have of UDP", () => {
  const fragment = Uint8Array.from(
    frame(ether(), ipv4({ flags: ipv4.MF, checksum: 5 }), udp({ checksum: 7 }), "x"),
  );
  const { ipv4: ip, udp: upper } = parse(fillChecksums(fragment));
  assertEquals(upper?.checksum, 7);
  assert(ip?.checksum !== 5);
  const cut = Uint8Array.from(frame(ether(), ipv4(), udp({ checksum: 7 }), "long")).slice(0, -2);
  assertEquals(parse(fillChecksums(cut)).udp?.checksum, 7);
  assertEquals(fillChecksums(new Uint8Array(0)), new Uint8Array(0));
});

const LEFT: [what: string, parts: FramePart[], left: ReturnType<typeof portChecksums>][] = [
  [
    "UDP over IPv4",
    [ether(), ipv4(), udp(), "x"],
    { ip: 4, l4: "udp", l2Length: 14, l3Length: 20, l4Length: 8 },
  ],
  [
    "TCP with options over IPv4 with options, behind two VLAN tags",
    [ether(), vlan(), vlan(), ipv4({ options: [{ kind: 1 }] }), tcp({ options: [tcp.mss(1)] })],
    { ip: 4, l4: "tcp", l2Length: 22, l3Length: 24, l4Length: 24 },
  ],
  [
    "UDP over IPv6",
    [ether(), ipv6(), udp()],
    { ip: 6, l4: "udp", l2Length: 14, l3Length: 40, l4Length: 8 },
  ],
  [
    "the header of ICMP over IPv4",
    [ether(), ipv4(), icmp(), "x"],
    { ip: 4, l4: undefined, l2Length: 14, l3Length: 20, l4Length: 0 },
  ],
  [
    "the header of SCTP over IPv4",
    [ether(), ipv4(), sctp()],
    { ip: 4, l4: undefined, l2Length: 14, l3Length: 20, l4Length: 0 },
  ],
  [
    "the header of a fragment",
    [ether(), ipv4({ flags: ipv4.MF }), udp(), "x"],
    { ip: 4, l4: undefined, l2Length: 14, l3Length: 20, l4Length: 0 },
  ],
  [
    "the header of an empty packet",
    [ether(), ipv4({ protocol: 59 })],
    { ip: 4, l4: undefined, l2Length: 14, l3Length: 20, l4Length: 0 },
  ],
  ["IPv6's extension headers", [ether(), ipv6(), ipv6.hopByHop(), udp()], undefined],
  ["ICMP over IPv6", [ether(), ipv6(), "x"], undefined],
  ["a tunnel of VXLAN", [ether(), ipv4(), udp(), vxlan(), ether(), ipv4(), udp()], undefined],
  ["a tunnel of Geneve", [ether(), ipv4(), udp(), geneve(), ipv4(), udp()], undefined],
  ["a tunnel of GRE", [ether(), ipv4(), gre(), ipv4(), udp()], undefined],
  ["IPv4 in IPv4", [ether(), ipv4(), ipv4(), udp()], undefined],
  ["MPLS", [ether(), mpls(), ipv4(), udp()], undefined],
  ["no IP", [ether({ type: 0x88cc }), "x"], undefined],
  ["nothing", [], undefined],
];

for (const [what, parts, left] of LEFT) {
  Deno.test(`left to the port: ${what}: ${left ? JSON.stringify(left) : "nothing"}`, () => {
    assertEquals(portChecksums(frame(...parts)), left);
  });
}

Deno.test("a source route leaves UDP to software: its pseudo header has another address", () => {
  const route = { kind: 131, data: Uint8Array.of(4, 10, 0, 0, 9) };
  const bytes = frame(ether(), ipv4({ options: [route] }), udp());
  assertEquals(portChecksums(bytes)?.l4, undefined);
  assert(verify(bytes).ok);
});
