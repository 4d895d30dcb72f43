/** Lcores that another process of the primary has are noticed, however it came by them. */

import { RECORD_FILE } from "../../../ffi/host/lcore_record.ts";
import { cpuList, runtimeRoot } from "../../../ffi/host/machine.ts";
import { assert, assertEquals, assertMatch, assertStrictEquals } from "../../assert.ts";
import { Eal } from "../../../mod.ts";
import { peer as cPeer, type Prefix, testPrefix } from "../../harness.ts";
import { ealArgs, filesOf, otherPrefix, removeFilesOf, test } from "../eal.ts";
import { Peer, type Refused } from "../peer.ts";

type Said = Refused | { processType: string };

/** Starts a process; how, where it is not simply by Deno. */
function start(args: readonly string[], through: readonly string[] = []): Peer {
  return new Peer("init", [JSON.stringify({ drivers: false }), ...args], {}, through);
}

const secondary = (prefix: string, lcores: string) =>
  ealArgs(lcores, prefix, "--proc-type=secondary");

/** What a process that must be refused says. */
async function refusal(args: readonly string[], through: readonly string[] = []): Promise<string> {
  await using peer = start(args, through);
  const said = await peer.next<Said>();
  if (!("error" in said)) throw new Error("was not refused");
  return said.error;
}

/** Ways in which our own processes come by their lcores; the first CPU is always among them. */
const OURS: [how: string, lcores: string[]][] = [
  ["no lcore option", []],
  ["an abbreviated one", ["--lcore=0@0,1@0"]],
  ["service cores", ["--lcores=1@0", "-S", "0"]],
];

for (const [how, lcores] of OURS) {
  test(`of a primary of ours with ${how}`, async () => {
    const prefix = otherPrefix();
    await using primary = start(["--no-pci", `--file-prefix=${prefix}`, ...lcores]);
    assertStrictEquals("error" in await primary.next<Said>(), false);
    assertMatch(
      await refusal(secondary(prefix, "0@0,9@0")),
      RegExp(`^--lcores: lcore 0 belongs to init \\(pid ${primary.pid}\\); `),
    );
    await primary.end();
    assertEquals(filesOf(prefix), { runtime: [], hugepages: [] });
  });
}

test("of a process in another PID namespace", async () => {
  const prefix = otherPrefix();
  await using primary = start(ealArgs("0@0", prefix));
  await primary.next();
  const folder = `${runtimeRoot()}/${prefix}`;
  const inside = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"];
  await using other = new Peer("lcore_record", [folder, "secondary", "2", "3"], {}, inside);
  assertEquals(await other.next(), {});
  assertMatch(
    await refusal(secondary(prefix, "1@0,2@0,3@0")),
    /^--lcores: lcore 2-3 belongs to lcore_record \(in another PID namespace\); /,
  );
  // a killed process has nothing any more, and its lcore can be had at once
  other.kill("SIGKILL");
  await other.end();
  await using next = start(secondary(prefix, "2@0"));
  assertStrictEquals("error" in await next.next<Said>(), false);
  await next.end();
  await primary.end();
  removeFilesOf(prefix);
});

test("of a secondary that attached from another PID namespace", async () => {
  const prefix = otherPrefix();
  await using primary = start(ealArgs("0@0", prefix));
  await primary.next();
  const inside = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"];
  await using other = start(secondary(prefix, "2@0"), inside);
  const said = await other.next<Said>();
  assert(!("error" in said), JSON.stringify(said));
  assertMatch(
    await refusal(secondary(prefix, "2@0")),
    /^--lcores: lcore 2 belongs to init \(in another PID namespace\); /,
  );
  // and it is refused what processes have that it cannot see
  assertMatch(
    await refusal(secondary(prefix, "0@0"), inside),
    /^--lcores: lcore 0 belongs to init \(in another PID namespace\); /,
  );
  await other.end();
  await primary.end();
  assertEquals(filesOf(prefix), { runtime: [], hugepages: [] });
});

