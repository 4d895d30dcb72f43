/** How packets and bursts are shown: a line, a dump, what console.log prints, JSON. */

import { ether, frame, ipv4, parse, udp, vlan } from "../../../ffi/net/net.ts";
import { Burst, createPktmbufPool, DpdkError, type Mempool } from "../../../mod.ts";
import { assert, assertEquals, assertStringIncludes, assertThrows } from "../../assert.ts";
import { initTestEal, test } from "../eal.ts";
import { burstOf } from "../packets.ts";

initTestEal("0@0");

const BYTES = frame(
  ether({ dst: "02:00:00:00:00:02", src: "02:00:00:00:00:01" }),
  vlan({ id: 5 }),
  ipv4({ src: "10.0.0.1", dst: "10.0.0.2" }),
  udp({ srcPort: 1024, dstPort: 9 }),
  "hello",
);
const LINE = "vlan 5, p 0, IP 10.0.0.1.1024 > 10.0.0.2.9: UDP, length 5";

/** A burst of packets, each of two segments: the second begins in the midst of the IPv4 header. */
function split(pool: Mempool, count = 1): Burst {
  const burst = burstOf(pool, ...Array.from({ length: 2 * count }, () => ""));
  for (let i = 0; i < count; i++) {
    const [head, tail] = [burst.packet(i), burst.packet(i + 1)];
    head.write(BYTES.subarray(0, 25));
    tail.write(BYTES.subarray(25));
    head.chain(tail);
  }
  return burst;
}

test("a packet of two segments is read, shown and dumped whole", () => {
  using pool = createPktmbufPool("P", 63);
  using burst = split(pool);
  const packet = burst.packet(0);
  assertEquals(`${packet}`, LINE);
  assertEquals([packet.ipv4?.src, packet.udp?.dstPort, packet.vlan?.id], ["10.0.0.1", 9, 5]);
  assertEquals(packet.layers.map(({ name }) => name).join(), "ether,vlan,ipv4,udp,payload");
  assertEquals(packet.payload, new TextEncoder().encode("hello"));
  assertEquals(`${parse(burst, 0)}`, LINE);
  assertThrows(() => parse(burst, 1), RangeError, "holds 1 packets, got 1");
  const dump = packet.dump().split("\n");
  assertEquals(dump.slice(0, 2), [LINE, "      2 segments"]);
  assertStringIncludes(dump[2] ?? "", "ether       dst 02:00:00:00:00:02");
  assertEquals(dump.at(-1), "000030  6c 6c 6f                                         llo");
  const shown = Deno.inspect(packet).split("\n");
  assertEquals(shown[0], `Packet of ${BYTES.length} bytes: ${LINE}`);
  assertEquals(shown.length, 7);
});

test("what was parsed stays when the packet goes", () => {
  using pool = createPktmbufPool("P", 63);
  using burst = burstOf(pool, "");
  burst.packet(0).write(BYTES);
  const parsed = burst.packet(0).parse();
  burst.clear();
  assertEquals([`${parsed}`, parsed.ipv4?.dst], [LINE, "10.0.0.2"]);
});

test("a dump says what is left to the port", () => {
  using pool = createPktmbufPool("P", 63);
  using burst = burstOf(pool, "");
  const packet = burst.packet(0);
  packet.write(BYTES);
  assertEquals(packet.dump().split("\n")[1]?.trim().slice(0, 7), "0    14");
  packet.offload = { ip: 4, ipChecksum: true, l4: "udp", l2Length: 18 };
  assertStringIncludes(packet.dump(), "\n      left to the port: IP checksum, UDP checksum\n");
  assertStringIncludes(Deno.inspect(packet), "left to the port");
});

test("console.log shows a line for each of the first packets of a burst", () => {
  using pool = createPktmbufPool("P", 63);
  using burst = split(pool, 2);
  const lines = Deno.inspect(burst).split("\n");
  assertEquals(lines, [
    "Burst of 2 packets, room for 4",
    `    0    51  ${LINE}`,
    `    1    51  ${LINE}`,
  ]);
  burst.clear();
  assertEquals(Deno.inspect(burst), "Burst of 0 packets, room for 4");
  pool.getBulk(burst, 1);
  assertEquals(Deno.inspect(burst).split("\n")[0], "Burst of 1 packet, room for 4");
  using many = split(pool, 12);
  assertEquals(Deno.inspect(many).split("\n").length, 10);
  assert(Deno.inspect(many).endsWith("\n      4 more"));
});

test("packets of another pool are counted, and said to be that", () => {
  using pool = createPktmbufPool("P", 63);
  using other = createPktmbufPool("Q", 63);
  using burst = new Burst(1, { pools: [other] });
  pool.getBulk(burst);
  assertStringIncludes(Deno.inspect(burst), "    0        the packet is not of Q");
});

test("console.log of what is disposed of says so, and all other use throws", () => {
  const pool = createPktmbufPool("P", 63);
  const burst = burstOf(pool, "abc");
  const packet = burst.packet(0);
  burst.clear();
  assertStringIncludes(
    Deno.inspect(packet),
    "Packet (disposed: packets of its burst have been sent",
  );
  for (const use of [() => `${packet}`, () => packet.dump(), () => JSON.stringify(packet)]) {
    assertThrows(use, DpdkError, "sent or dropped");
  }
  for (const use of [() => packet.layers, () => packet.ipv4, () => packet.parse()]) {
    assertThrows(use, DpdkError, "sent or dropped");
  }
  pool[Symbol.dispose]();
  assertStringIncludes(Deno.inspect(packet), "Packet (disposed");
  burst[Symbol.dispose]();
  assertEquals(Deno.inspect(burst), "Burst (disposed)");
  assertThrows(() => JSON.stringify(burst), DpdkError, "disposal");
});

test("a packet whose data lies outside is shown as that", () => {
  using pool = createPktmbufPool("P", 63);
  using burst = burstOf(pool, "abc");
  const packet = burst.packet(0);
  const { view } = burst;
  // the address of its data, the first member of an mbuf, which lies 128 bytes and a headroom before
  const at = packet.offset - 256;
  const before = view.getBigUint64(at, true);
  view.setBigUint64(at, 1n, true);
  assertThrows(() => `${packet}`, DpdkError, "outside P");
  assertStringIncludes(Deno.inspect(packet), "EINVAL");
  assertStringIncludes(Deno.inspect(burst), "the data lies outside P");
  view.setBigUint64(at, before, true);
});

test("JSON has layers, what ports say, and no BigInt", () => {
  using pool = createPktmbufPool("P", 63);
  using burst = split(pool);
  const packet = burst.packet(0);
  const json = JSON.parse(JSON.stringify(burst));
  assertEquals(json.size, 2);
  const [one] = json.packets;
  assertEquals([one.length, one.segments, one.port], [51, 2, 65_535]);
  assertEquals([one.ipChecksum, one.l4Checksum, one.offload], ["unknown", "unknown", undefined]);
  assertEquals(one.layers[2].src, "10.0.0.1");
  assertEquals(one.layers[4].bytes, "68656c6c6f");
  assertEquals(JSON.parse(JSON.stringify(packet)), one);
});
