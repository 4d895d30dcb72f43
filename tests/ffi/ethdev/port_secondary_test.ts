/** Ports that come, are configured and go while another process watches. */

import { createPktmbufPool, Port } from "../../../mod.ts";
import { probeDevice } from "../../../ffi/eal_api.ts";
import { assertEquals, assertStringIncludes } from "../../assert.ts";
import { ealArgs, initTestEal, PREFIX, test } from "../eal.ts";
import { Peer, type Refused } from "../peer.ts";

initTestEal("0@0");

/** A secondary that has attached. */
async function attached(lcores: string): Promise<Peer> {
  const peer = new Peer("early_secondary", ealArgs(lcores, PREFIX, "--proc-type=secondary"));
  assertEquals(await peer.next(), "attached");
  return peer;
}

/** What it makes of a port now. */
async function look<T>(peer: Peer, name: string): Promise<T> {
  await peer.tell(name);
  return await peer.next<T>();
}

test("a secondary that was there first is told that it cannot use the port", async () => {
  using pool = createPktmbufPool("P", 511);
  await using early = await attached("1@1");
  probeDevice("net_null5");
  // the device is there for it at once, but its queues are not
  const before = await look<Refused>(early, "net_null5");
  assertEquals(before.code, "ENODEV");
  assertStringIncludes(before.error, "attached before the primary configured the port");
  const plugged = Port.open("net_null5", { pool });
  assertEquals(await look<Refused>(early, "net_null5"), before);

  await using late = await attached("2@1");
  assertEquals(await look(late, "net_null5"), [plugged.id, 1, 0, 0]);
  plugged.stop();
  plugged.remove();
  for (const peer of [early, late]) {
    const gone = await look<Refused>(peer, "net_null5");
    assertEquals(gone.code, "ENODEV");
    assertStringIncludes(gone.error, "port net_null5");
    assertEquals((await peer.end()).code, 0);
  }
});
