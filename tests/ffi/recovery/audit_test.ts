/** The audit of a pool: every element is found, and what was lost is free again. */

import { Burst, createPktmbufPool, Mempool, Memzone, Objects, Ring } from "../../../mod.ts";
import type { MempoolAudit } from "../../../ffi/recovery/recovery.ts";
import { assert, assertEquals, assertStrictEquals } from "../../assert.ts";
import { initTestEal, test } from "../eal.ts";

initTestEal("0@0");

/** An audit without the elements that are in their common pool. */
const elsewhere = ({ common: _, ...rest }: MempoolAudit) => rest;

const NOWHERE = { cached: 0, caches: {}, queued: 0, rings: {}, recorded: 0, lost: 0, strangers: 0 };

test("an audit finds every element, and gives lost ones back", () => {
  using pool = Mempool.create("P", 63, 64, { cacheSize: 8 });
  using ring = Ring.create("QUEUE", 16);
  const objs = new Objects(10);
  pool.getBulk(objs, 10);
  ring.enqueueBulk(objs, 4);
  const cached = pool.info().cached[0] ?? 0;
  assert(cached > 0);
  const found = {
    common: 53 - cached,
    cached,
    caches: { 0: cached },
    queued: 4,
    rings: { QUEUE: 4 },
    recorded: 0,
    lost: 6,
    strangers: 0,
  };
  assertEquals(pool.audit(), found);
  assertEquals(pool.audit({ rings: ["QUEUE", "NO_SUCH_RING"] }), found);
  assertEquals(pool.audit({ rings: [] }), { ...found, queued: 0, rings: {}, lost: 10 });
  assertEquals(pool.audit({ repair: ({ lost }) => lost > 6 }), found);
  assertEquals(pool.audit({ repair: true }), found);
  assertEquals(pool.audit(), {
    ...NOWHERE,
    common: 59,
    queued: 4,
    rings: { QUEUE: 4 },
  });
  assertStrictEquals(ring.dequeueBulk(objs, 4), 4);
  pool.putBulk(objs, 4);
  assertStrictEquals(pool.availableCount, 63);
});

test("what a process recorded is told apart from what is lost", () => {
  using pool = Mempool.create("P", 63, 64);
  using zone = Memzone.reserve("RECORD", 256);
  const record = new BigUint64Array(zone.buffer, 64, 8);
  const objs = new Objects(9);
  pool.getBulk(objs, 9);
  record.set(objs.addresses.subarray(0, 4));
  const mine = new Objects(2);
  mine.addresses.set(objs.addresses.subarray(4, 6));
  const options = { recorded: [record, mine] };
  assertEquals(elsewhere(pool.audit(options)), { ...NOWHERE, recorded: 6, lost: 3 });
  // what went back after it was recorded is free, and counts once
  pool.putBulk(objs, 3);
  assertEquals(elsewhere(pool.audit(options)), { ...NOWHERE, recorded: 3, lost: 3 });
  pool.audit({ ...options, repair: true });
  assertEquals(pool.audit(options), { ...NOWHERE, common: 60, recorded: 3 });
  pool.audit({ repair: true });
  assertStrictEquals(pool.audit().common, 63);
});

test("an element in two places, and pointers of others", () => {
  using pool = Mempool.create("P", 63, 64);
  using other = Mempool.create("OTHER", 7, 64);
  using ring = Ring.create("QUEUE", 16);
  const objs = new Objects(4);
  pool.getBulk(objs, 2);
  other.get(objs, 2);
  objs.addresses[3] = 0xdeadn;
  ring.enqueueBulk(objs, 4);
  assertEquals(elsewhere(pool.audit()), { ...NOWHERE, queued: 2, rings: { QUEUE: 2 } });
  ring.enqueue(objs, 0);
  assertStrictEquals(pool.audit().strangers, 1);
  ring.reset();
  pool.putBulk(objs, 2);
  other.put(objs, 2);
});

test("a cache with entries of a put that was cut short", () => {
  using pool = Mempool.create("P", 255, 64, { cacheSize: 16 });
  const objs = new Objects(20);
  pool.getBulk(objs, 20);
  pool.putBulk(objs, 20);
  const { cached } = pool.audit();
  assert(cached > 0);
  // as if a process was killed between the cache's way into the common pool and its new length
  using ring = Ring.lookup("MP_P");
  pool.getBulk(objs, 1);
  const before = pool.audit();
  pool.putBulk(objs, 1);
  const table = new Objects(1);
  table.addresses[0] = objs.addresses[0] ?? 0n;
  ring.enqueue(table);
  const { strangers, lost } = pool.audit({ repair: true });
  assertEquals([before.strangers, strangers, lost], [0, 1, 0]);
  assertEquals(pool.audit(), { ...NOWHERE, common: 255 });
});

test("all segments of a packet in a ring are found, and lost packets are single again", () => {
  using pool = createPktmbufPool("PKT", 63);
  using ring = Ring.create("QUEUE", 8);
  using burst = new Burst(5);
  assertStrictEquals(pool.getBulk(burst), 5);
  const [head, second, third] = burst;
  assert(head && second && third);
  for (const packet of [head, second, third]) packet.write(new Uint8Array(60));
  head.chain(second);
  head.chain(third);
  assertStrictEquals(head.segments, 3);
  ring.enqueueBulk(burst, 1);
  assertEquals(elsewhere(pool.audit()), {
    ...NOWHERE,
    queued: 3,
    rings: { QUEUE: 3 },
    lost: 2,
  });
  ring.reset();
  // the burst still says that it has two
  assertStrictEquals(pool.audit({ repair: true }).lost, 5);
  using all = new Burst(63);
  assertStrictEquals(pool.getBulk(all), 63);
  for (const packet of all) {
    assertEquals([packet.segments, packet.length, packet.next], [1, 0, undefined]);
  }
  all.clear();
  assertStrictEquals(pool.audit().common, 63);
});

test("the put of a killed process is finished from its cache", () => {
  using pool = Mempool.create("P", 255, 64, { cacheSize: 16 });
  using zone = Memzone.lookup("RG_MP_P");
  const objs = new Objects(20);
  pool.getBulk(objs, 20);
  pool.putBulk(objs, 20);
  const { common, cached } = pool.audit();
  assert(cached > 0);
  assertStrictEquals(pool.unfinishedPut(), undefined);
  // as if a process was killed when it had taken room for all of its full cache
  const words = new Uint32Array(zone.buffer);
  const [head, tail] = [32, 33]; // prod.head and prod.tail, two cache lines into struct rte_ring
  assertEquals(words[head], words[tail]);
  words[head] = (words[head] ?? 0) + cached;
  const at = pool.unfinishedPut();
  assertStrictEquals(at, words[tail]);
  assertStrictEquals(pool.finishPut(1, at ?? 0), 0, "another lcore's cache is empty");
  assertStrictEquals(pool.finishPut(0, (at ?? 0) - 1), 0, "it is stuck elsewhere");
  assertStrictEquals(pool.finishPut(0, at ?? 0), cached);
  assertStrictEquals(pool.unfinishedPut(), undefined);
  assertEquals(pool.audit(), { ...NOWHERE, common: common + cached });
});
