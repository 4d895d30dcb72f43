/** Lookers beside a primary that makes and frees objects all the time. */

import { assertEquals, assertGreater } from "../assert.ts";
import { ealArgs, filesOf, otherPrefix, test } from "./eal.ts";
import { Peer } from "./peer.ts";

/** Processes that come, look and go, and how often each looks. */
const LOOKERS = 4;
const LOOKS = 150;

test("who looks reads nothing that is freed, and neither a look nor its end disturbs", async () => {
  const prefix = otherPrefix();
  await using primary = new Peer("churn", ealArgs("0@0", prefix));
  assertEquals(await primary.next(), "churning");
  for (let i = 0; i < LOOKERS; i++) {
    await using looker = new Peer("look", [prefix, String(LOOKS)]);
    assertGreater(await looker.next<number>(), LOOKS);
    assertEquals((await looker.end()).code, 0);
  }
  await primary.tell("");
  assertGreater(await primary.next<number>(), 0);
  assertEquals((await primary.end()).code, 0);
  assertEquals(filesOf(prefix), { runtime: [], hugepages: [] });
});
