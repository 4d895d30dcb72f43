/** Packets that go round and round through net_ring ports: none is lost, none overtakes another. */

import { assertEquals, assertGreater } from "../assert.ts";
import { testPrefix } from "../harness.ts";
import { startForwarder } from "./forwarder.ts";

const PACKETS = 500;

Deno.test(`${PACKETS} packets go round through two net_ring ports, in order`, async () => {
  await using prefix = testPrefix();
  const forwarder = await startForwarder(prefix, ["net_ring0", "net_ring1"], { inject: PACKETS });
  const { inUse } = await forwarder.until(({ received }) => received > 1e6, "a million packets");
  assertEquals(inUse, PACKETS);
  const end = await forwarder.end();
  assertEquals([end.received, end.dropped, end.inUse], [end.sent, 0, 0]);
  const [one, two] = end.ports;
  // each port's own ring leads from its sending side to its receiving side
  assertEquals((one?.ipackets ?? 0) + (two?.ipackets ?? 0), end.received);
  assertEquals((one?.opackets ?? 0) + (two?.opackets ?? 0), end.sent + PACKETS);
  assertGreater(Math.min(one?.ipackets ?? 0, two?.ipackets ?? 0), PACKETS);
  // what left the one port is next in the other: together they are the circle
  const first = end.left.indexOf(0);
  const circle = [...end.left.slice(first), ...end.left.slice(0, first)];
  assertEquals(circle, Array.from({ length: PACKETS }, (_, i) => i));
});

Deno.test("a port alone sends back to itself", async () => {
  await using prefix = testPrefix();
  const forwarder = await startForwarder(prefix, ["net_ring0"], { inject: 10 });
  await forwarder.until(({ received }) => received > 100_000, "100000 packets");
  const end = await forwarder.end();
  assertEquals([end.received, end.dropped, end.inUse], [end.sent, 0, 0]);
  assertEquals([end.ports[0]?.ipackets, end.ports[0]?.opackets], [end.received, end.sent + 10]);
  assertEquals(end.left.length, 10);
});
