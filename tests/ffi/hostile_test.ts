/**
 * Hostile values in every public constructor and call: refused in one line that names the limit. C
 * runs in another process, so that what it breaks there is one failure here.
 */

import { assert, assertEquals, assertMatch, assertStrictEquals } from "../assert.ts";
import { ealArgs, PREFIX } from "./eal.ts";
import { HOSTILE } from "./hostile.ts";
import { Peer } from "./peer.ts";

/** What came of a call. */
interface Came {
  name: string;
  outcome: string;
  intact: boolean;
}

Deno.test("hostile values are refused, and nothing is overwritten", async (context) => {
  const args = ealArgs("0@0", PREFIX, "--log-level=1", "--socket-limit=128", "--vdev=net_null0");
  await using peer = new Peer("hostile", args);
  for (const [name, expected] of HOSTILE) {
    const came = await peer.next<Came>();
    await context.step(name, () => {
      assertStrictEquals(came.name, name);
      assertMatch(came.outcome, expected);
      assert(!came.outcome.includes("\n"), "one line");
      assert(came.intact, "the zone beside it is as it was");
    });
  }
  const { code, stderr } = await peer.end();
  assertEquals([code, stderr], [0, ""]);
});
