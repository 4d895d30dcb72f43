/** Bursts: who owns a packet, what is told of it, and where it can go. */

import {
  Burst,
  createPktmbufPool,
  DpdkError,
  DROP,
  KEEP,
  Mempool,
  Objects,
  PacketMemory,
  Ring,
  RingFlags,
} from "../../../mod.ts";
import {
  assert,
  assertEquals,
  assertGreater,
  assertStrictEquals,
  assertThrows,
} from "../../assert.ts";
import { initTestEal, test } from "../eal.ts";
import { burstOf, textsOf } from "../packets.ts";

const eal = initTestEal("0@0");

test("a burst is empty at first, and full of fresh packets when a pool gave them", () => {
  using pool = createPktmbufPool("P", 63);
  using burst = new Burst(8);
  assertEquals([burst.size, burst.count, [...burst].length], [8, 0, 0]);
  assertStrictEquals(pool.getBulk(burst), 8);
  assertEquals([burst.count, pool.inUseCount], [8, 8]);
  assertEquals([...burst].map(({ length, segments, port }) => [length, segments, port]), [
    ...Array(8).fill([0, 1, 0xffff]),
  ]);
  burst.clear();
  assertEquals([burst.count, pool.inUseCount], [0, 0]);
});

test("disposal gives packets back, once", () => {
  using pool = createPktmbufPool("P", 63);
  const burst = new Burst(8);
  {
    using _burst = burst;
    pool.getBulk(burst, 5);
  }
  assertEquals([burst.count, pool.inUseCount], [0, 0]);
  burst[Symbol.dispose]();
  assertThrows(() => burst.handle, DpdkError, "disposal");
  assertThrows(() => pool.getBulk(burst, 1), DpdkError, "disposal");
  assertThrows(() => burst.packet(0), RangeError, "holds 0 packets");
  burst.clear();
});

test("only an empty burst can be filled", () => {
  using pool = createPktmbufPool("P", 63);
  using ring = Ring.create("R", 16);
  using burst = burstOf(pool, "a");
  const refused = [
    () => pool.getBulk(burst, 1),
    () => ring.dequeueBurst(burst),
    () => ring.dequeueBulk(burst, 1),
  ].map((fill) => assertThrows(fill, DpdkError));
  for (const { code, message, hint } of refused) {
    assertEquals([code, hint], ["EBUSY", "send, enqueue or clear() it first"]);
    assert(message.includes("it still holds 1 packets"), message);
  }
  assertEquals(textsOf(burst), ["a"]);
});

test("what a ring took has left the burst, and the rest has moved up", () => {
  using pool = createPktmbufPool("P", 63);
  using ring = Ring.create("R", 4, { flags: RingFlags.EXACT_SZ });
  using burst = burstOf(pool, "a", "b", "c", "d", "e", "f");
  assertEquals([...burst.lengths.subarray(0, 6)], Array(6).fill(1));
  assertStrictEquals(ring.enqueueBulk(burst), 0);
  assertStrictEquals(ring.enqueueBurst(burst, 2, 1), 2);
  assertEquals(textsOf(burst), ["a", "d", "e", "f"]);
  assertStrictEquals(ring.enqueueBurst(burst), 2);
  assertEquals(textsOf(burst), ["e", "f"]);
  using came = new Burst(4);
  assertStrictEquals(ring.dequeueBulk(came, 5 - 1), 4);
  assertEquals(textsOf(came), ["b", "c", "a", "d"]);
  assertStrictEquals(ring.enqueueBulk(came), 4);
  assertStrictEquals(came.count, 0);
  assertStrictEquals(ring.dequeueBurst(came, 3), 3);
  assertStrictEquals(ring.count, 1);
  using last = new Burst(4);
  assertStrictEquals(ring.dequeueBurst(last), 1);
  for (const [count, from] of [[3, 0], [1, 2], [-1, 0], [0.5, 0], [1, NaN]] as const) {
    assertThrows(() => ring.enqueueBurst(burst, count, from), RangeError, "Ring.enqueueBurst");
    assertThrows(() => ring.enqueueBulk(burst, count, from), RangeError, "Ring.enqueueBulk");
    assertThrows(() => pool.putBulk(burst, count, from), RangeError, "Mempool.putBulk");
    assertThrows(() => burst.drop(from, count), RangeError, "Burst.drop");
  }
  assertStrictEquals(pool.inUseCount, 6);
});

