/** simple_mp's commands and messages, from outside. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "../assert.ts";
import {
  accounts,
  DISCARDED,
  fixture,
  LCORES,
  LONGEST,
  POOL_SIZE,
  program,
  readmeOf,
  RING_CAPACITY,
  settledAccounts,
  startSimpleMp,
  testPrefix,
} from "../harness.ts";

Deno.test("a primary and a secondary send each other messages", async () => {
  await using prefix = testPrefix();
  const primary = await startSimpleMp(prefix, { type: "primary" });
  const secondary = await startSimpleMp(prefix, { type: "secondary" });
  await primary.send("hello_secondary");
  assertEquals(await secondary.receives(1), ["hello_secondary"]);
  await secondary.send("hello_primary");
  assertEquals(await primary.receives(1), ["hello_primary"]);
  assertStringIncludes(secondary.process.stdout, "core 3: Received 'hello_secondary'\n");
  assertStringIncludes(primary.process.stdout, "core 1: Received 'hello_primary'\n");
});

Deno.test("without --proc-type it is a primary", async () => {
  await using prefix = testPrefix();
  const first = await startSimpleMp(prefix);
  const second = await startSimpleMp(prefix, { type: "secondary" });
  await first.send("from a primary");
  assertEquals(await second.receives(1), ["from a primary"]);
});

Deno.test("auto: the first becomes primary, the second secondary", async () => {
  await using prefix = testPrefix();
  const first = await startSimpleMp(prefix, { type: "auto" });
  const second = await startSimpleMp(prefix, { type: "auto", lcores: LCORES.second });
  await first.send("first");
  await second.send("second");
  assertEquals(await second.receives(1), ["first"]);
  assertEquals(await first.receives(1), ["second"]);
});

Deno.test("help tells the commands as the C sample does", async () => {
  await using prefix = testPrefix();
  const primary = await startSimpleMp(prefix);
  assertEquals(
    (await primary.answer("help")).trimEnd(),
    `Simple demo example of multi-process in RTE

This is a readline-like interface that can be used to
send commands to the simple app. Commands supported are:

- send [string]
- help
- quit`,
  );
});

Deno.test("bad input is one line and the prompt again", async () => {
  await using prefix = testPrefix();
  const primary = await startSimpleMp(prefix);
  assertEquals(await primary.answer("frobnicate"), "Command not found\n");
  assertEquals(await primary.answer("SEND x"), "Command not found\n");
  for (const input of ["send", "send ", "help me", "quit now"]) {
    assertMatch(await primary.answer(input), /^Bad arguments.*\n$/, input);
  }
  assertEquals(await primary.answer(""), "");
  assertEquals((await primary.quit()).code, 0);
});

Deno.test("a message is what follows send, up to the element's size", async () => {
  await using prefix = testPrefix();
  const primary = await startSimpleMp(prefix);
  const secondary = await startSimpleMp(prefix, { type: "secondary" });
  const sent = ["x", "two words", "it's 'quoted'", "a  b", "7".repeat(LONGEST), "€".repeat(42)];
  for (const message of sent) assertEquals(await primary.answer(`send ${message}`), "");
  for (const message of ["7".repeat(LONGEST + 1), "€".repeat(43), "y".repeat(5000)]) {
    assertMatch(await primary.answer(`send ${message}`), /^Message of \d+ bytes is too long.*\n$/);
  }
  await primary.send("last");
  assertEquals(await secondary.receives(sent.length + 1), [...sent, "last"]);
  await secondary.quit();
  assertEquals(await settledAccounts(prefix), {
    available: POOL_SIZE,
    inRings: 0,
    size: POOL_SIZE,
    lost: 0,
  });
});

Deno.test("UTF-8 survives in both directions", async () => {
  await using prefix = testPrefix();
  const primary = await startSimpleMp(prefix);
  const secondary = await startSimpleMp(prefix, { type: "secondary" });
  const texts = ["grüße", "ß", "€ 5", "日本語", "🚀🛰️", "mixed é € 🚀 end"];
  await primary.send(...texts);
  await secondary.send(...texts);
  assertEquals(await secondary.receives(texts.length), texts);
  assertEquals(await primary.receives(texts.length), texts);
});

Deno.test("UTF-8 that reaches stdin in pieces survives", async () => {
  await using prefix = testPrefix();
  const primary = await startSimpleMp(prefix);
  const secondary = await startSimpleMp(prefix, { type: "secondary" });
  const bytes = new TextEncoder().encode("send é€🚀\n");
  for (const byte of bytes) await primary.process.writeBytes(Uint8Array.of(byte));
  assertEquals(await secondary.receives(1), ["é€🚀"]);
});

Deno.test("every worker lcore receives, and each message comes once", async () => {
  await using prefix = testPrefix();
  const primary = await startSimpleMp(prefix, { type: "primary", lcores: "0@0,1@1,6@0" });
  const secondary = await startSimpleMp(prefix, { type: "secondary" });
  const sent = Array.from({ length: 600 }, (_, i) => `message ${i}`);
  for (let i = 0; i < sent.length; i += 50) {
    await secondary.send(...sent.slice(i, i + 50));
    await primary.receives(i + 50);
  }
  // two lcores take turns, so only each one's own order is kept
  assertEquals([...primary.received].sort(), [...sent].sort());
  for (const core of [1, 6]) {
    const numbers = [...primary.process.stdout.matchAll(
      new RegExp(`core ${core}: Received 'message (\\d+)'`, "g"),
    )].map(([, number]) => Number(number));
    assertEquals(numbers, numbers.toSorted((a, b) => a - b), `order of core ${core}`);
  }
});

Deno.test("a full ring refuses the next message, and nothing leaks", async () => {
  await using prefix = testPrefix();
  const primary = await startSimpleMp(prefix);
  const secondary = await startSimpleMp(prefix, { type: "secondary" });
  // a stopped receiver: the ring fills up
  await secondary.process.stop();
  const sent = Array.from({ length: RING_CAPACITY }, (_, i) => `kept ${i}`);
  for (const message of sent) assertEquals(await primary.answer(`send ${message}`), "");
  for (const message of ["lost 1", "lost 2"]) {
    assertEquals(await primary.answer(`send ${message}`), `${DISCARDED}\n`);
  }
  const { inRings, lost } = await accounts(prefix);
  assertEquals({ inRings, lost }, { inRings: RING_CAPACITY, lost: 0 });
  secondary.process.resume();
  await secondary.receives(RING_CAPACITY);
  await primary.send("after");
  assertEquals(await secondary.receives(RING_CAPACITY + 1), [...sent, "after"]);
  await secondary.quit();
  const after = await accounts(prefix);
  assertEquals(after, { available: POOL_SIZE, inRings: 0, size: POOL_SIZE, lost: 0 });
});

Deno.test("messages wait in the ring for a secondary that comes later", async () => {
  await using prefix = testPrefix();
  const primary = await startSimpleMp(prefix);
  await primary.send("one", "two", "three");
  const secondary = await startSimpleMp(prefix, { type: "secondary" });
  assertEquals(await secondary.receives(3), ["one", "two", "three"]);
});

Deno.test("an empty pool refuses a message until there are elements again", async () => {
  await using prefix = testPrefix();
  const primary = await startSimpleMp(prefix);
  const taker = prefix.spawn("take_all", fixture("take_all"), [prefix.name, "MSG_POOL"]);
  await taker.waitFor(`took ${POOL_SIZE}\n`);
  assertEquals(
    await primary.answer("send x"),
    "Failed to get message buffer - message discarded\n",
  );
  assertEquals((await taker.endBy(() => taker.closeStdin())).code, 0);
  assertEquals(await primary.answer("send y"), "");
  const { inRings, lost } = await accounts(prefix);
  assertEquals({ inRings, lost }, { inRings: 1, lost: 0 });
});

Deno.test("--help prints the program's README and needs no DPDK", async () => {
  await using prefix = testPrefix();
  const help = prefix.spawn("simple_mp --help", program("simple_mp"), ["--help"], {
    env: { DENODPDK_SHIM: "/nonexistent/shim.so" },
  });
  await help.closeStdin();
  assertEquals((await help.ended()).code, 0);
  assertEquals(help.stderr, "");
  for (const expected of ["simple_mp", "--proc-type", "send", "quit", "PRI_2_SEC"]) {
    assertStringIncludes(help.stdout, expected);
  }
  // the same text as the README's, which has marks of Markdown and a diagram besides
  assert(!/```|mermaid|flowchart/.test(help.stdout), "Markdown in --help");
  const plain = (text: string) => text.replace(/[#`*\s]/g, "").replace(/\[(.*?)\]\(.*?\)/g, "$1");
  const readme = readmeOf("simple_mp")
    .replace(/```mermaid\n[^]*?```\n/g, "").replace(/```\w*/g, "");
  const [, text = "", dpdk = ""] = help.stdout.match(/^([^]*)\n\n([^\n]+)\n$/) ?? [];
  assertEquals(plain(text), plain(readme));
  assertEquals(dpdk, "DPDK of this system, with the drivers that are installed.");
});
