/** EAL's life, what keeps it from starting, and what it leaves. Each in processes of its own. */

import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Eal } from "../../mod.ts";
import { LCORE_ID_ANY } from "../../ffi/eal_api.ts";
import { runtimeRoot } from "../../ffi/host/machine.ts";
import {
  assert,
  assertEquals,
  assertGreater,
  assertLess,
  assertMatch,
  assertStrictEquals,
} from "../assert.ts";
import { ealTable } from "../../ffi/boundary/library.ts";
import { parseEalOptions } from "../../ffi/eal_api.ts";
import { ealArgs, filesOf, otherPrefix, removeFilesOf, test } from "./eal.ts";
import { ask, Peer, type Refused } from "./peer.ts";
import { runToEnd } from "../../cmd/lib/command.ts";
import { PATIENCE } from "../harness/patience.ts";

/** What `fixtures/init.ts` says of an EAL. */
interface Begun {
  processType: string;
  filePrefix: string;
  args: string[];
  runtimeFolder: string;
  isPrimaryAlive: boolean;
  lcores: number[];
}

const NONE = { runtime: [], hugepages: [] };

/** Starts a process with this EAL; it must begin. */
async function begin(
  args: readonly string[],
  options: Record<string, unknown> = { drivers: false },
): Promise<{ peer: Peer; begun: Begun }> {
  const peer = new Peer("init", [JSON.stringify(options), ...args]);
  const begun = await peer.next<Begun | Refused>();
  if ("error" in begun) throw new Error(`did not begin: ${begun.error}`);
  return { peer, begun };
}

/** Starts a process that must be refused; its one line. */
async function refusal(
  args: readonly string[],
  options: Record<string, unknown> = { drivers: false },
): Promise<string> {
  await using peer = new Peer("init", [JSON.stringify(options), ...args]);
  const said = await peer.next<Begun | Refused>();
  if (!("error" in said)) throw new Error("was not refused");
  const { code, stderr } = await peer.end();
  assertEquals({ code, stderr }, { code: 0, stderr: "" }, "only the error is told");
  assertMatch(said.error, /^[^\n]{10,400}$/);
  return said.error;
}

const secondary = (lcores: string, prefix: string) =>
  ealArgs(lcores, prefix, "--proc-type=secondary");

test("the version, without an EAL", () => {
  assertMatch(Eal.version, /^DPDK \d\d\.\d\d\.\d+/);
});

test("a primary, its secondary, and what they know of each other", async () => {
  const prefix = otherPrefix();
  const first = await begin([...ealArgs("0@0", prefix), "--", "-x", "rest"]);
  await using primary = first.peer;
  assertEquals(first.begun, {
    processType: "primary",
    filePrefix: prefix,
    args: ["-x", "rest"],
    runtimeFolder: `${runtimeRoot()}/${prefix}`,
    isPrimaryAlive: true,
    lcores: [0],
  });
  const second = await begin(ealArgs("2@0,3@1", prefix, "--proc-type=auto"));
  await using other = second.peer;
  assertEquals([second.begun.processType, second.begun.isPrimaryAlive], ["secondary", true]);
  assertGreater(filesOf(prefix).hugepages.length, 0);

  const [code] = await Promise.all([primary.end(), primary.next()]).then(([end, said]) => {
    assertEquals(said, { isPrimaryAlive: true, secondaries: [{ pid: other.pid, name: "init" }] });
    return [end.code];
  });
  assertStrictEquals(code, 0);
  // the primary has gone but its secondary has not: its memory must stay
  assertStrictEquals(filesOf(prefix).runtime.length, 1);
  assertGreater(filesOf(prefix).hugepages.length, 0);
  const [, said] = await Promise.all([other.end(), other.next()]);
  assertEquals(said, { isPrimaryAlive: false, secondaries: [] });
  removeFilesOf(prefix);
});

test("the last process of a primary leaves nothing: runtime folder, hugepage files", async () => {
  for (const options of [{ drivers: false }, {}]) {
    const prefix = otherPrefix();
    const { peer } = await begin(ealArgs("0@0", prefix), options);
    await using primary = peer;
    const { runtime, hugepages } = filesOf(prefix);
    assertEquals(runtime, [prefix]);
    assertGreater(hugepages.length, 0);
    {
      const { peer } = await begin(secondary("2@0", prefix));
      await using other = peer;
      assertStrictEquals((await other.end()).code, 0);
      assertEquals(filesOf(prefix).runtime, [prefix], "a secondary removed its primary's files");
    }
    assertStrictEquals((await primary.end()).code, 0);
    assertEquals(filesOf(prefix), NONE);
  }
});