test("without a count, all packets from there on are taken", () => {
  using pool = createPktmbufPool("P", 63);
  using ring = Ring.create("R", 16);
  using burst = burstOf(pool, ..."abcdefgh");
  assertStrictEquals(ring.enqueueBulk(burst, undefined, 6), 2);
  assertStrictEquals(ring.enqueueBurst(burst, undefined, 4), 2);
  pool.putBulk(burst, undefined, 2);
  assertEquals([textsOf(burst), pool.inUseCount], [["a", "b"], 6]);
  assertStrictEquals(ring.enqueueBulk(burst), 2);
  assertStrictEquals(ring.enqueueBulk(burst), 0);
  using came = new Burst(8);
  assertStrictEquals(ring.dequeueBurst(came), 6);
  assertEquals(textsOf(came), [..."ghefab"]);
});

test("packets are dropped one by one, in spans, or all", () => {
  using pool = createPktmbufPool("P", 63);
  using burst = burstOf(pool, "a", "b", "c", "d", "e");
  burst.drop(1);
  assertEquals(textsOf(burst), ["a", "c", "d", "e"]);
  burst.drop(2, 2);
  assertEquals([textsOf(burst), pool.inUseCount], [["a", "c"], 2]);
  pool.putBulk(burst, 1);
  assertEquals([textsOf(burst), pool.inUseCount], [["c"], 1]);
  pool.putBulk(burst);
  assertEquals([burst.count, pool.inUseCount], [0, 0]);
});

test("a burst is dealt out by verdict, and what finds no place stays", () => {
  using pool = createPktmbufPool("P", 63);
  using burst = burstOf(pool, ..."abcdefgh");
  using one = new Burst(8);
  using two = new Burst(2);
  const bursts = [one, two];
  const verdicts = Uint8Array.of(0, 1, DROP, KEEP, 1, 1, 7, 0);
  assertStrictEquals(burst.split(verdicts, bursts), 3);
  assertEquals([one, two, burst].map(textsOf), [["a", "h"], ["b", "e"], ["d", "f", "g"]]);
  assertStrictEquals(pool.inUseCount, 7);
  // behind those that were there
  assertStrictEquals(burst.split(Uint8Array.of(0, 0, 0), bursts), 0);
  assertEquals(textsOf(one), ["a", "h", "d", "f", "g"]);
  assertThrows(() => one.split(Uint8Array.of(0), bursts), RangeError, "5 packets, 1 verdicts");
  assertThrows(() => one.split(new Uint8Array(5), bursts), RangeError, "to others");
  two[Symbol.dispose]();
  assertThrows(() => burst.split(new Uint8Array(0), [one, two]), DpdkError, "disposal");
});

test("offsets, lengths and ports are told when they are asked for, and from then on", () => {
  using pool = createPktmbufPool("P", 63);
  using ring = Ring.create("R", 64);
  using burst = new Burst(8);
  // nobody has asked: nothing is computed
  const { offsets } = burst;
  const send = (...texts: string[]) => {
    using made = burstOf(pool, ...texts);
    ring.enqueueBulk(made);
  };
  send("one", "three");
  ring.dequeueBurst(burst);
  const [first = 0, second = 0] = offsets;
  const { u8, u16, u32, view } = burst.memory;
  const decode = (from: number, to: number) => new TextDecoder().decode(u8.subarray(from, to));
  assertEquals([decode(first, first + 3), decode(second, second + 5)], ["one", "three"]);
  assertEquals([first % 4, second % 4], [0, 0]);
  u32[first >>> 2] = 0x2165_6e6f;
  u16[second >>> 1] = 0x6854;
  assertEquals(textsOf(burst), ["one", "Three"]);
  assertStrictEquals(view.getUint8(second), 0x54);
  assertEquals([...burst.lengths.subarray(0, 2)], [3, 5]);
  assertEquals([...burst.ports.subarray(0, 2)], [0xffff, 0xffff]);
  burst.clear();
  send("four");
  ring.dequeueBurst(burst);
  // the same arrays, filled by the call that brought the packet
  assertStrictEquals(decode(offsets[0] ?? 0, (offsets[0] ?? 0) + 4), "four");
  assertEquals([burst.offsets === offsets, burst.lengths[0]], [true, 4]);
});

test("a burst that looks at ports only has no memory", () => {
  using pool = createPktmbufPool("P", 63);
  using burst = new Burst(4);
  pool.getBulk(burst);
  assertEquals([...burst.ports], Array(4).fill(0xffff));
  assertStrictEquals(pool.dependents.size, 0);
});

