/** The mempool cache of an lcore whose process was killed. */

import { assertEquals } from "../../assert.ts";
import { Mempool, Objects } from "../../../mod.ts";
import { Lcore, releaseMainLcore } from "../../../ffi/eal_api.ts";
import { Settler } from "../../../ffi/recovery/settle.ts";
import { initTestEal, test } from "../eal.ts";

initTestEal("0@0,2@1", { drivers: false });
releaseMainLcore();

const SIZE = 255;
/** A cache with so many is flushed by what comes on top of 48. */
const CACHE = 32;

/** A pool of which the cache of lcore 2 has so many elements, 33 to 48. */
function poolWith(cached: number): Mempool {
  const pool = Mempool.create("P", SIZE, 64, { cacheSize: CACHE });
  const objs = new Objects(cached - CACHE);
  using _lcore = Lcore.adopt(2);
  pool.getBulk(objs, objs.length);
  pool.putBulk(objs, objs.length);
  assertEquals(pool.info().cached, { 2: cached });
  return pool;
}

const CASES = [
  { name: "a process that kept the journal", cached: 48, tells: true, largestPut: 4, doubtful: 4 },
  { name: "one with no more than a put", cached: 33, tells: true, largestPut: 33, doubtful: 33 },
  { name: "a foreign one, far from a flush", cached: 44, tells: false, largestPut: 4, doubtful: 4 },
  { name: "a foreign one, near a flush", cached: 45, tells: false, largestPut: 4, doubtful: 45 },
  { name: "puts of any size", cached: 40, tells: true, doubtful: 40 },
];

for (const { name, cached, tells, largestPut, doubtful } of CASES) {
  test(`${name}: what is certain is given back, the rest is nowhere`, () => {
    using pool = poolWith(cached);
    const options = largestPut === undefined ? {} : { largestPut };
    const settler = new Settler({ pools: [pool], ...options });
    settler.settle({ lcores: [0, 2], tells });
    assertEquals([settler.give(), settler.doubtful], [true, doubtful]);
    const { common, cached: left, lost, strangers } = pool.audit({ repair: true });
    assertEquals([common, left, lost, strangers], [SIZE - doubtful, 0, doubtful, 0]);
    assertEquals(pool.availableCount, SIZE);
  });
}

test("a pool without caches has nothing to settle", () => {
  using pool = Mempool.create("P", SIZE, 64);
  const settler = new Settler({ pools: [pool] });
  settler.settle({ lcores: [2], tells: false });
  assertEquals([settler.doubtful, pool.audit().common], [0, SIZE]);
});
