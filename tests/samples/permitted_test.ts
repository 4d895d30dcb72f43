/** What a process is not permitted, though the machine has it: told in one line, nothing left. */

import { fileURLToPath } from "node:url";
import { assertEquals, assertMatch } from "../assert.ts";
import {
  Cgroup,
  type Command,
  cpusetOf,
  isCompiled,
  OWN_OPTIONS,
  type Prefix,
  program,
  SYSTEM_ROOT,
  testPrefix,
  whyNoCgroup,
} from "../harness.ts";

/** Runs a program until it ends by itself; its status, and what it said without EAL's own lines. */
async function outcome(
  prefix: Prefix,
  command: Command,
  args: readonly string[],
): Promise<{ code: number; said: string }> {
  const process = prefix.spawn("program", command, args);
  await process.closeStdin();
  const { code } = await process.ended();
  return { code, said: process.stderr.replace(/^[A-Z_]+: .*\n/gm, "") };
}

/** A command of the shell's around another one, in a mount namespace of its own. */
function around(script: string, { command, args }: Command): Command {
  const unshare = ["-m", "sh", "-c", `${script} && exec "$0" "$@"`];
  return { command: "unshare", args: [...unshare, command, ...args] };
}

const noCpuset = whyNoCgroup("cpuset") ??
  (navigator.hardwareConcurrency < 2 ? "one CPU" : undefined);

for (const [name, own] of Object.entries(OWN_OPTIONS)) {
  Deno.test({
    name: `${name} names the lcore option and the CPU that its cpuset lacks` +
      (noCpuset ? ` (ignored: ${noCpuset})` : ""),
    ignore: noCpuset !== undefined,
    async fn() {
      await using prefix = testPrefix();
      await using group = Cgroup.create("cpuset", prefix.name, cpusetOf(0));
      const inside = group.inside(program(name));
      for (const lcores of ["0@0,1@1", "0@1"]) {
        const { code, said } = await outcome(prefix, inside, [...prefix.eal({ lcores }), ...own]);
        assertEquals(code, 1, said);
        assertMatch(
          said,
          new RegExp(`^${name}: --lcores: expected CPUs .*\\(0\\), got CPU 1 .*\n$`),
        );
      }
      assertEquals(prefix.files(), []);
    },
  });
}

Deno.test({
  name: "simple_mp starts with CPUs outside of its mask, which taskset set",
  ignore: navigator.hardwareConcurrency < 2,
  async fn() {
    await using prefix = testPrefix();
    const { command, args } = program("simple_mp");
    const masked = { command: "taskset", args: ["-c", "0", command, ...args] };
    const process = prefix.spawn("simple_mp", masked, prefix.eal({ lcores: "0@0,1@1" }));
    await process.waitFor("Starting core 1");
    await process.send("quit");
    assertEquals((await process.ended()).code, 0);
  },
});

Deno.test("a small /run is named with the room that it has and the room that EAL needs", async () => {
  await using prefix = testPrefix();
  for (const size of ["64k", "1m"]) {
    const mount = `mount -t tmpfs -o size=${size} none '${SYSTEM_ROOT}/run'`;
    const small = around(mount, program("simple_mp"));
    const { code, said } = await outcome(prefix, small, prefix.eal({ lcores: "0@0" }));
    assertEquals(code, 1, said);
    const line =
      /^simple_mp: (\S+): expected (\d+) KiB free for EAL's files, got (\d+) KiB \(.*\)\n$/;
    assertMatch(said, line);
    const [, folder = "", need, room] = said.match(line) ?? [];
    assertMatch(folder, new RegExp(`/run/dpdk/${prefix.name}$`));
    assertEquals([Number(need) > Number(room), Number(room)], [true, size === "1m" ? 1024 : 64]);
  }
});

Deno.test("ulimit: too few open files and too small files are one line", async () => {
  await using prefix = testPrefix();
  const { command, args } = program("simple_mp");
  const limits = [
    [
      "-n 40",
      /^simple_mp: ulimit -n: expected room for \d+ more open files, got a limit of 40 .*\n$/,
    ],
    [
      "-f 1000",
      /^simple_mp: ulimit -f: expected files of up to \d+ KiB, got a limit of \d+ KiB\n$/,
    ],
  ] as const;
  for (const [limit, line] of limits) {
    const shell = {
      command: "bash",
      args: ["-c", `ulimit ${limit}; exec "$0" "$@"`, command, ...args],
    };
    const { code, said } = await outcome(prefix, shell, prefix.eal({ lcores: "0@0,1@1" }));
    assertEquals(code, 1, said);
    assertMatch(said, line);
  }
  assertEquals(prefix.files(), []);
});

