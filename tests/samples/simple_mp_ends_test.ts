/** How a simple_mp ends, and what a new one finds. The time is told, the outcome is judged. */

import { setTimeout as delay } from "node:timers/promises";
import { assertEquals, assertMatch } from "../assert.ts";
import { endedLines } from "../../cmd/simple_mp/partners.ts";
import { note, program, type SimpleMp, startSimpleMp, testPrefix } from "../harness.ts";

/** The ways, each with the exit status that it leads to. */
const ENDS: { name: string; code: number; by: (it: SimpleMp) => void | Promise<void> }[] = [
  { name: "quit", code: 0, by: (it) => it.enter("quit") },
  { name: "end of input", code: 0, by: (it) => it.process.closeStdin() },
  { name: "SIGINT", code: 130, by: (it) => it.process.kill("SIGINT") },
  { name: "SIGTERM", code: 143, by: (it) => it.process.kill("SIGTERM") },
  { name: "SIGHUP", code: 129, by: (it) => it.process.kill("SIGHUP") },
];

for (const { name, code, by } of ENDS) {
  Deno.test(`${name} ends a primary with status ${code}, its files go with it`, async () => {
    await using prefix = testPrefix();
    const primary = await startSimpleMp(prefix, { type: "primary" });
    const end = await primary.process.endBy(() => by(primary));
    assertEquals(end.code, code);
    assertEquals(prefix.files(), []);
    note(`primary, ${name}: ended in ${end.ms} ms`);
  });

  Deno.test(`${name} ends a secondary with status ${code}, the primary goes on`, async () => {
    await using prefix = testPrefix();
    const primary = await startSimpleMp(prefix, { type: "primary" });
    const secondary = await startSimpleMp(prefix, { type: "secondary" });
    const end = await secondary.process.endBy(() => by(secondary));
    assertEquals(end.code, code);
    note(`secondary, ${name}: ended in ${end.ms} ms`);
    const next = await startSimpleMp(prefix, { type: "secondary" });
    await primary.send("next");
    assertEquals(await next.receives(1), ["next"]);
    assertEquals(await next.quit().then((end) => end.code), 0);
    assertEquals(await primary.quit().then((end) => end.code), 0);
    assertEquals(prefix.files(), []);
  });
}

Deno.test("a signal ends it in the middle of a stream of messages", async () => {
  await using prefix = testPrefix();
  const primary = await startSimpleMp(prefix, { type: "primary" });
  const secondary = await startSimpleMp(prefix, { type: "secondary" });
  const stream = (async () => {
    // until the other end of the pipe is gone
    for (let i = 0;; i++) await primary.send(`message ${i}`);
  })().catch(() => {});
  await secondary.receives(100);
  const end = await primary.process.endBy(() => primary.process.kill("SIGINT"));
  await stream;
  assertEquals(end.code, 130);
  note(`primary that sends, SIGINT: ended in ${end.ms} ms`);
  assertEquals((await secondary.quit()).code, 0);
});

Deno.test("quit with input after it: the rest is not obeyed", async () => {
  await using prefix = testPrefix();
  const primary = await startSimpleMp(prefix);
  const end = await primary.process.endBy(() => primary.process.write("quit\nhelp\nfoo\n"));
  assertEquals(end.code, 0);
  assertEquals(/Command not found|Simple demo/.test(primary.process.stdout), false);
});

Deno.test("all commands of an input that ends at once are obeyed", async () => {
  await using prefix = testPrefix();
  const primary = await startSimpleMp(prefix);
  const secondary = prefix.spawn(
    "simple_mp",
    program("simple_mp"),
    prefix.eal({ type: "secondary", lcores: "2@0,3@1" }),
  );
  await secondary.write("send one\nsend two\nsend without a line end");
  await secondary.closeStdin();
  assertEquals((await secondary.ended()).code, 0);
  assertEquals(await primary.receives(3), ["one", "two", "without a line end"]);
});

