/** Packets: what is in them, what they are made longer and shorter by, and what ports say of them. */

import { limits } from "../../../ffi/boundary/bounds.ts";
import {
  Burst,
  createPktmbufPool,
  DpdkError,
  type Packet,
  type PacketOffload,
} from "../../../mod.ts";
import { assert, assertEquals, assertStrictEquals, assertThrows } from "../../assert.ts";
import { initTestEal, test } from "../eal.ts";
import { burstOf, textsOf } from "../packets.ts";

initTestEal("0@0");

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const textOf = (packet: Packet) => decoder.decode(packet.bytes());

/** The first packets of a burst. */
function first(burst: Burst): Packet {
  return burst.packet(0);
}

test("a fresh packet is empty, of one segment, and nothing is said of it", () => {
  using pool = createPktmbufPool("P", 63);
  using burst = burstOf(pool, "");
  const packet = first(burst);
  assertEquals([packet.length, packet.segments, packet.port], [0, 1, 0xffff]);
  assertEquals([packet.rssHash, packet.vlanTag, packet.timestamp], [
    undefined,
    undefined,
    undefined,
  ]);
  assertEquals([packet.ipChecksum, packet.l4Checksum], ["unknown", "unknown"]);
  assertEquals([packet.offload, packet.next, packet.data.length], [undefined, undefined, 0]);
});

test("write replaces the contents, up to the room behind the headroom", () => {
  using pool = createPktmbufPool("P", 15, { dataRoomSize: limits().headroom + 64 });
  using burst = burstOf(pool, "a longer text");
  const packet = first(burst);
  packet.write(encoder.encode("short"));
  assertEquals([packet.length, textOf(packet), burst.lengths[0]], [5, "short", 5]);
  packet.write(new Uint8Array(64).fill(7));
  assertStrictEquals(packet.data.length, 64);
  assertThrows(() => packet.write(new Uint8Array(65)), RangeError, "65 bytes");
  assertStrictEquals(packet.length, 64);
  packet.data[0] = 8;
  assertStrictEquals(burst.view.getUint8(packet.offset), 8);
});

test("bytes come and go at both ends, and offsets follow", () => {
  using pool = createPktmbufPool("P", 15, { dataRoomSize: limits().headroom + 64 });
  using burst = burstOf(pool, "middle");
  const packet = first(burst);
  const before = burst.offsets[0] ?? 0;
  packet.prepend(5).set(encoder.encode("head "));
  assertEquals([burst.offsets[0], burst.lengths[0]], [before - 5, 11]);
  packet.append(5).set(encoder.encode(" tail"));
  assertEquals([textOf(packet), packet.length, burst.lengths[0]], ["head middle tail", 16, 16]);
  packet.adjust(5);
  packet.trim(5);
  assertEquals([textsOf(burst), burst.offsets[0]], [["middle"], before]);
  assertThrows(() => packet.prepend(limits().headroom + 1), RangeError, "129 bytes free before");
  assertThrows(() => packet.append(64), RangeError, "64 bytes free behind");
  assertThrows(() => packet.adjust(7), RangeError, "7 bytes in its first segment");
  assertThrows(() => packet.trim(7), RangeError, "7 bytes in its last segment");
  for (const bytes of [-1, 0.5, NaN, 65_536]) {
    for (const change of ["prepend", "append", "adjust", "trim"] as const) {
      assertThrows(() => packet[change](bytes), RangeError, `Packet.${change}`);
    }
  }
  assertStrictEquals(textOf(packet), "middle");
});

test("a chained packet leaves its burst: walked, copied, made one, freed as one", () => {
  using pool = createPktmbufPool("P", 63);
  using burst = burstOf(pool, "head ", "and ", "tail", "!", "other");
  const [head, and, tail, end] = [0, 1, 2, 3].map((i) => burst.packet(i));
  assert(head && and && tail && end);
  tail.chain(end);
  and.chain(tail);
  head.chain(and);
  assertEquals([burst.count, head.length, head.segments], [2, 14, 4]);
  assertEquals(textsOf(burst), ["head and tail!", "other"]);
  assertStrictEquals(decoder.decode(head.next?.next?.data), "tail");
  assertStrictEquals(head.next?.next?.next?.next, undefined);
  assertThrows(() => head.write(new Uint8Array(1)), RangeError, "4 segment(s)");
  assertThrows(() => head.chain(head), RangeError, "one already");
  assertThrows(() => and.length, DpdkError, "belongs to the packet that it was chained to");
  assertStrictEquals(pool.inUseCount, 5);
  head.linearize();
  assertEquals([head.segments, pool.inUseCount, textOf(head)], [1, 2, "head and tail!"]);
  burst.clear();
  assertStrictEquals(pool.inUseCount, 0);
});

test("packets of two bursts are chained, whatever maps their pool", () => {
  using pool = createPktmbufPool("P", 63);
  using other = createPktmbufPool("Q", 63);
  using heads = new Burst(1, { pools: [pool] });
  using tails = new Burst(1, { pools: [pool] });
  using strangers = burstOf(other, "stranger");
  pool.getBulk(heads);
  pool.getBulk(tails);
  first(heads).write(encoder.encode("head "));
  first(tails).write(encoder.encode("tail"));
  assertThrows(() => first(heads).chain(first(strangers)), DpdkError, "not of P");
  first(heads).chain(first(tails));
  assertEquals([textsOf(heads), tails.count, strangers.count], [["head tail"], 0, 1]);
});