test("both linkages find the same CPUs and NUMA nodes", async () => {
  const found: string[][] = [];
  for (const drivers of [true, false]) {
    const args = ealArgs("0@0", otherPrefix(), "--log-level=lib.eal:debug");
    const { peer } = await begin(args, { drivers });
    await using primary = peer;
    const { code, stderr } = await primary.end();
    assertStrictEquals(code, 0);
    found.push(stderr.match(/Detected (lcore|CPU|NUMA) .*|Skipped lcore .*/g) ?? []);
  }
  const [system = [], core] = found;
  assertEquals(core, system);
  assertGreater(system.filter((line) => / on (socket|NUMA node) /.test(line)).length, 0);
});

test("once in a process; when it ends, every object ends", async () => {
  const prefix = otherPrefix();
  const said = await ask<Record<string, Refused>>("lifetime", ealArgs("0@0", prefix));
  const told = (what: string) => said[what]?.error;
  const without = /^[^:\n]+: EAL is not initialised \(call Eal\.init\(\) first[^\n]*\)$/;
  for (const what of ["before: lookup", "before: list", "before: adopt"]) {
    assertMatch(told(what) ?? "", without, what);
  }
  for (const what of ["second init", "attach after init", "init after cleanup"]) {
    assertStrictEquals(said[what]?.code, "EALREADY", what);
    assertStrictEquals(
      told(what),
      "rte_eal_init: EALREADY: EAL was already initialised in this process",
    );
  }
  const { "sizes before": before, "sizes after": after }: Record<string, unknown> = said;
  assertEquals([before, after], [[64, 64], [0, 0]]);
  assertStrictEquals(told("ring"), "Ring R: used after disposal");
  assertStrictEquals(told("looked-up ring"), "Ring R: used after disposal");
  assertStrictEquals(told("pool"), "Mempool P: used after disposal");
  assertStrictEquals(told("zone"), "Memzone Z: used after disposal");
  assertStrictEquals(told("after: eal"), "Eal: used after disposal");
  for (const what of ["after: lookup", "after: create", "after: list"]) {
    assertMatch(told(what) ?? "", without, what);
  }
  const { "runtime folder exists": exists }: Record<string, unknown> = said;
  assertStrictEquals(exists, false);
  assertEquals(filesOf(prefix), NONE);
});

test("what was asked before it starts does not matter to it", async () => {
  const prefix = otherPrefix();
  try {
    assertEquals(await ask("early_use", ealArgs("0@0", prefix)), {
      version: Eal.version,
      processType: "primary",
    });
    assertEquals(filesOf(prefix), NONE);
  } finally {
    removeFilesOf(prefix);
  }
});

test("EAL is for the main thread", async () => {
  const { error } = await ask<Refused>("eal_in_worker", []);
  assertStrictEquals(error, "rte_eal_init: EAL is initialised on the main thread only");
});

test("a test file of a user's own ends well", async () => {
  const script = fileURLToPath(new URL("./fixtures/eal_in_test.ts", import.meta.url));
  for (let i = 0; i < 3; i++) {
    const { code, signal, stdout } = await runToEnd(Deno.execPath(), [
      "test",
      "-A",
      "--no-check",
      script,
      "--",
      ...ealArgs("0@0", otherPrefix()),
    ], { env: { NO_COLOR: "1" } });
    assertMatch(stdout, /1 passed/);
    assertEquals({ code, signal }, { code: 0, signal: null });
  }
});

