/** Our simple_mp and the C sample as each other's peer. */

import { assertEquals, assertMatch } from "../assert.ts";
import {
  accounts,
  DISCARDED,
  LCORES,
  LONGEST,
  type Maker,
  POOL_SIZE,
  program,
  RING_CAPACITY,
  settledAccounts,
  type SimpleMp,
  startSimpleMp,
  testPrefix,
} from "../harness.ts";

const FULL = { available: POOL_SIZE, inRings: 0, size: POOL_SIZE, lost: 0 };

const PAIRS: { primary: Maker; secondary: Maker; name: string }[] = [
  { primary: "ts", secondary: "c", name: "TypeScript primary, C secondary" },
  { primary: "c", secondary: "ts", name: "C primary, TypeScript secondary" },
];

/** Sends numbered messages in batches that fit the ring, each when the one before has arrived. */
async function exchange(from: SimpleMp, to: SimpleMp, name: string, count: number) {
  const sent = Array.from({ length: count }, (_, i) => `${name}_${i}`);
  const already = to.received.length;
  for (let i = 0; i < count; i += 50) {
    await from.send(...sent.slice(i, i + 50));
    await to.receives(already + Math.min(i + 50, count));
  }
  assertEquals(to.received.slice(already), sent);
}

for (const { primary: first, secondary: second, name } of PAIRS) {
  Deno.test(`${name}: messages both ways, and the pool has all its elements`, async () => {
    await using prefix = testPrefix();
    const primary = await startSimpleMp(prefix, { maker: first, type: "primary" });
    const secondary = await startSimpleMp(prefix, { maker: second, type: "secondary" });
    await primary.send("hello_secondary");
    assertEquals(await secondary.receives(1), ["hello_secondary"]);
    await secondary.send("hello_primary");
    assertEquals(await primary.receives(1), ["hello_primary"]);
    assertEquals(await settledAccounts(prefix), FULL);
    await Promise.all([
      exchange(primary, secondary, "down", 2_000),
      exchange(secondary, primary, "up", 2_000),
    ]);
    assertEquals(await settledAccounts(prefix), FULL);
    assertEquals((await secondary.quit()).code, 0);
    assertEquals(await settledAccounts(prefix), FULL);
    assertEquals((await primary.quit()).code, 0);
  });

  Deno.test(`${name}: the secondary comes and goes`, async () => {
    await using prefix = testPrefix();
    const primary = await startSimpleMp(prefix, { maker: first, type: "primary" });
    for (let i = 0; i < 5; i++) {
      const secondary = await startSimpleMp(prefix, { maker: second, type: "secondary" });
      await primary.send(`down_${i}`);
      assertEquals(await secondary.receives(1), [`down_${i}`]);
      await secondary.send(`up_${i}`);
      assertEquals((await primary.receives(i + 1)).at(-1), `up_${i}`);
      assertEquals((await secondary.quit()).code, 0);
    }
    assertEquals(await settledAccounts(prefix), FULL);
  });

  Deno.test(`${name}: a full ring, then all that it held`, async () => {
    await using prefix = testPrefix();
    const primary = await startSimpleMp(prefix, { maker: first, type: "primary" });
    const secondary = await startSimpleMp(prefix, { maker: second, type: "secondary" });
    for (const [sender, receiver] of [[primary, secondary], [secondary, primary]] as const) {
      await receiver.process.stop();
      const sent = Array.from({ length: RING_CAPACITY }, (_, i) => `kept_${i}`);
      await sender.send(...sent, "lost");
      await sender.process.waitFor(DISCARDED);
      if (receiver === secondary) { // to attach to a stopped primary takes EAL 5 s
        const { inRings, lost } = await accounts(prefix);
        assertEquals({ inRings, lost }, { inRings: RING_CAPACITY, lost: 0 });
      }
      receiver.process.resume();
      assertEquals(await receiver.receives(RING_CAPACITY), sent);
    }
    assertEquals(await settledAccounts(prefix), FULL);
  });
}

Deno.test("the C sample prints UTF-8 and the longest message as we sent them", async () => {
  await using prefix = testPrefix();
  const primary = await startSimpleMp(prefix, { type: "primary" });
  const secondary = await startSimpleMp(prefix, { maker: "c", type: "secondary" });
  const sent = ["grüße €", "🚀", "two words", "8".repeat(LONGEST)];
  await primary.send(...sent);
  assertEquals(await secondary.receives(sent.length), sent);
  // its own prompt takes 126 bytes at most, and no UTF-8
  await secondary.send("9".repeat(LONGEST - 1));
  assertEquals(await primary.receives(1), ["9".repeat(LONGEST - 1)]);
});

Deno.test("auto: becomes secondary of a C primary", async () => {
  await using prefix = testPrefix();
  const primary = await startSimpleMp(prefix, { maker: "c", type: "auto" });
  const secondary = await startSimpleMp(prefix, { type: "auto", lcores: LCORES.second });
  await primary.send("welcome");
  assertEquals(await secondary.receives(1), ["welcome"]);
});

Deno.test("what stands in the way of a C primary's secondary is one line", async () => {
  await using prefix = testPrefix();
  const primary = await startSimpleMp(prefix, { maker: "c", type: "primary" });
  const refusal = async (args: string[]) => {
    const process = prefix.spawn("simple_mp", program("simple_mp"), args);
    await process.closeStdin();
    assertEquals((await process.ended()).code, 1);
    return process.stderr;
  };
  assertMatch(
    await refusal(prefix.eal({ type: "secondary", lcores: "1@0,4@1" })),
    new RegExp(`^simple_mp: .*lcore 1 .*pid ${primary.process.pid}.*\n$`),
  );
  assertMatch(
    await refusal(prefix.eal({ type: "primary", lcores: LCORES.second })),
    new RegExp(`^simple_mp: .*already has a primary.*pid ${primary.process.pid}.*\n$`),
  );
  await primary.process.endBy(() => primary.process.kill("SIGKILL"));
  assertMatch(
    await refusal(prefix.eal({ type: "secondary", lcores: LCORES.second })),
    /^simple_mp: .*primary.*ended.*\n$/,
  );
});
