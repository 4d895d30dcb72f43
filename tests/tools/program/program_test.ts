/** Programs of one file: `program({ ... })`. */

import { fileURLToPath } from "node:url";
import { assertEquals, assertMatch, assertStringIncludes } from "../../assert.ts";
import { type Prefix, testPrefix, type TestProcess } from "../../harness.ts";

const pathOf = (name: string) => fileURLToPath(new URL(`./fixtures/${name}.ts`, import.meta.url));
const SCRIPT = pathOf("forward");
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
    "run posts on lcore 0: EBUSY: the lcore already runs a function",
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

/** Starts the program whose function runs on all lcores. */
function startAll(prefix: Prefix, lcores: string, ports: number, more: readonly string[] = []) {
  const command = {
    command: Deno.execPath(),
    args: ["run", "-A", "--no-check", pathOf("all_lcores")],
  };
  const extra = Array.from({ length: ports }, (_, i) => `--vdev=net_null${i}`);
  return prefix.spawn("all_lcores", command, [...prefix.eal({ lcores, extra }), "--", ...more]);
}

const PAIRS: [what: string, lcores: string, more: string[], told: string[], ids: string][] = [
  ["all ports on one lcore", "0@0", [], ["lcore 0: 0>1 1>0 2>3 3>2, none"], "[ 0, 1, 2, 3 ] 4 4"],
  ["the ports of -p", "0@0", ["-p", "c"], ["lcore 0: 2>3 3>2, none"], "[ 2, 3 ] 2 2"],
  [
    "all ports on two lcores, with options",
    "0@0,5@1",
    ["-w", "word"],
    ["lcore 0: 0>1 2>3, word", "lcore 5: 1>0 3>2, word"],
    "[ 0, 1, 2, 3 ] 4 4",
  ],
];

for (const [what, lcores, more, told, ids] of PAIRS) {
  Deno.test(`lcore runs from the begin on ${what}; console.log shows objects`, async () => {
    await using prefix = testPrefix();
    const process = startAll(prefix, lcores, 4, more);
    await process.waitFor("Burst of 32 packets, room for 32\n");
    for (const line of told) await process.waitFor(line, { on: "stderr" });
    assertEquals((await process.endBy(() => process.kill("SIGINT"))).code, 0);
    assertStringIncludes(process.stdout, `main ${ids} { turns: 3 }\nRxQueue: rx queue 0 of port`);
    assertEquals(prefix.files(), []);
  });
}

Deno.test("an error of lcore is told with its place", async () => {
  await using prefix = testPrefix();
  const process = startAll(prefix, "0@0", 2, ["-w", "throw"]);
  assertEquals((await process.ended()).code, 1);
  assertStringIncludes(
    process.stderr,
    "all_lcores: TypeError: of an lcore (all_lcores.ts:11:41)\n",
  );
  assertEquals(prefix.files(), []);
});

Deno.test("a program for all ports needs one", async () => {
  await using prefix = testPrefix();
  const process = startAll(prefix, "0@0", 0);
  assertEquals((await process.ended()).code, 1);
  assertStringIncludes(
    process.stderr,
    "all_lcores: ports: expected 1 port, got '0' (add one with --vdev=net_null0)\n",
  );
});

Deno.test("too few ports are told with the way to make one more", async () => {
  await using prefix = testPrefix();
  assertEquals(
    await fails(start(prefix, [], ["--vdev=net_null0"])),
    "forward: ports: expected 2 ports, got '1' (add one with --vdev=net_null1)",
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
