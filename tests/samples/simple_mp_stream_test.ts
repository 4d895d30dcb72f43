/** Many messages in both directions at the same time. */

import { assertEquals } from "../assert.ts";
import {
  DISCARDED,
  note,
  POOL_SIZE,
  RING_CAPACITY,
  settledAccounts,
  type SimpleMp,
  startSimpleMp,
  testPrefix,
} from "../harness.ts";

const COUNT = 10_000;

/** How many may be on their way when the next ones are sent. */
const BEHIND = 20;

/**
 * Sends numbered messages, at most a ring full ahead of what the other side printed: nobody else
 * controls the flow.
 */
async function stream(from: SimpleMp, to: SimpleMp, name: string): Promise<string[]> {
  const sent = Array.from({ length: COUNT }, (_, i) => `${name} ${i}`);
  for (let next = 0; next < COUNT;) {
    const room = to.received.length + RING_CAPACITY - next;
    if (room > 0) await from.send(...sent.slice(next, next += room));
    await to.receives(Math.min(next - BEHIND, COUNT));
  }
  await to.receives(COUNT);
  return sent;
}

Deno.test("10,000 messages each way at the same time: none lost, none reordered", async () => {
  await using prefix = testPrefix();
  const primary = await startSimpleMp(prefix, { type: "primary" });
  const secondary = await startSimpleMp(prefix, { type: "secondary" });
  const start = performance.now();
  const [down, up] = await Promise.all([
    stream(primary, secondary, "down"),
    stream(secondary, primary, "up"),
  ]);
  const seconds = (performance.now() - start) / 1000;
  note(`${2 * COUNT} messages in ${seconds.toFixed(1)} s`);
  assertEquals(secondary.received, down);
  assertEquals(primary.received, up);
  for (const { process } of [primary, secondary]) {
    assertEquals(process.stdout.includes(DISCARDED), false, "a message was discarded");
  }
  await secondary.quit();
  assertEquals(await settledAccounts(prefix), {
    available: POOL_SIZE,
    inRings: 0,
    size: POOL_SIZE,
    lost: 0,
  });
});

Deno.test("two secondaries send at the same time: each one's order is kept", async () => {
  await using prefix = testPrefix();
  const primary = await startSimpleMp(prefix, { type: "primary" });
  const one = await startSimpleMp(prefix, { type: "secondary" });
  const two = await startSimpleMp(prefix, { type: "secondary", lcores: "4@0,5@1" });
  const count = 1_000;
  const of = (name: string) => primary.received.filter((text) => text.startsWith(name));
  const numbered = (name: string) => Array.from({ length: count }, (_, i) => `${name} ${i}`);
  const batch = 25; // two batches fit the ring
  const send = async (sender: SimpleMp, name: string) => {
    const sent = numbered(name);
    for (let i = 0; i < count; i += batch) {
      await sender.send(...sent.slice(i, i + batch));
      await primary.process.waitUntil(() => of(name).length >= i + batch, `batch of ${name}`);
    }
  };
  await Promise.all([send(one, "one"), send(two, "two")]);
  assertEquals(of("one"), numbered("one"));
  assertEquals(of("two"), numbered("two"));
});