test("packets of several pools meet, and one of a pool made later is found too", () => {
  using _first = createPktmbufPool("P", 63);
  using ring = Ring.create("R", 16);
  using burst = new Burst(8);
  assertStrictEquals(burst.memory.name, "P");
  const old = burst.memory;
  using second = createPktmbufPool("Q", 63);
  // what was mapped is taken away, so that no old offset is used with it
  assertStrictEquals(old.u8.length, 0);
  using more = burstOf(second, "later");
  ring.enqueueBulk(more);
  ring.dequeueBurst(burst);
  assertEquals([textsOf(burst), burst.memory.name], [["later"], "P, Q"]);
  assertStrictEquals(burst.memory.u8[burst.offsets[0] ?? 0], 0x6c);
});

test("a packet of a pool that is not the burst's is outside, and can be dropped", () => {
  using pool = createPktmbufPool("P", 63);
  using other = createPktmbufPool("Q", 63);
  using ring = Ring.create("R", 16);
  using stranger = burstOf(other, "stranger");
  ring.enqueueBulk(stranger);
  using burst = new Burst(2, { pools: [pool] });
  ring.dequeueBurst(burst);
  assertEquals([burst.offsets[0], burst.lengths[0]], [PacketMemory.OUTSIDE, 8]);
  const error = assertThrows(() => burst.packet(0), DpdkError, "not of P");
  assertStrictEquals(error.code, "EINVAL");
  assertThrows(() => burst.view.getUint8(burst.offsets[0] ?? 0), RangeError);
  burst.clear();
  assertStrictEquals(other.inUseCount, 0);
});

test("a pool that goes takes its packets out of all bursts", () => {
  const pool = createPktmbufPool("P", 63);
  using other = createPktmbufPool("Q", 63);
  using ring = Ring.create("R", 16);
  {
    using a = burstOf(pool, "a", "b");
    using b = burstOf(other, "c");
    ring.enqueueBulk(a);
    ring.enqueueBulk(b);
  }
  using burst = new Burst(4);
  ring.dequeueBurst(burst);
  const { offsets, memory } = burst;
  pool[Symbol.dispose]();
  assertEquals([memory.u8.length, textsOf(burst)], [0, ["c"]]);
  assertStrictEquals(burst.offsets, offsets);
  burst.clear();
  assertStrictEquals(other.inUseCount, 0);
});

test("pools that hold no packets give none, and are no memory", () => {
  using pool = Mempool.create("M", 63, 4096);
  using burst = new Burst(2);
  assertStrictEquals(assertThrows(() => pool.getBulk(burst, 1), DpdkError).code, "EINVAL");
  assertStrictEquals(
    assertThrows(() => new Burst(2, { pools: [pool] }), DpdkError).code,
    "EINVAL",
  );
  const none = assertThrows(() => burst.memory, DpdkError);
  assertEquals([none.code, none.hint], [
    "ENOENT",
    "open a port, or call createPktmbufPool(), first",
  ]);
});

test("a pool of several chunks is one memory", () => {
  // 40 MiB of packets do not lie in one piece of 2 MiB pages taken one by one
  using pool = createPktmbufPool("P", 16_383);
  using burst = new Burst(16_383);
  assertStrictEquals(pool.getBulk(burst), 16_383);
  const { offsets, memory: { u32 } } = burst;
  for (let i = 0; i < burst.count; i++) u32[(offsets[i] ?? 0) >>> 2] = i;
  let seen = 0;
  for (let i = 0; i < burst.count; i++) seen += Number(u32[(offsets[i] ?? 0) >>> 2] === i);
  assertStrictEquals(seen, 16_383);
  assertGreater(new Set(offsets).size, 16_382);
});

test("what cannot be is refused before C sees it", () => {
  using pool = createPktmbufPool("P", 63);
  for (const size of [0, -1, 1.5, NaN, Objects.MAX + 1]) {
    assertThrows(() => new Burst(size), RangeError, "Burst size");
  }
  using burst = new Burst(4);
  for (const count of [-1, 5, 0.5, NaN, 2 ** 32]) {
    assertThrows(() => pool.getBulk(burst, count), RangeError, "Mempool.getBulk");
  }
  assertStrictEquals(pool.getBulk(burst, 2), 2);
  for (const index of [-1, 2, 0.5, NaN]) assertThrows(() => burst.packet(index), RangeError);
  assertStrictEquals(pool.getBulk(new Burst(64), 64), 0);
});

test("after EAL's end a burst holds nothing", () => {
  const pool = createPktmbufPool("P", 63);
  const burst = burstOf(pool, "a");
  const [packet] = burst;
  eal[Symbol.dispose]();
  assertStrictEquals(burst.count, 0);
  assertThrows(() => packet?.length, DpdkError);
  assertThrows(() => burst.clear === undefined || burst.handle, DpdkError, "disposal");
  burst[Symbol.dispose]();
});
