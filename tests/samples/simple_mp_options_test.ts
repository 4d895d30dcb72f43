/** What stops simple_mp at its start: one clear line on stderr and status 1, each. */

import { assertEquals, assertMatch, assertStringIncludes } from "../assert.ts";
import { LCORES, type Prefix, program, startSimpleMp, testPrefix } from "../harness.ts";

/** Runs a simple_mp that must refuse its arguments; the line that it leaves. */
async function refusal(prefix: Prefix, args: readonly string[]): Promise<string> {
  const process = prefix.spawn("simple_mp", program("simple_mp"), args);
  await process.closeStdin();
  const { code, signal } = await process.ended();
  assertEquals({ code, signal, stdout: process.stdout }, { code: 1, signal: null, stdout: "" });
  assertMatch(process.stderr, /^simple_mp: [^\n]{10,}\n$/, `not one line: ${process.stderr}`);
  return process.stderr;
}

/** Arguments that are wrong by themselves, and what the message must name. */
const WRONG: { args: string[]; names: string }[] = [
  { args: ["--frobnicate=7"], names: "--frobnicate" },
  { args: ["-Z"], names: "-Z" },
  { args: ["-l", "1-"], names: "1-" },
  { args: ["-l", "0,777"], names: "777" },
  { args: ["-m", "99999999"], names: "99999999" },
  { args: ["-l"], names: "-l" },
  { args: ["--proc-type"], names: "--proc-type" },
  { args: ["--", "stray"], names: "stray" },
];

for (const { args, names } of WRONG) {
  Deno.test(`refused: ${args.join(" ")}`, async () => {
    await using prefix = testPrefix();
    // the wrong ones last, so that a missing value is really missing
    const line = await refusal(prefix, [...prefix.eal(), ...args]);
    assertStringIncludes(line, names);
    assertEquals(prefix.files(), [], "files of a process that did not start");
  });
}

Deno.test("refused: --file-prefix without its value", async () => {
  await using prefix = testPrefix();
  assertStringIncludes(await refusal(prefix, ["--no-pci", "--file-prefix"]), "--file-prefix");
});

Deno.test("refused: a file prefix that leads out of the runtime folder", async () => {
  await using prefix = testPrefix();
  const line = await refusal(prefix, ["--no-pci", `--file-prefix=../${prefix.name}`]);
  assertStringIncludes(line, prefix.name);
});

Deno.test("refused: a secondary without a primary", async () => {
  await using prefix = testPrefix();
  const line = await refusal(prefix, prefix.eal({ type: "secondary", lcores: LCORES.second }));
  assertStringIncludes(line, prefix.name);
  assertMatch(line, /no primary/);
});

Deno.test("refused: a second primary of the same prefix", async () => {
  await using prefix = testPrefix();
  const first = await startSimpleMp(prefix);
  for (const type of [undefined, "primary"] as const) {
    const line = await refusal(
      prefix,
      prefix.eal({ lcores: LCORES.second, ...(type ? { type } : {}) }),
    );
    assertStringIncludes(line, prefix.name);
    assertStringIncludes(line, `simple_mp (pid ${first.process.pid})`);
  }
  assertStringIncludes(await first.answer("help"), "send [string]");
});

Deno.test("refused: a secondary of a primary that died", async () => {
  await using prefix = testPrefix();
  const primary = await startSimpleMp(prefix);
  await primary.process.endBy(() => primary.process.kill("SIGKILL"));
  const line = await refusal(prefix, prefix.eal({ type: "secondary", lcores: LCORES.second }));
  assertStringIncludes(line, prefix.name);
  assertMatch(line, /primary.*ended/);
});

Deno.test("refused: lcores of another process", async () => {
  await using prefix = testPrefix();
  const primary = await startSimpleMp(prefix);
  const secondary = await startSimpleMp(prefix, { type: "secondary" });
  for (
    const [lcores, owner, lcore] of [
      ["1@0,4@1", primary, "lcore 1 "],
      ["0-1", primary, "lcore 0-1 "],
      ["4@0,3@1", secondary, "lcore 3 "],
    ] as const
  ) {
    const line = await refusal(prefix, prefix.eal({ type: "secondary", lcores }));
    assertStringIncludes(line, lcore);
    assertStringIncludes(line, `simple_mp (pid ${owner.process.pid})`);
  }
  // neither of them was disturbed
  await primary.send("still");
  await secondary.send("here");
  assertEquals(await secondary.receives(1), ["still"]);
  assertEquals(await primary.receives(1), ["here"]);
});

Deno.test("refused: as many secondaries at once, all of the same lcores, but one", async () => {
  await using prefix = testPrefix();
  await startSimpleMp(prefix);
  const racing = Array.from({ length: 4 }, () =>
    prefix.spawn(
      "racing simple_mp",
      program("simple_mp"),
      prefix.eal({ type: "secondary", lcores: LCORES.second }),
    ));
  const outcomes = await Promise.all(racing.map(async (process) => {
    await process.waitUntil(
      () => !process.running || process.stdout.includes("Starting core 3"),
      "waiting for its start or refusal",
    );
    return process.running;
  }));
  const started = outcomes.filter(Boolean).length;
  assertEquals(started, 1, racing.map(({ stderr }) => stderr).join("---\n"));
  for (const process of racing.filter((_, i) => !outcomes[i])) {
    assertMatch(
      process.stderr,
      /^simple_mp: .*lcore [23](-3)? belongs to simple_mp \(pid \d+\).*\n$/,
    );
  }
});

Deno.test("one lcore alone sends and never receives, and says so", async () => {
  await using prefix = testPrefix();
  const process = prefix.spawn("simple_mp", program("simple_mp"), prefix.eal({ lcores: "0@0" }));
  await process.waitFor("simple_mp >");
  assertMatch(
    process.stderr,
    /^simple_mp: --lcores: expected two lcores or more, got one: .*never receives$/m,
  );
  await process.send("quit");
  assertEquals((await process.ended()).code, 0);
});
