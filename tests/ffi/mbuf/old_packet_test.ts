/** Packets: what is in them, where it lies, and nothing copied. */

import {
  createPktmbufPool,
  DpdkError,
  Mempool,
  Memzone,
  Objects,
  OldPacketMemory,
  OUTSIDE,
  PacketBurst,
  PKTMBUF_HEADROOM,
  pktmbufAllocBulk,
  pktmbufFreeBulk,
} from "../../../mod.ts";
import {
  assert,
  assertEquals,
  assertGreater,
  assertStrictEquals,
  assertThrows,
} from "../../assert.ts";
import { initTestEal, test } from "../eal.ts";
import { chunkCount, textPackets } from "../ports.ts";

initTestEal("0@0");

const encoder = new TextEncoder();
const decoder = new TextDecoder();

test("a fresh packet is empty, of one segment and from nowhere", () => {
  using pool = createPktmbufPool("P", 63);
  using memory = OldPacketMemory.of(pool);
  const objs = new Objects(1);
  pktmbufAllocBulk(pool, objs, 1);
  const packet = memory.packet(objs);
  assertEquals([packet.length, packet.segments, packet.port], [0, 1, 0xffff]);
  assertEquals([packet.rssHash, packet.vlan, packet.next], [undefined, undefined, undefined]);
  assertStrictEquals(packet.data.length, 0);
  pktmbufFreeBulk(objs, 1);
});

/** Members of `struct rte_mbuf` in rte_mbuf_core.h, as x86-64 has them. */
const OL_FLAGS = 24;
const VLAN_TCI = 42;
const HASH_RSS = 44;
/** `RTE_MBUF_F_RX_VLAN` and `RTE_MBUF_F_RX_RSS_HASH`. */
const [WITH_VLAN, WITH_RSS_HASH] = [1n << 0n, 1n << 1n];

test("RSS hash and VLAN tag are what the mbuf has, where its flags say that it has them", () => {
  using pool = createPktmbufPool("P", 63);
  using memory = OldPacketMemory.of(pool);
  const objs = textPackets(pool, "tagged");
  const mbuf = new DataView(
    memory.u8.buffer,
    Number((objs.addresses[0] ?? 0n) - memory.base),
    128,
  );
  mbuf.setUint16(VLAN_TCI, 0x6123, true);
  mbuf.setUint32(HASH_RSS, 0xfedc_ba98, true);
  const seen = (flags: bigint) => {
    mbuf.setBigUint64(OL_FLAGS, flags, true);
    const { vlan, rssHash } = memory.packet(objs);
    return [vlan, rssHash];
  };
  assertEquals(seen(0n), [undefined, undefined]);
  assertEquals(seen(WITH_VLAN), [0x6123, undefined]);
  assertEquals(seen(WITH_RSS_HASH), [undefined, 0xfedc_ba98]);
  assertEquals(seen(WITH_VLAN | WITH_RSS_HASH), [0x6123, 0xfedc_ba98]);
  pktmbufFreeBulk(objs, 1);
});

test("data is the memory itself, and every view sees what another wrote", () => {
  using pool = createPktmbufPool("P", 63);
  using memory = OldPacketMemory.of(pool);
  const objs = textPackets(pool, "one", "three");
  const burst = new PacketBurst(memory, 4);
  burst.objs.addresses.set(objs.addresses);
  burst.locate(2);
  assertEquals([...burst.lengths.subarray(0, 3)], [3, 5, 0]);
  assertEquals([...burst.ports.subarray(0, 3)], [0xffff, 0xffff, 0]);
  const brief = new PacketBurst(memory, 4, { offsetsOnly: true });
  brief.objs.addresses.set(burst.objs.addresses);
  brief.locate(2);
  assertEquals([...brief.offsets], [...burst.offsets]);
  assertEquals([brief.lengths.length, brief.ports.length], [0, 0]);
  const [first = 0, second = 0] = burst.offsets;
  assertEquals([first % 4, second % 4], [0, 0]);
  assertStrictEquals(decoder.decode(memory.u8.subarray(second, second + 5)), "three");

  memory.u32[first >>> 2] = 0x2165_6e6f; // "one!" on a little endian machine
  assertStrictEquals(decoder.decode(memory.packet(objs, 0).data), "one");
  memory.u16[second >>> 1] = 0x6854;
  assertStrictEquals(decoder.decode(memory.packet(objs, 1).data), "Three");
  memory.packet(objs, 1).data[4] = 0x45;
  assertStrictEquals(memory.u8[second + 4], 0x45);
  pktmbufFreeBulk(objs, 2);
});