test("of two primaries that start at once the second is told so, and disturbs nothing", async () => {
  const prefix = otherPrefix();
  // one that has entered itself and not started its EAL yet
  await using first = new Peer("lcore_record", [`${runtimeRoot()}/${prefix}`, "primary", "0"]);
  assertEquals(await first.next(), {});
  assertMatch(
    await refusal(ealArgs("0@0", prefix)),
    RegExp(
      `already has a primary process, lcore_record \\(pid ${first.pid}\\) \\(use --proc-type=`,
    ),
  );
  assertEquals(filesOf(prefix).runtime, [prefix]);
  first.kill("SIGKILL");
  await first.end();
  await using next = start(ealArgs("0@0", prefix));
  assertStrictEquals("error" in await next.next<Said>(), false);
  await next.end();
  assertEquals(filesOf(prefix).runtime, []);
});

test("the record goes where the start fails, and with the last process", async () => {
  const prefix = otherPrefix();
  const folder = `${runtimeRoot()}/${prefix}`;
  assertMatch(await refusal(ealArgs("0@0", prefix, "-m", "9999999")), /^-m: /);
  assertEquals(filesOf(prefix).runtime, []);
  await using primary = start(ealArgs("0@0", prefix));
  await primary.next();
  assert(Deno.statSync(`${folder}/${RECORD_FILE}`).isFile);
  await primary.end();
  assertEquals(filesOf(prefix).runtime, []);
});

/** A C simple_mp, once it is up. */
async function startC(prefix: Prefix, args: readonly string[], through: readonly string[] = []) {
  const { command, args: own } = await cPeer("simple_mp");
  const [first = command, ...rest] = [...through, command, ...own];
  const started = prefix.spawn("C simple_mp", { command: first, args: rest }, [
    ...prefix.eal(),
    ...args,
  ]);
  await started.waitFor("Finished Process Init.", { on: "stderr" });
  return started;
}

const [FIRST = 0, LAST = FIRST] = [/^\d+/, /\d+$/].map((end) => Number(cpuList().match(end)));

const C: [how: string, args: string[], lcore: number][] = [
  ["no lcore option: all CPUs that it may use", [], FIRST],
  ["a mask", ["-c", "0x1"], 0],
  ["an abbreviated option", ["--lcore", "5@0,6@0"], 5],
];

for (const [how, args, lcore] of C) {
  test(`of a C primary with ${how}`, async () => {
    await using prefix = testPrefix();
    if (args.includes("--lcore") && Number(Eal.version.match(/\d+/)) >= 25) {
      // EAL takes no abbreviations any more, so that no process can be running with one
      const { command, args: own } = await cPeer("simple_mp");
      const refused = prefix.spawn("C", { command, args: own }, [...prefix.eal(), ...args]);
      assertStrictEquals((await refused.ended()).code, 234);
      assertMatch(refused.stderr, /unknown argument --lcore!/);
      return;
    }
    const primary = await startC(prefix, args);
    assertMatch(
      await refusal(secondary(prefix.name, `${lcore}@${FIRST},9@${FIRST}`)),
      RegExp(`^--lcores: lcore ${lcore} belongs to simple_mp \\(pid ${primary.pid}\\); `),
    );
  });
}

test("a C primary that taskset keeps on one CPU has no other's lcore", async () => {
  await using prefix = testPrefix();
  await startC(prefix, [], ["taskset", "-c", `${FIRST}`]);
  await using free = start(secondary(prefix.name, `${LAST + 1}@${FIRST}`));
  assertStrictEquals("error" in await free.next<Said>(), false);
  await free.end();
  assertMatch(
    await refusal(secondary(prefix.name, `${FIRST}@${FIRST}`)),
    /^--lcores: lcore \d+ belongs to simple_mp /,
  );
});
