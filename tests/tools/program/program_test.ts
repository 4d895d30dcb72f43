/** Programs of one file: `program({ ... })`. */

import { fileURLToPath } from "node:url";
import { assertEquals, assertMatch, assertStringIncludes } from "../../assert.ts";
import { type Prefix, testPrefix, type TestProcess } from "../../harness.ts";

const SCRIPT = fileURLToPath(new URL("./fixtures/forward.ts", import.meta.url));
const VDEVS = ["--vdev=net_null0", "--vdev=net_null1"];

function start(prefix: Prefix, more: readonly string[] = [], eal: readonly string[] = VDEVS) {
  const command = { command: Deno.execPath(), args: ["run", "-A", "--no-check", SCRIPT] };
  const args = prefix.eal({ lcores: "0@0,1@1", extra: [...eal] });
  return prefix.spawn("forward", command, [...args, "--", ...more]);
}

async function fails(process: TestProcess): Promise<string> {
  const { code } = await process.ended();
  assertEquals(code, 1, process.stderr);
  return process.stderr.split("\n").filter((line) => line.startsWith("forward: ")).join("\n");
}

Deno.test("a program of one file forwards until Ctrl-C, and ends in order", async () => {
  await using prefix = testPrefix();
  const process = start(prefix);
  await process.waitFor(/forwards \(\d+\)\nforwards \(\d+\)\n/);
  assertEquals((await process.endBy(() => process.kill("SIGINT"))).code, 0);
  assertMatch(process.stdout, /\nends: true, true\n$/);
  assertEquals(prefix.files(), []);
});

Deno.test("a secondary of it attaches to the ports, which stay for it", async () => {
  await using prefix = testPrefix();
  const primary = start(prefix);
  await primary.waitFor("forwards");
  const command = { command: Deno.execPath(), args: ["run", "-A", "--no-check", SCRIPT] };
  const args = prefix.eal({ type: "secondary", lcores: "2@0,3@1" });
  const secondary = prefix.spawn("forward", command, [...args, "--", "-m", "posts"]);
  assertEquals((await secondary.ended()).code, 0, secondary.stderr);
  assertStringIncludes(secondary.stdout, "lcore 2\n");
  assertEquals((await primary.endBy(() => primary.kill("SIGTERM"))).code, 143);
  assertEquals(prefix.files(), []);
});

Deno.test("it ends by itself when main and all lcores are done", async () => {
  await using prefix = testPrefix();
  const process = start(prefix, ["-m", "posts"]);
  assertEquals((await process.ended()).code, 0, process.stderr);
  assertEquals(process.stdout, "lcore 0\n");
  assertEquals(prefix.files(), []);
});

const ERRORS: [name: string, args: string[], line: string][] = [
  ["of an lcore is told with its place", ["-m", "throw"], "TypeError: as it is (forward.ts:19:13)"],
  ["of main likewise", ["-m", "main"], "RangeError: of main (forward.ts:26:32)"],
  [
    "of two functions on an lcore",
    ["-m", "twice"],
    "run posts on lcore 0: EBUSY: the lcore runs something",
  ],
  [
    "of a function that is none of its lcores'",
    ["-m", "nothing"],
    "run nothing on lcore 1: EINVAL: there is no function nothing among the program's lcores",
  ],
  [
    "of an option",
    ["-m", "foward"],
    "-m: expected some of forward, throw, twice, nothing, main, " +
    "posts, got 'foward' (did you mean forward?)",
  ],
  ["of a mask with one port", ["-p", "1"], "-p: expected 2 ports, got '1'"],
];

for (const [name, args, line] of ERRORS) {
  Deno.test(`an error ${name}: one line, status 1, nothing is left`, async () => {
    await using prefix = testPrefix();
    const told = await fails(start(prefix, args));
    assertStringIncludes(told, `forward: ${line}`);
    assertEquals(told.split("\n").length, 1);
    assertEquals(prefix.files(), []);
  });
}

Deno.test("too few ports are told with the way to make one more", async () => {
  await using prefix = testPrefix();
  assertEquals(
    await fails(start(prefix, [], ["--vdev=net_null0"])),
    "forward: ports: expected 2 ports, got '1' (--vdev=net_null1 makes one more)",
  );
});

Deno.test("its --help is made of what it says of itself", async () => {
  await using prefix = testPrefix();
  const command = { command: Deno.execPath(), args: ["run", "-A", "--no-check", SCRIPT] };
  const process = prefix.spawn("forward", command, ["--help"]);
  assertEquals((await process.ended()).code, 0);
  assertStringIncludes(
    process.stdout,
    `Usage: forward [EAL options] -- [options]

Forwards from the first port to the second.

Options, after --:
  -p PORTMASK  which 2 ports; the first ones
  -m VALUE     a mode
`,
  );
});