test("what does not fit into one segment is not made one", () => {
  using pool = createPktmbufPool("P", 63, { dataRoomSize: limits().headroom + 8 });
  using burst = burstOf(pool, "12345678", "9");
  burst.packet(0).chain(burst.packet(1));
  const packet = first(burst);
  assertThrows(() => packet.linearize(), RangeError, "9 bytes do not fit");
  assertEquals([packet.segments, textOf(packet)], [2, "123456789"]);
});

test("a clone shares its bytes, and each is freed by itself", () => {
  using pool = createPktmbufPool("P", 63);
  using few = createPktmbufPool("Q", 2);
  using burst = burstOf(pool, "shared");
  using clones = new Burst(2);
  const clone = first(burst).clone(few, clones);
  assertEquals([textOf(clone), clones.count], ["shared", 1]);
  first(burst).data[0] = 0x53;
  assertStrictEquals(textOf(clone), "Shared");
  clone.trim(3);
  assertEquals([textOf(clone), textOf(first(burst))], ["Sha", "Shared"]);
  first(burst).clone(few, clones);
  const full = assertThrows(() => first(burst).clone(few, clones), DpdkError);
  assertStrictEquals(full.code, "ENOMEM");
  using more = new Burst(1);
  assertThrows(() => first(burst).clone(few, more), DpdkError, "mempool Q is empty");
  burst.clear();
  assertEquals([pool.inUseCount, few.inUseCount], [1, 2]);
  clones.clear();
  assertEquals([pool.inUseCount, few.inUseCount], [0, 0]);
});

test("a packet that may have gone is refused", () => {
  using pool = createPktmbufPool("P", 63);
  using burst = burstOf(pool, "a", "b");
  const [a, b] = burst;
  assertStrictEquals(a?.length, 1);
  burst.drop(0);
  const error = assertThrows(() => b?.length, DpdkError, "sent or dropped");
  assertStrictEquals(error.hint, "get the packet from its burst again");
  for (
    const use of [
      () => a?.data,
      () => a?.write(new Uint8Array(1)),
      () => a?.append(1),
      () => a?.insertVlan(1),
      () => a?.vlanTag,
      () => b && a?.chain(b),
      () => a?.clone(pool, burst),
    ]
  ) assertThrows(use, DpdkError, "get the packet from its burst again");
  assertEquals(textsOf(burst), ["b"]);
});

test("after disposal of the pool its memory cannot be reached", () => {
  const pool = createPktmbufPool("P", 63);
  const burst = burstOf(pool, "text");
  const packet = first(burst);
  const { data } = packet;
  pool[Symbol.dispose]();
  assertEquals([data.length, burst.count], [0, 0]);
  assertThrows(() => packet.length, DpdkError);
  burst[Symbol.dispose]();
});

/** A UDP packet over IPv4: 14, 20 and 8 bytes of headers, and 4 of payload. */
const UDP = Uint8Array.of(
  ...[2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0],
  ...[0x45, 0, 0, 32, 0, 0, 0, 0, 64, 17, 0xff, 0xff, 10, 0, 0, 1, 10, 0, 0, 2],
  ...[0, 1, 0, 2, 0, 12, 0xff, 0xff],
  ...[1, 2, 3, 4],
);

/** The checksum of the pseudo header of {@linkcode UDP}, not inverted. */
const PSEUDO = (2 * 0x0a00 + 1 + 2 + 17 + 12) & 0xffff;

test("what a port is to compute is set, read back, and prepared in the packet", () => {
  using pool = createPktmbufPool("P", 63);
  using burst = burstOf(pool, "");
  const packet = first(burst);
  packet.write(UDP);
  packet.offload = { ip: 4, ipChecksum: true, l4: "udp" };
  assertEquals(packet.offload, {
    ip: 4,
    ipChecksum: true,
    l4: "udp",
    l2Length: 14,
    l3Length: 20,
    l4Length: 8,
  });
  const view = new DataView(packet.bytes().buffer);
  assertEquals([view.getUint16(24), view.getUint16(40)], [0, PSEUDO]);
  const tcp: PacketOffload = {
    ip: 6,
    ipChecksum: false,
    l4: "tcp",
    l2Length: 18,
    l3Length: 40,
    l4Length: 32,
    segmentSize: 1440,
  };
  packet.append(80);
  packet.offload = tcp;
  assertEquals(packet.offload, tcp);
  packet.offload = undefined;
  assertStrictEquals(packet.offload, undefined);
  assertThrows(() => packet.offload = { ip: 4, l2Length: 128 }, RangeError, "l2Length");
  assertThrows(() => packet.offload = { ip: 4, l3Length: 512 }, RangeError, "l3Length");
  assertThrows(() => packet.offload = { ip: 4, l4Length: 256 }, RangeError, "l4Length");
  assertThrows(() => packet.offload = { ip: 4, segmentSize: 65_536 }, RangeError, "segmentSize");
  packet.insertVlan(0x6123);
  assertThrows(() => packet.insertVlan(65_536), RangeError, "VLAN tag");
});
