/** Lcore ids that are unique across processes. */

import { assertEquals, assertThrows } from "../../assert.ts";
import { DpdkError, Memzone } from "../../../mod.ts";
import { Lcore, LCORE_ID_ANY, releaseMainLcore, threadAffinity } from "../../../ffi/eal_api.ts";
import { LcoreIds } from "../../../ffi/recovery/recovery.ts";
import { initTestEal, test } from "../eal.ts";

const before = threadAffinity();
initTestEal("0@0,2@1", { drivers: false });

test("ids are claimed once, highest first, and given back by their owner only", () => {
  using zone = Memzone.reserve("LCORE_IDS", LcoreIds.bytes(6));
  const ids = new LcoreIds(zone.buffer, 6);
  ids.init([0, 2]);
  const other = new LcoreIds(Memzone.lookup("LCORE_IDS").buffer, 6);
  assertEquals([ids.claim(10), other.claim(20), ids.claim(10)], [5, 4, 3]);
  assertEquals([other.heldBy(10), ids.heldBy(20), ids.heldBy(30)], [[3, 5], [4], []]);
  assertEquals([ids.release(4, 10), ids.release(0, 10), ids.release(5, 10)], [false, false, true]);
  assertEquals([other.claim(20), other.claim(20)], [5, 1]);
  assertThrows(() => ids.claim(10), DpdkError, "ENOSPC");
  assertThrows(() => new LcoreIds(zone.buffer, Lcore.max), RangeError);
});

test("a thread floats under an id without being bound to a CPU", () => {
  assertThrows(() => Lcore.float(7), DpdkError, "EALREADY");
  releaseMainLcore();
  {
    using lcore = Lcore.float(7);
    assertEquals([lcore.id, Lcore.current, threadAffinity()], [7, 7, before]);
  }
  assertEquals([Lcore.current, threadAffinity()], [LCORE_ID_ANY, before]);
  assertThrows(() => Lcore.float(128), DpdkError, "EINVAL");
  assertThrows(() => Lcore.float(-1), RangeError);
});