const REFUSED: [what: string, args: string[], message: RegExp][] = [
  ["an unknown option", ["--frob"], /^--frob: expected an option of EAL/],
  ["--help", ["--help"], /^rte_eal_init: --help is for the program to answer$/],
  [
    "a CPU that there is not",
    ["--lcores=0@0,1@1000"],
    /^--lcores: CPU 1000 is not available \(\S+ are\) \(--lcores=2@0,3@1 puts lcores/,
  ],
  ["CPUs that there are not", ["-l", "0,100-102"], /^-l: CPU 100-102 is not available/],
  ["a mask of them", ["-c", "0x1000000000000000"], /^-c: CPU 60 is not available/],
  [
    "no primary",
    ["--proc-type=secondary", "-l0"],
    /^--proc-type=secondary: no primary process with file prefix '\S+' in \/.*\/dpdk \(start a primary /,
  ],
  [
    "no such folder",
    ["-l0", "--huge-dir=/no/such/folder"],
    /^--huge-dir=\/no\/such\/folder: no hugetlbfs /,
  ],
  ["more memory than there is", ["-l0", "-m", "9999999"], /^-m: expected at most \d+ MB, got/],
  ["no such driver", ["-l0", "-d", "/no/such/driver.so"], /^-d: \/no\/such\/driver.so: /],
];

for (const [what, args, message] of REFUSED) {
  // EAL says the same of them with both libraries, before it starts
  for (
    const options of /^\^-[dm]:/.test(message.source) ? [{ drivers: false }, {}] : [{}]
  ) {
    test(`refused ${"drivers" in options ? "without" : "with"} drivers: ${what}`, async () => {
      const prefix = otherPrefix();
      assertMatch(
        await refusal([...args, "--no-pci", `--file-prefix=${prefix}`], options),
        message,
      );
      assertEquals(filesOf(prefix), NONE);
    });
  }
}

test("refused: a second primary", async () => {
  const prefix = otherPrefix();
  const { peer } = await begin(ealArgs("0@0", prefix));
  await using primary = peer;
  assertStrictEquals(
    await refusal(ealArgs("2@0", prefix)),
    `--proc-type=primary: file prefix '${prefix}' already has a primary process, ` +
      `init (pid ${primary.pid}) (use --proc-type=secondary, --proc-type=auto or another ` +
      "--file-prefix)",
  );
  // and the first one does not mind: it has its lock still
  assertMatch(await refusal(ealArgs("2@0", prefix)), /already has a primary/);
  const other = await begin(secondary("2@0", prefix));
  assertStrictEquals((await other.peer.end()).code, 0);
  await primary.end();
});

test("refused: lcores of another process, which is named; allowOverlap accepts them", async () => {
  const prefix = otherPrefix();
  const { peer } = await begin(ealArgs("0@0,1@1", prefix));
  await using primary = peer;
  const first = await refusal(secondary("(1-3)@0", prefix));
  assert(
    first.startsWith(
      `--lcores: lcore 1 belongs to init (pid ${primary.pid}); two processes that share an lcore ` +
        "corrupt its mempool cache (give other lcores, for example --lcores=4@0,5@1)",
    ),
    first,
  );
  const another = await begin(secondary("2@0", prefix));
  await using second = another.peer;
  assertMatch(
    await refusal(secondary("2@1,3@1", prefix)),
    RegExp(`^--lcores: lcore 2 belongs to init \\(pid ${second.pid}\\)`),
  );
  const none = await refusal([`--file-prefix=${prefix}`, "--no-pci", "--proc-type=secondary"]);
  assertMatch(none, /^-l: lcore 0/);
  const sharing = await begin(secondary("0@0", prefix), { drivers: false, allowOverlap: true });
  assertStrictEquals((await sharing.peer.end()).code, 0);
  await second.end();
  await primary.end();
});

test("of secondaries that start at once with the same lcore, one gets it", async () => {
  const prefix = otherPrefix();
  const { peer } = await begin(ealArgs("0@0", prefix));
  await using primary = peer;
  const args = [JSON.stringify({ drivers: false }), ...secondary("2@0", prefix)];
  await using stack = new AsyncDisposableStack();
  const peers = Array.from({ length: 4 }, () => stack.use(new Peer("init", args)));
  const said = await Promise.all(peers.map((peer) => peer.next<Begun | Refused>()));
  const refused = said.flatMap((it) => "error" in it ? [it.error] : []);
  assertStrictEquals(refused.length, 3, refused.join("\n"));
  for (const line of refused) assertMatch(line, /^--lcores: lcore 2 belongs to init \(pid \d+\); /);
  await Promise.all(peers.map((peer) => peer.end()));
  await primary.end();
  assertEquals(filesOf(prefix), NONE);
});

test("a primary that was killed is refused, and the next one takes over", async () => {
  const prefix = otherPrefix();
  const { peer } = await begin(ealArgs("0@0", prefix), { drivers: false });
  await using primary = peer;
  primary.kill("SIGKILL");
  await primary.end();
  assertStrictEquals(
    await refusal(secondary("2@0", prefix)),
    `--proc-type=secondary: the primary process of file prefix '${prefix}' has ended (start the ` +
      "primary again first)",
  );
  assertStrictEquals(
    await refusal(secondary("2@0", prefix), { drivers: false, allowDeadPrimary: true }),
    `--proc-type=secondary: the primary process of file prefix '${prefix}' has ended, and nobody ` +
      "lives on (start the primary again first)",
  );
  // the next one is a primary again, and takes the folder over
  const next = await begin(ealArgs("0@0", prefix, "--proc-type=auto"));
  assertStrictEquals(next.begun.processType, "primary");
  await next.peer.end();
  assertEquals(filesOf(prefix), NONE);
});

/** Makes a living primary look like one that has not finished its start, or again as it was. */
function setMagic(prefix: string, magic: number): void {
  using file = Deno.openSync(`${runtimeRoot()}/${prefix}/config`, { write: true });
  file.writeSync(new Uint8Array(Uint32Array.of(magic).buffer));
}

const RTE_MAGIC = 19820526;
const soon = () => delay(400);

test("a secondary waits for a primary that is still starting", async () => {
  const prefix = otherPrefix();
  const { peer } = await begin(ealArgs("0@0", prefix));
  await using primary = peer;
  setMagic(prefix, 0);
  const waiting = begin(secondary("2@0", prefix));
  const first = await Promise.race([waiting, soon()]);
  assertStrictEquals(first, undefined, "did not wait");
  setMagic(prefix, RTE_MAGIC);
  const { peer: other, begun } = await waiting;
  assertStrictEquals(begun.processType, "secondary");
  await other.end();
  await primary.end();
  assertEquals(filesOf(prefix), NONE);
});

test("a secondary does not wait for a primary that ends while it starts", async () => {
  // how long it takes until it waits; one that had not begun to says so, and is tried again
  for (let before = 400;; before *= 2) {
    const prefix = otherPrefix();
    const { peer } = await begin(ealArgs("0@0", prefix));
    await using primary = peer;
    setMagic(prefix, 0);
    const waiting = refusal(secondary("2@0", prefix));
    await delay(before);
    primary.kill("SIGKILL");
    const from = performance.now();
    const said = await waiting;
    const took = performance.now() - from;
    await primary.end();
    removeFilesOf(prefix);
    if (before < PATIENCE && said.includes("has ended (start the primary again first)")) continue;
    assertStrictEquals(
      said,
      `--proc-type=secondary: the primary of file prefix '${prefix}' just ended`,
    );
    assertLess(took, 2_000);
    return;
  }
});

test("a start that does not end is ended by its limit, with a line", async () => {
  const prefix = otherPrefix();
  const folder = `${runtimeRoot()}/${prefix}`;
  Deno.mkdirSync(folder, { recursive: true });
  // a primary that never says that it is ready
  using config = Deno.createSync(`${folder}/config`);
  config.truncateSync(1 << 20);
  await using hanging = new Peer("limit", ["100", ...secondary("2@0", prefix)]);
  assertEquals(await hanging.end(), { code: 1, stderr: "over\n" });
  removeFilesOf(prefix);
});

test("a start that ends has no limit any more", async () => {
  const prefix = otherPrefix();
  const args = ["--no-huge", "--no-shconf", "-m", "16", ...ealArgs("2@0", prefix)];
  await using quick = new Peer("limit", ["60000", ...args]);
  assertEquals(await quick.next(), { type: 0, limited: false });
  assertEquals(await quick.end(), { code: 0, stderr: "" });
  removeFilesOf(prefix);
});

test("attach looks in without an lcore, and without being pinned", async () => {
  const prefix = otherPrefix();
  const { peer } = await begin(ealArgs("0@0,127@1", prefix));
  await using primary = peer;
  const attached = await Promise.all(
    [1, 2].map(() => ask<Record<string, unknown>>("attach", [prefix])),
  );
  for (const said of attached) {
    assertEquals(said, {
      processType: "secondary",
      pinned: false,
      current: LCORE_ID_ANY,
      rings: ["OF_PRIMARY"],
    });
  }
  await primary.end();
  assertEquals(filesOf(prefix), NONE);
  const { error } = await ask<Refused>("attach", [prefix]);
  assertMatch(error, /^--proc-type=secondary: no primary process with file prefix/);
});

test("an EAL without shared files leaves none and lets nobody in", async () => {
  const prefix = otherPrefix();
  for (const more of [["--in-memory"], ["--no-huge", "--no-shconf", "-m", "32"]]) {
    const { peer, begun } = await begin(ealArgs("0@0", prefix, ...more));
    assertStrictEquals(begun.processType, "primary");
    assertStrictEquals(
      await refusal(secondary("2@0", prefix)),
      `--proc-type=secondary: init (pid ${peer.pid}) has file prefix '${prefix}' with ` +
        `${more.find((option) => /in-memory|shconf/.test(option))}: nobody can attach to it`,
    );
    assertStrictEquals((await peer.end()).code, 0);
    assertEquals(filesOf(prefix), NONE);
  }
});

/** The installed EAL can count its lcores itself. */
const canRemap = ealTable()?.options.some(([letter]) => letter === "R") ?? false;

Deno.test({
  name:
    "since 25.11: -R counts the lcores, and they are known by the same numbers before EAL starts",
  ignore: !canRemap,
  sanitizeResources: false,
  async fn() {
    const args = ["--no-pci", `--file-prefix=${otherPrefix()}`, "-l", "0", "-R=4"];
    const { peer, begun } = await begin(args);
    await using _peer = peer;
    assertEquals(begun.lcores, [4]);
    assertEquals(begun.lcores, [...parseEalOptions(args).lcores?.keys() ?? []]);
    await peer.end();
  },
});
