/** The floor of a set-up: what a probe takes without a device. */

import { Burst, createPktmbufPool, Port } from "../../../mod.ts";
import { delayUsSleep, measuredCyclesPerSecond } from "../../../ffi/eal_api.ts";
import { measureFloor } from "../../../ffi/traffic/traffic.ts";
import {
  assert,
  assertEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertLess,
  assertThrows,
} from "../../assert.ts";
import { note } from "../../harness.ts";
import { initTestEal, test } from "../eal.ts";

initTestEal("0@0", {}, "--vdev=net_ring0", "--vdev=net_ring1", "--vdev=net_null0,no-rx=1");

const PORTS = new Map(Port.list().map(({ id, name }) => [name, id]));
const microsecond = measuredCyclesPerSecond() / 1e6;

test("floor: of memory alone, and of a port that leads to itself", () => {
  using pool = createPktmbufPool("FLOOR", 63);
  using port = Port.open(PORTS.get("net_ring0")!, { rxDescriptors: 64, txDescriptors: 64 });
  using tx = port.txQueue(0);
  const memory = measureFloor({ pool, probes: 2000 });
  const through = measureFloor({ pool, probes: 2000, through: { tx, rx: port.rxQueue(0) } });
  for (const floor of [memory, through]) {
    assertEquals([floor.count, floor.invalid], [2000, 0]);
    assertGreater(floor.min, 0);
    // a probe that lost its CPU takes long, and not each of them loses it
    assertLess(floor.min, 100 * microsecond);
  }
  // those that were not counted went the same way
  assertEquals([port.stats().opackets, port.stats().ipackets], [4000, 4000]);
  assertEquals(pool.inUseCount, 0);
  const us = (value: number) => `${(value / microsecond).toFixed(2)} us`;
  note(`floor: memory ${us(memory.percentile(50))}, net_ring ${us(through.percentile(50))}`);
});

test("floor: a way that takes longer is in it, to the microsecond", () => {
  using pool = createPktmbufPool("FLOOR", 63);
  using port = Port.open(PORTS.get("net_ring1")!, { rxDescriptors: 64, txDescriptors: 64 });
  using tx = port.txQueue(0);
  let kept = Infinity;
  const slow = {
    send(burst: Burst) {
      const from = performance.now();
      delayUsSleep(200);
      kept = Math.min(kept, performance.now() - from);
      return tx.send(burst);
    },
  };
  const floor = measureFloor({ pool, probes: 20, through: { tx: slow, rx: port.rxQueue(0) } });
  assertEquals(floor.count, 20);
  assertGreaterOrEqual(floor.min, 200 * microsecond);
  // what performance.now() itself shows less of
  assertGreaterOrEqual(floor.min / microsecond, 1000 * kept - 10);
});

test("floor: a way that leads nowhere, takes nothing or has no mbufs is told in a line", () => {
  using pool = createPktmbufPool("FLOOR", 63);
  using port = Port.open(PORTS.get("net_null0")!, { rxDescriptors: 64, txDescriptors: 64 });
  using tx = port.txQueue(0);
  const rx = port.rxQueue(0);
  const refused = (options: Partial<Parameters<typeof measureFloor>[0]>) => {
    const run = () => measureFloor({ pool, probes: 1, patience: 0.01, ...options });
    return assertThrows(run, Error).message;
  };
  assertEquals(
    refused({ through: { tx, rx } }),
    "measureFloor: a probe did not come back in 0.01 s",
  );
  assertEquals(
    refused({ through: { tx: { send: () => 0 }, rx } }),
    "measureFloor: a probe was not taken",
  );
  assert(refused({ frameSize: 57 }).includes("a frame of 64 to 16000 bytes, got 57"));
  using none = createPktmbufPool("NONE", 1);
  using held = new Burst(1);
  none.getBulk(held);
  assertEquals(refused({ pool: none }), "measureFloor: NONE has no free mbuf");
  assertEquals([held.count, pool.inUseCount], [1, 0]);
});