Deno.test("a signal during its start ends it, and the prefix stays usable", async () => {
  await using prefix = testPrefix();
  for (const wait of [0, 20, 40, 60, 80, 100, 120, 140]) {
    const process = prefix.spawn("simple_mp", program("simple_mp"), prefix.eal());
    // an instant of its start, earlier and later ones
    await delay(wait);
    process.kill("SIGINT");
    const { code } = await process.ended();
    assertEquals(code, 130, `SIGINT after ${wait} ms: ${process.stderr}`);
  }
  const primary = await startSimpleMp(prefix);
  assertEquals((await primary.quit()).code, 0);
});

Deno.test("a primary killed with SIGKILL and started again serves new secondaries", async () => {
  await using prefix = testPrefix();
  const first = await startSimpleMp(prefix, { type: "primary" });
  const old = await startSimpleMp(prefix, { type: "secondary" });
  await first.send("before");
  await old.receives(1);
  assertEquals((await first.process.endBy(() => first.process.kill("SIGKILL"))).signal, "SIGKILL");
  // what the primary left stays mapped: the secondary goes on and ends as always
  await old.enter("help");
  await old.process.waitFor("send commands to the simple app");
  assertEquals((await old.quit()).code, 0);

  const again = await startSimpleMp(prefix, { type: "primary" });
  const secondary = await startSimpleMp(prefix, { type: "secondary" });
  await again.send("after");
  assertEquals(await secondary.receives(1), ["after"]);
  await secondary.send("back");
  assertEquals(await again.receives(1), ["back"]);
  assertEquals((await secondary.quit()).code, 0);
  assertEquals((await again.quit()).code, 0);
  assertEquals(prefix.files(), [], "files after the killed primary's successor");
});

for (const maker of ["ts", "c"] as const) {
  Deno.test(`the end of the other one is told at the prompt, ${maker}`, async () => {
    await using prefix = testPrefix();
    const extra = ["--log-level=user1:debug"];
    const primary = await startSimpleMp(prefix, { type: "primary", extra });
    const gone = await startSimpleMp(prefix, { type: "secondary", maker });
    const { pid } = gone.process;
    await primary.process.waitFor(`Process ${pid} has come.`, { on: "stderr" });
    await gone.quit();
    await primary.process.waitFor(
      `The secondary (pid ${pid}) has ended: messages wait for the next one\n`,
    );
    await primary.quit();

    const first = await startSimpleMp(prefix, { type: "primary", maker });
    const secondary = await startSimpleMp(prefix, { type: "secondary" });
    first.process.kill("SIGKILL");
    const told = /\nThe primary, (\S+) \(pid (\d+)\), has ended: nobody receives what is sent/;
    const [, name, who] = await secondary.process.waitFor(told);
    assertMatch(name ?? "", /simple_mp$/);
    assertEquals(who, `${first.process.pid}`);
    await secondary.quit();
  });
}

Deno.test("a primary's lines of secondaries that have ended", () => {
  const name = "simple_mp";
  const [one, two, looker] = [{ pid: 1, name }, { pid: 2, name }, { pid: 3, name: "inspect" }];
  assertEquals(endedLines([one, looker], [one]), []);
  assertEquals(endedLines([one, two], [two]), ["The secondary (pid 1) has ended"]);
  assertEquals(endedLines([one, two], [looker]), [
    "The secondary (pid 1) has ended",
    "The secondary (pid 2) has ended: messages wait for the next one",
  ]);
});

Deno.test("nothing but EAL's log is on stderr of an orderly run", async () => {
  await using prefix = testPrefix();
  const primary = await startSimpleMp(prefix, { type: "primary" });
  const secondary = await startSimpleMp(prefix, { type: "secondary" });
  await secondary.quit();
  await primary.quit();
  for (const { process } of [primary, secondary]) {
    assertMatch(process.stderr, /^([A-Z_]+: [^\n]*\n)*$/, process.stderr);
    assertMatch(process.stderr, /APP: Finished Process Init\.\n/);
  }
});
