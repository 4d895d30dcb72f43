/** A pool that keeps its elements elsewhere than in a ring. */

import { Burst, createPktmbufPool, DpdkError } from "../../../mod.ts";
import { assertEquals, assertStrictEquals, assertThrows } from "../../assert.ts";
import { initTestEal, test } from "../eal.ts";

initTestEal("0@0", {}, "--mbuf-pool-ops-name=stack");

test("a pool on a stack: neither audit nor repair, and nothing is touched", () => {
  using pool = createPktmbufPool("P", 63);
  assertStrictEquals(pool.info().ops, "stack");
  using burst = new Burst(7);
  assertStrictEquals(pool.getBulk(burst), 7);
  for (const call of [() => pool.audit({ repair: true }), () => pool.repair()]) {
    const { code, message } = assertThrows(call, DpdkError);
    assertEquals([code, message.includes("not in a ring")], ["ENOTSUP", true]);
  }
  assertEquals([pool.isTorn, pool.availableCount, pool.inUseCount], [false, 56, 7]);
});
