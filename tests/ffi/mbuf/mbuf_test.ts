/** Mbufs: pools of packets, and whose they are. */

import {
  createPktmbufPool,
  DpdkError,
  MBUF_DEFAULT_BUF_SIZE,
  MbufPorts,
  Mempool,
  Objects,
  PKTMBUF_HEADROOM,
  pktmbufAllocBulk,
  pktmbufFreeBulk,
} from "../../../mod.ts";
import { assertEquals, assertStrictEquals, assertThrows } from "../../assert.ts";
import { ealArgs, initTestEal, PREFIX, test } from "../eal.ts";
import { ask, type Refused } from "../peer.ts";

initTestEal("0@0");

test("a pool of packets is a mempool with room for headroom and data", () => {
  using pool = createPktmbufPool("P", 255, { cacheSize: 16 });
  assertEquals([pool.name, pool.size, pool.availableCount], ["P", 255, 255]);
  // sizeof(struct rte_mbuf), two cache lines
  assertStrictEquals(pool.elementSize, 128 + MBUF_DEFAULT_BUF_SIZE);
  using found = Mempool.lookup("P");
  assertEquals(found.info(), pool.info());
  using wide = createPktmbufPool("W", 15, { privateSize: 64, dataRoomSize: PKTMBUF_HEADROOM });
  assertStrictEquals(wide.elementSize, 128 + 64 + PKTMBUF_HEADROOM);
});

test("allocated packets are the caller's until they are freed", () => {
  using pool = createPktmbufPool("P", 63);
  const objs = new Objects(64);
  assertStrictEquals(pktmbufAllocBulk(pool, objs, 0), true);
  assertStrictEquals(pktmbufAllocBulk(pool, objs, 40), true);
  assertStrictEquals(pool.inUseCount, 40);
  assertStrictEquals(pktmbufAllocBulk(pool, objs, 24), false);
  assertStrictEquals(pool.inUseCount, 40);
  assertStrictEquals(new Set(objs.addresses.subarray(0, 40)).size, 40);
  pktmbufFreeBulk(objs, 10, 30);
  assertStrictEquals(pool.inUseCount, 30);
  pktmbufFreeBulk(objs, 0);
  pktmbufFreeBulk(objs, 30);
  assertStrictEquals(pool.inUseCount, 0);
});

test("a looked-up pool of packets gives packets too", () => {
  using _pool = createPktmbufPool("P", 63);
  using found = Mempool.lookup("P");
  const objs = new Objects(1);
  assertStrictEquals(pktmbufAllocBulk(found, objs, 1), true);
  pktmbufFreeBulk(objs, 1);
});

test("a pool of other elements gives no packets", () => {
  using pool = Mempool.create("M", 63, 4096);
  const error = assertThrows(() => pktmbufAllocBulk(pool, new Objects(1), 1), DpdkError);
  assertStrictEquals(error.code, "EINVAL");
  assertStrictEquals(pool.inUseCount, 0);
});

test("what cannot be is refused before C sees it", () => {
  using pool = createPktmbufPool("P", 63);
  const objs = new Objects(4);
  for (const count of [-1, 5, 1.5, NaN, 2 ** 32]) {
    assertThrows(() => pktmbufAllocBulk(pool, objs, count), RangeError, "count");
    assertThrows(() => pktmbufFreeBulk(objs, count), RangeError);
    assertThrows(() => pktmbufFreeBulk(objs, 1, count), RangeError);
  }
  assertThrows(() => pktmbufFreeBulk(objs, 2, 3), RangeError, "do not lie");
  assertThrows(() => createPktmbufPool("Q", 0), RangeError, "count");
  assertThrows(() => createPktmbufPool("Q", 63, { dataRoomSize: 100 }), RangeError, "data room");
  assertThrows(() => createPktmbufPool("Q", 63, { dataRoomSize: 70_000 }), RangeError, "data room");
  assertThrows(() => createPktmbufPool("Q", 63, { privateSize: 70_000 }), RangeError, "private");
  assertThrows(() => createPktmbufPool("Q", 63, { cacheSize: 1.5 }), RangeError, "cache");
  assertStrictEquals(pool.inUseCount, 0);
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
  const said = await ask<{ allocated: boolean; inUse: number; refused: Refused }>("pktmbufs", args);
  assertEquals([said.allocated, said.inUse], [true, 5]);
  assertStrictEquals(said.refused.code, "E_RTE_SECONDARY");
  assertStrictEquals(pool.inUseCount, 0);
});

test("use after disposal throws", () => {
  const pool = createPktmbufPool("P", 63);
  const objs = new Objects(1);
  pktmbufAllocBulk(pool, objs, 1);
  pktmbufFreeBulk(objs, 1);
  pool[Symbol.dispose]();
  assertThrows(() => pktmbufAllocBulk(pool, objs, 1), DpdkError, "disposal");
  assertThrows(() => Mempool.lookup("P"), DpdkError);
});

test("the ports of packets are read in one call, as many as are asked for", () => {
  using pool = createPktmbufPool("P", 63);
  const objs = new Objects(4);
  const from = new MbufPorts(3);
  pktmbufAllocBulk(pool, objs, 4);
  from.read(objs, 2);
  // RTE_MBUF_PORT_INVALID: they came from nowhere
  assertEquals([...from.ports], [0xffff, 0xffff, 0]);
  for (const count of [-1, 4, 1.5, NaN]) assertThrows(() => from.read(objs, count), RangeError);
  for (const length of [0, 1.5, 65_537]) assertThrows(() => new MbufPorts(length), RangeError);
  pktmbufFreeBulk(objs, 4);
});
