/** Ports that come, are configured and go while another process watches. */

import { createPktmbufPool, EthDev, probeDevice, removeDevice } from "../../../mod.ts";
import { assertEquals, assertStringIncludes } from "../../assert.ts";
import { ealArgs, initTestEal, PREFIX, test } from "../eal.ts";
import { Peer, type Refused } from "../peer.ts";
import { startPort } from "../ports.ts";

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
  const plugged = EthDev.byName("net_null5");
  // the device is there for it at once, but its queues are not
  const before = await look<Refused>(early, "net_null5");
  assertEquals(before.code, "ENODEV");
  assertStringIncludes(before.error, "attached before the primary configured the port");
  startPort(plugged, pool);
  assertEquals(await look<Refused>(early, "net_null5"), before);

  await using late = await attached("2@1");
  assertEquals(await look(late, "net_null5"), [plugged.port, 1, 0, 0]);
  plugged.stop();
  removeDevice(plugged);
  for (const peer of [early, late]) {
    const gone = await look<Refused>(peer, "net_null5");
    assertEquals(gone.code, "ENODEV");
    assertStringIncludes(gone.error, "rte_eth_dev_get_port_by_name(net_null5)");
    assertEquals((await peer.end()).code, 0);
  }
});