test("write replaces the contents, up to the room behind the headroom", () => {
  using pool = createPktmbufPool("P", 15, { dataRoomSize: PKTMBUF_HEADROOM + 64 });
  using memory = OldPacketMemory.of(pool);
  const objs = textPackets(pool, "a longer text");
  const packet = memory.packet(objs);
  packet.write(encoder.encode("short"));
  assertEquals([packet.length, decoder.decode(packet.data)], [5, "short"]);
  packet.write(new Uint8Array(64).fill(7));
  assertStrictEquals(packet.data.length, 64);
  assertThrows(() => packet.write(new Uint8Array(65)), RangeError, "65 bytes");
  assertStrictEquals(packet.length, 64);
  pktmbufFreeBulk(objs, 1);
});

test("a packet of several segments: walked, copied as one, freed as one", () => {
  using pool = createPktmbufPool("P", 63);
  using memory = OldPacketMemory.of(pool);
  const objs = textPackets(pool, "head ", "and ", "tail", "!");
  const [head, and, tail, end] = [0, 1, 2, 3].map((i) => memory.packet(objs, i));
  assert(head && and && tail && end);
  tail.chain(end);
  and.chain(tail);
  head.chain(and);
  assertEquals([head.length, head.segments], [14, 4]);
  assertStrictEquals(decoder.decode(head.bytes()), "head and tail!");
  assertStrictEquals(decoder.decode(head.next?.next?.data), "tail");
  assertStrictEquals(head.next?.next?.next?.next, undefined);
  assertThrows(() => head.write(new Uint8Array(1)), RangeError, "4 segment(s)");
  assertStrictEquals(pool.inUseCount, 4);
  pktmbufFreeBulk(objs, 1);
  assertStrictEquals(pool.inUseCount, 0);
});

test("a packet cannot be chained to itself, nor twice", () => {
  using pool = createPktmbufPool("P", 63);
  using memory = OldPacketMemory.of(pool);
  const objs = textPackets(pool, "head ", "tail");
  const [head, tail] = [memory.packet(objs, 0), memory.packet(objs, 1)];
  assertThrows(() => head.chain(memory.packet(objs, 0)), RangeError, "one already");
  head.chain(tail);
  assertThrows(() => head.chain(tail), RangeError, "one already");
  assertThrows(() => tail.chain(head), RangeError, "one already");
  assertStrictEquals(decoder.decode(head.bytes()), "head tail");
  pktmbufFreeBulk(objs, 1);
  assertStrictEquals(pool.inUseCount, 0);
});

test("a pool of several chunks is one memory", () => {
  // 40 MiB of packets do not lie in one piece of 2 MiB pages taken one by one
  using pool = createPktmbufPool("P", 16_383);
  using memory = OldPacketMemory.of(pool);
  const objs = new Objects(16_383);
  assert(pktmbufAllocBulk(pool, objs, 16_383));
  const burst = new PacketBurst(memory, 16_383);
  burst.objs.addresses.set(objs.addresses);
  burst.locate(16_383);
  for (let i = 0; i < 16_383; i++) memory.u32[(burst.offsets[i] ?? 0) >>> 2] = i;
  for (let i = 0; i < 16_383; i++) {
    const packet = memory.packet(objs, i);
    packet.write(Uint8Array.from(packet.data));
    assertStrictEquals(memory.u32[(burst.offsets[i] ?? 0) >>> 2], i);
  }
  pktmbufFreeBulk(objs, 16_383);
  // where devices see pages apart from each other, pieces of their own
  const physical = Memzone.list().some(({ address, iova }) => address !== iova);
  if (physical) assertGreater(chunkCount("P"), 1);
});

