/** Mbufs: pools of packets, and whose they are. */

import { limits } from "../../../ffi/boundary/bounds.ts";
import { Burst, createPktmbufPool, DpdkError, Mempool, Objects } from "../../../mod.ts";
import { assertEquals, assertStrictEquals, assertThrows } from "../../assert.ts";
import { ealArgs, initTestEal, PREFIX, test } from "../eal.ts";
import { ask, type Refused } from "../peer.ts";

initTestEal("0@0");

test("a pool of packets is a mempool with room for headroom and data", () => {
  using pool = createPktmbufPool("P", 255, { cacheSize: 16 });
  assertEquals([pool.name, pool.size, pool.availableCount], ["P", 255, 255]);
  // sizeof(struct rte_mbuf), two cache lines
  assertStrictEquals(pool.elementSize, 128 + limits().data_room);
  using found = Mempool.lookup("P");
  assertEquals(found.info(), pool.info());
  using wide = createPktmbufPool("W", 15, { privateSize: 64, dataRoomSize: limits().headroom });
  assertStrictEquals(wide.elementSize, 128 + 64 + limits().headroom);
});

test("room is made for the longest packet, and never less than what was asked for", () => {
  const { headroom, data_room } = limits();
  const roomFor = (options: { longest: number; dataRoomSize?: number }) => {
    using pool = createPktmbufPool("L", 15, options);
    return pool.elementSize - 128;
  };
  assertEquals(roomFor({ longest: 64 }), data_room);
  assertEquals(roomFor({ longest: data_room - headroom }), data_room);
  assertEquals(roomFor({ longest: 9_000 }), headroom + 9_000);
  assertEquals(roomFor({ longest: 64, dataRoomSize: headroom }), headroom + 64);
  assertThrows(() => createPktmbufPool("L", 15, { longest: 0 }), RangeError, "longest packet");
  assertThrows(() => createPktmbufPool("L", 15, { longest: 65_500 }), RangeError, "data room");
});

test("allocated packets are the caller's until they are freed", () => {
  using pool = createPktmbufPool("P", 63);
  using burst = new Burst(64);
  assertEquals([pool.getBulk(burst, 0), pool.getBulk(burst, 40), pool.inUseCount], [0, 40, 40]);
  using more = new Burst(24);
  assertEquals([pool.getBulk(more), pool.inUseCount], [0, 40]);
  pool.putBulk(burst, 10, 30);
  assertEquals([burst.count, pool.inUseCount], [30, 30]);
  pool.putBulk(burst, 0);
  pool.putBulk(burst);
  assertEquals([burst.count, pool.inUseCount], [0, 0]);
});

test("a looked-up pool of packets gives packets too", () => {
  using _pool = createPktmbufPool("P", 63);
  using found = Mempool.lookup("P");
  using burst = new Burst(1);
  assertStrictEquals(found.getBulk(burst), 1);
});

test("what cannot be is refused before C sees it", () => {
  assertThrows(() => createPktmbufPool("Q", 0), RangeError, "count");
  assertThrows(() => createPktmbufPool("Q", 63, { dataRoomSize: 100 }), RangeError, "data room");
  assertThrows(() => createPktmbufPool("Q", 63, { dataRoomSize: 70_000 }), RangeError, "data room");
  assertThrows(() => createPktmbufPool("Q", 63, { privateSize: 70_000 }), RangeError, "private");
  assertThrows(() => createPktmbufPool("Q", 63, { cacheSize: 1.5 }), RangeError, "cache");
});

for (
  const [what, code, create] of [
    ["a name that is taken", "EEXIST", () => createPktmbufPool("P", 63)],
    ["a cache that is too large", "EINVAL", () => createPktmbufPool("Q", 63, { cacheSize: 600 })],
    ["an odd private size", "EINVAL", () => createPktmbufPool("Q", 63, { privateSize: 3 })],
    ["a name that is too long", "ENAMETOOLONG", () => createPktmbufPool("x".repeat(40), 63)],
  ] as const
) {
  test(`${what}: ${code}`, () => {
    using _pool = createPktmbufPool("P", 63);
    assertStrictEquals(assertThrows(create, DpdkError).code, code);
  });
}

test("a secondary finds a pool of packets and cannot create one", async () => {
  using pool = createPktmbufPool("P", 63);
  const args = ealArgs("1@1", PREFIX, "--proc-type=secondary");
  const said = await ask<{ allocated: number; inUse: number; refused: Refused }>("pktmbufs", args);
  assertEquals([said.allocated, said.inUse], [5, 5]);
  assertStrictEquals(said.refused.code, "E_RTE_SECONDARY");
  assertStrictEquals(pool.inUseCount, 0);
});

test("packets are told from other objects, whatever those point to", () => {
  const objects = new Objects(8);
  assertEquals([Burst.arePackets(objects), Burst.arePackets(objects, 0)], [false, true]);
  using pool = createPktmbufPool("P", 63);
  using other = createPktmbufPool("Q", 63);
  using elements = Mempool.create("E", 63, 64);
  const others = new Objects(4);
  assertEquals([pool.getBulk(objects, 4), other.getBulk(others)], [4, 4]);
  objects.addresses.set(others.addresses, 4);
  assertStrictEquals(Burst.arePackets(objects), true);
  const addresses = objects.addresses.slice();
  const element = new Objects(1);
  assertStrictEquals(elements.get(element), true);
  for (const address of [element.addresses[0]!, 0n, 7n, 2n ** 64n - 1n, addresses[7]! + 8n]) {
    objects.addresses[7] = address;
    assertEquals([Burst.arePackets(objects), Burst.arePackets(objects, 7)], [false, true]);
  }
  objects.addresses.set(addresses);
  for (const count of [-1, 9, 1.5]) {
    assertThrows(() => Burst.arePackets(objects, count), RangeError, "count must be an integer");
  }
  pool.putBulk(objects, 4);
  other.putBulk(others);
  elements.put(element);
  assertEquals([pool.inUseCount, other.inUseCount, elements.inUseCount], [0, 0, 0]);
});

test("use after disposal throws", () => {
  const pool = createPktmbufPool("P", 63);
  using burst = new Burst(1);
  pool[Symbol.dispose]();
  assertThrows(() => pool.getBulk(burst), DpdkError, "disposal");
  assertThrows(() => Mempool.lookup("P"), DpdkError);
});