Deno.test({
  name: "SIGBUS in EAL's start, where room went meanwhile: its log, one line, no files" +
    (SYSTEM_ROOT ? " (ignored: the programs do not see a hugetlbfs of the test's)" : ""),
  ignore: SYSTEM_ROOT !== "",
  async fn() {
    await using prefix = testPrefix();
    const folder = Deno.makeTempDirSync({ prefix: "denodpdk-huge-" });
    await using cleaning = new AsyncDisposableStack();
    cleaning.defer(() => Deno.removeSync(folder));
    const options = prefix.eal({ lcores: "0@0", extra: [`--huge-dir=${folder}`, "--legacy-mem"] });
    // 8 pages, of which --legacy-mem also keeps a list in the runtime folder: 33 KiB that are not derived
    const mount = `mount -t hugetlbfs -o pagesize=2M,size=16M none ${folder}`;
    const run = (kib: number) => {
      const { command, args } = program("simple_mp");
      const script =
        `mount -t tmpfs -o size=${kib}k none /run && ${mount} && ("$0" "$@"; echo $?; find /run/dpdk ${folder} -mindepth 1 2>/dev/null)`;
      return prefix.spawn("simple_mp", {
        command: "unshare",
        args: ["-m", "sh", "-c", script, command, ...args],
      }, options);
    };
    const refused = run(512);
    await refused.ended();
    const need = Number(refused.stderr.match(/expected (\d+) KiB free/)?.[1]);
    const process = run(need + 4);
    await process.ended();
    assertMatch(process.stderr, /^EAL: Detected CPU lcores/m);
    assertMatch(process.stderr, /^simple_mp: rte_eal_init: SIGBUS: no room is left .*$/m);
    assertEquals(process.stdout, "135\n");
  },
});

const noPids = whyNoCgroup("pids");

Deno.test({
  name: "a panic of EAL's start shows its log, says one line and leaves no files" +
    (noPids ? ` (ignored: ${noPids})` : ""),
  ignore: noPids !== undefined,
  async fn() {
    await using prefix = testPrefix();
    // EAL gets no thread for one of its lcores
    await using group = Cgroup.create("pids", prefix.name, { "pids.max": "50" });
    const inside = group.inside(program("simple_mp"));
    const process = prefix.spawn("simple_mp", inside, prefix.eal({ lcores: "(0-60)@0" }));
    const { code, signal } = await process.ended();
    assertEquals([code, signal], [134, "SIGABRT"], process.stderr);
    assertMatch(process.stderr, /^EAL: Detected CPU lcores/m);
    assertMatch(process.stderr, /^(EAL: )?PANIC in rte_eal_init/m);
    assertMatch(process.stderr, /^simple_mp: rte_eal_init: SIGABRT: .*\n$/m);
    assertEquals(prefix.files(), []);
  },
});

Deno.test({
  name: "an exit() in EAL's start shows its log, says one line, has status 1 and leaves no files",
  // DPDK inside a program cannot be stood before
  ignore: isCompiled(),
  async fn() {
    await using prefix = testPrefix();
    const folder = await Deno.makeTempDir();
    try {
      const library = `${folder}/exit_in_init.so`;
      const source = fileURLToPath(new URL("../fixtures/exit_in_init.c", import.meta.url));
      const gcc = { command: "gcc", args: ["-shared", "-fPIC", "-o", library, source] };
      assertEquals((await prefix.spawn("gcc", gcc, []).ended()).code, 0);
      const { command, args } = program("symmetric_mp");
      const preloaded = { command: "env", args: [`LD_PRELOAD=${library}`, command, ...args] };
      const own = ["--vdev=net_null0", "--vdev=net_null1", "--", "-p", "3", "--num-procs=1"];
      const process = prefix.spawn("symmetric_mp", preloaded, [
        ...prefix.eal({ lcores: "0@0" }),
        ...own,
        "--proc-id=0",
      ]);
      assertEquals((await process.ended()).code, 1, process.stderr);
      assertMatch(process.stderr, /^EAL: Detected CPU lcores/m);
      assertMatch(process.stderr, /^symmetric_mp: rte_eal_init: EAL ended this process; .*\n$/m);
      assertEquals(prefix.files(), []);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test({
  name: "a Worker that gets no thread is an error in one line, not a panic of Deno's" +
    (noPids ? ` (ignored: ${noPids})` : ""),
  ignore: noPids !== undefined,
  async fn() {
    await using prefix = testPrefix();
    // enough for 39 threads of EAL's, not for as many Workers beside them
    await using group = Cgroup.create("pids", prefix.name, { "pids.max": "60" });
    const inside = group.inside(program("simple_mp"));
    const process = prefix.spawn("simple_mp", inside, prefix.eal({ lcores: "(0-39)@0" }));
    const { code } = await process.ended();
    assertEquals(code, 1, process.stderr);
    assertMatch(process.stderr, /^simple_mp: worker of lcore \d+: EAGAIN: .*ulimit -u.*\n$/m);
    assertEquals(prefix.files(), []);
  },
});
