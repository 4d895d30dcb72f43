/** What every program refuses of EAL's options, in one line; and a second primary beside a running one. */

import { assertEquals, assertMatch, assertStringIncludes } from "../assert.ts";
import {
  OWN_OPTIONS,
  type Prefix,
  program,
  startL2fwdFork,
  startMpServer,
  startSimpleMp,
  testPrefix,
  type TestProcess,
} from "../harness.ts";
import { QueueWatcher, startSymmetricMp } from "../traffic/symmetric_mp.ts";

/** Wrong arguments of EAL, and what the line must name. */
const WRONG: readonly (readonly [args: string[], ...names: string[]])[] = [
  [["--frobnicate"], "--frobnicate", "expected an option of EAL"],
  [["--lcore5=0@0"], "--lcore5", "did you mean --lcores?"],
  [["stray"], "'stray'", "expected an option"],
  [["--lcores=0@"], "--lcores", "2@0,3@1"],
  [["--lcores=0@777"], "--lcores", "CPU 777"],
  [["-l", "-1"], "-l", "a list of CPUs"],
  [["-l", "1-0"], "-l", "low to high"],
  [["--file-prefix=a/b"], "--file-prefix", "without '/'"],
  [["--file-prefix=.."], "--file-prefix", "a name"],
  [["--file-prefix="], "--file-prefix", "a name"],
  [["--proc-type=foo"], "--proc-type", "primary, secondary or auto"],
  [["-m", "lots"], "-m", "megabytes"],
  [["--log-level=loud"], "--log-level", "a level"],
  [["--huge-dir=/nowhere"], "--huge-dir=/nowhere", "hugetlbfs"],
];

/** The one line of a program that refuses to start. */
async function refusal(prefix: Prefix, name: string, args: readonly string[]): Promise<string> {
  const process = prefix.spawn(name, program(name), args);
  await process.closeStdin();
  const { code } = await process.ended();
  const said = process.stderr.replace(/^(EAL|TELEMETRY): .*\n/gm, "");
  assertEquals([code, process.stdout], [1, ""], said);
  assertMatch(said, new RegExp(`^${name}: [^\\n]{10,}\\n$`), `not one line: ${said}`);
  return said;
}

for (const [name, own] of Object.entries(OWN_OPTIONS)) {
  Deno.test(`${name} refuses ${WRONG.length} wrong EAL arguments`, async (t) => {
    await using prefix = testPrefix();
    // those that run at the same time cannot tell whose operations are under way
    const sanitizers = { sanitizeExit: false, sanitizeOps: false, sanitizeResources: false };
    await Promise.all(WRONG.map(([args, ...names]) =>
      t.step({
        name: args.join(" "),
        async fn() {
          const line = await refusal(prefix, name, [...prefix.eal(), ...args, ...own]);
          for (const word of names) assertStringIncludes(line, word);
        },
        ...sanitizers,
      })
    ));
    assertEquals(prefix.files(), []);
  });
}

/** Primaries that run, and how one sees that they still do their work. */
const RUNNING: Record<string, (prefix: Prefix) => Promise<[TestProcess, () => Promise<unknown>]>> =
  {
    async simple_mp(prefix) {
      const primary = await startSimpleMp(prefix);
      return [primary.process, () => primary.answer("help")];
    },
    async symmetric_mp(prefix) {
      const ports = ["net_null0", "net_null1"];
      const [primary] = await startSymmetricMp(prefix, ["ts"], ports);
      if (!primary) throw new Error("no process");
      return [primary, async () => {
        const watcher = new QueueWatcher(prefix, ports);
        await watcher.untilCounting(0);
        await watcher.end();
      }];
    },
    async mp_server(prefix) {
      const server = await startMpServer(prefix);
      const received = () => server.shown?.ports[0]?.rx ?? 0;
      return [server.process, () => {
        const before = received();
        return server.shows("traffic", () => received() > before);
      }];
    },
    async l2fwd_fork(prefix) {
      const master = await startL2fwdFork(prefix);
      return [master.process, () => master.forwards()];
    },
  };

for (const [name, start] of Object.entries(RUNNING)) {
  Deno.test(`a second primary beside a running ${name} is refused and disturbs nobody`, async () => {
    await using prefix = testPrefix();
    const [running, works] = await start(prefix);
    const vdevs = ["--vdev=net_null0", "--vdev=net_null1"];
    const args = [
      ...prefix.eal({ lcores: "4@0,5@0,6@1", extra: name === "simple_mp" ? [] : vdevs }),
    ];
    const line = await refusal(prefix, name, [...args, ...OWN_OPTIONS[name] ?? []]);
    assertStringIncludes(line, `${name} (pid ${running.pid})`);
    await works();
    assertEquals(running.running, true);
  });
}