test("a packet of another pool is outside, and is refused as a Packet", () => {
  using pool = createPktmbufPool("P", 63);
  using other = createPktmbufPool("Q", 63);
  using memory = OldPacketMemory.of(pool);
  const burst = new PacketBurst(memory, 2);
  const objs = textPackets(other, "stranger");
  burst.objs.addresses.set(objs.addresses);
  burst.locate(1);
  assertEquals([burst.offsets[0], burst.lengths[0]], [OUTSIDE, 8]);
  assertStrictEquals(memory.u8[OUTSIDE], undefined);
  const error = assertThrows(() => memory.packet(objs), DpdkError);
  assertStrictEquals(error.code, "EINVAL");
  pktmbufFreeBulk(objs, 1);
});

test("an address in the pool that is no mbuf is refused as a Packet", () => {
  using pool = createPktmbufPool("P", 63);
  using memory = OldPacketMemory.of(pool);
  const objs = textPackets(pool, "text");
  objs.addresses[0] = (objs.addresses[0] ?? 0n) + 64n;
  assertThrows(() => memory.packet(objs), DpdkError, "is no mbuf of pool P");
  objs.addresses[0] = (objs.addresses[0] ?? 0n) - 64n;
  pktmbufFreeBulk(objs, 1);
});

test("pools that hold no packets have no packet memory", () => {
  using pool = Mempool.create("M", 63, 4096);
  assertStrictEquals(assertThrows(() => OldPacketMemory.of(pool), DpdkError).code, "EINVAL");
});

test("what cannot be is refused before C sees it", () => {
  using pool = createPktmbufPool("P", 63);
  using memory = OldPacketMemory.of(pool);
  assertThrows(() => new PacketBurst(memory, 0), RangeError, "length");
  const burst = new PacketBurst(memory, 8);
  for (const count of [-1, 9, 0.5, NaN]) assertThrows(() => burst.locate(count), RangeError);
  assertThrows(() => memory.packet(burst.objs, 8), RangeError, "index");
  assertThrows(() => memory.packet(burst.objs, 0), DpdkError, "no mbuf");
});

test("a pool remembers only the memories that are not disposed of", () => {
  using pool = createPktmbufPool("P", 63);
  for (let i = 0; i < 100; i++) {
    using memory = OldPacketMemory.of(pool);
    assertEquals([memory.name, pool.dependents.size], ["P", 1]);
  }
  assertStrictEquals(pool.dependents.size, 0);
});

for (const whose of ["memory", "pool"] as const) {
  test(`after disposal of the ${whose} its memory cannot be reached`, () => {
    const pool = createPktmbufPool("P", 63);
    const memory = OldPacketMemory.of(pool);
    const burst = new PacketBurst(memory, 2);
    const objs = textPackets(pool, "text");
    const packet = memory.packet(objs);
    const { data } = packet;
    pktmbufFreeBulk(objs, 1);
    (whose === "memory" ? memory : pool)[Symbol.dispose]();
    memory[Symbol.dispose]();
    assertEquals([data.length, memory.u8.length, memory.u32.length], [0, 0, 0]);
    assertThrows(() => packet.length, TypeError);
    assertThrows(() => memory.packet(objs), DpdkError, "disposal");
    assertThrows(() => new PacketBurst(memory, 2), DpdkError, "disposal");
    assertThrows(() => burst.locate(2), DpdkError, "disposal");
    assertStrictEquals(burst.length, 2);
    pool[Symbol.dispose]();
  });
}
