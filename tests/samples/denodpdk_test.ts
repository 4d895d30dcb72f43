/** denodpdk: all programs as commands of one file. */

import { COMMANDS } from "../../cmd/denodpdk/commands.ts";
import { PROGRAMS } from "../../cmd/dev/compile/programs.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../assert.ts";
import { isCompiled, LCORES, type Prefix, program, readmeOf, testPrefix } from "../harness.ts";

const NAMES = COMMANDS.map(({ name }) => name);
const EXPECTED = `expected one of ${NAMES.join(", ")}`;

async function ended(prefix: Prefix, args: readonly string[]) {
  const process = prefix.spawn("denodpdk", program("denodpdk"), args);
  await process.closeStdin();
  const { code } = await process.ended();
  return { code, stdout: process.stdout, stderr: process.stderr };
}

Deno.test("it has every program", () => {
  const programs = COMMANDS.filter(({ isProgram }) => isProgram).map(({ name }) => name);
  assertEquals(programs, PROGRAMS.map(({ name }) => name).filter((name) => name !== "denodpdk"));
});

Deno.test("alone it lists the commands with what their READMEs' headings say", async () => {
  await using prefix = testPrefix();
  for (const args of [[], ["help"]]) {
    const { code, stdout, stderr } = await ended(prefix, args);
    assertEquals([code, stderr], [0, ""]);
    for (const { name, readme } of COMMANDS) {
      const [heading = ""] = Deno.readTextFileSync(readme).split("\n");
      const summary = heading.replace(`# ${name}: `, "");
      assert(stdout.split("\n").includes(`  ${name.padEnd(12)}  ${summary}`), stdout);
    }
  }
});

const WRONG: Record<string, string> = {
  "simple-mp": `'simple-mp': ${EXPECTED}, help, got 'simple-mp' (did you mean simple_mp?)`,
  "nosuch --help": `'nosuch': ${EXPECTED}, help, got 'nosuch'`,
  "hlep": `'hlep': ${EXPECTED}, help, got 'hlep' (did you mean help?)`,
  "help l2fwdfork": `help: ${EXPECTED}, got 'l2fwdfork' (did you mean l2fwd_fork?)`,
  "help simple_mp inspect": "help: expected one command, got 2",
  "--frobnicate": `'--frobnicate': ${EXPECTED}, help, got '--frobnicate'`,
};

for (const [args, line] of Object.entries(WRONG)) {
  Deno.test(`denodpdk ${args}`, async () => {
    await using prefix = testPrefix();
    const { code, stdout, stderr } = await ended(prefix, args.split(" "));
    assertEquals([code, stdout, stderr], [1, "", `denodpdk: ${line}\n`]);
  });
}

Deno.test("help NAME is NAME --help, which is the program's README", async () => {
  await using prefix = testPrefix();
  for (const name of ["simple_mp", "mp_client"]) {
    const help = await ended(prefix, ["help", name]);
    assertEquals([help.code, help.stderr], [0, ""]);
    assertStringIncludes(help.stdout, readmeOf(name).match(/^# (.*)/)?.[1] ?? "?");
    assertEquals((await ended(prefix, [name, "--help"])).stdout, help.stdout);
    // what a person can type on this machine
    if (isCompiled()) assertMatch(help.stdout, RegExp(`^  denodpdk ${name} `, "m"));
  }
});

Deno.test("a program has its own name, arguments and messages", async () => {
  await using prefix = testPrefix();
  const version = await ended(prefix, ["inspect", "--version"]);
  assertMatch(version.stdout, /^inspect of denodpdk /);
  const wrong = await ended(prefix, ["symmetric_mp", "--", "-p", "0"]);
  assertMatch(wrong.stderr, /^symmetric_mp: -p: expected [^\n]+\n$/);
});

Deno.test("a process is called by its program, not by the file", async () => {
  await using prefix = testPrefix();
  const eal = (lcores: string) => ["simple_mp", ...prefix.eal({ type: "primary", lcores })];
  const primary = prefix.spawn("denodpdk simple_mp", program("denodpdk"), eal(LCORES.first));
  await primary.waitFor("simple_mp > ");
  const { code, stderr } = await ended(prefix, eal(LCORES.second));
  assertEquals(code, 1);
  assertStringIncludes(stderr, `already has a primary process, simple_mp (pid ${primary.pid})`);
  const overlap = ["simple_mp", ...prefix.eal({ type: "secondary", lcores: LCORES.first })];
  assertMatch((await ended(prefix, overlap)).stderr, RegExp(`simple_mp \\(pid ${primary.pid}\\)`));
  await primary.endBy(() => primary.send("quit"));
});

const FORK = ["--vdev=net_null0", "--vdev=net_null1"];

Deno.test("l2fwd_fork starts slaves with the file that runs, which are l2fwd_fork too", async () => {
  await using prefix = testPrefix();
  const eal = prefix.eal({ lcores: "0@0,1@0,2@1", extra: FORK });
  const args = ["l2fwd_fork", ...eal, "--", "-p", "3", "-T", "0.1"];
  const master = prefix.spawn("denodpdk l2fwd_fork", program("denodpdk"), args);
  await master.waitFor(/forwards[^]*forwards/);
  const [, pid = ""] = await master.waitFor(/slave 1(?: has|:) pid (\d+)/);
  const words = Deno.readTextFileSync(`/proc/${pid}/cmdline`).split("\0");
  assert(words[words.indexOf("l2fwd_fork") + 1]?.startsWith("--"), words.join(" "));
  assertEquals((await master.endBy(() => master.kill("SIGINT"))).code, 0);
});

Deno.test({
  name: "a link or a copy that is called like a program is this program, and starts itself",
  ignore: !isCompiled() || Boolean(Deno.env.get("DENODPDK_TEST_ROOT")),
  async fn() {
    await using prefix = testPrefix();
    const folder = Deno.makeTempDirSync({ prefix: "denodpdk-test-" });
    const file = Deno.realPathSync(program("denodpdk").command);
    const paths = [`${folder}/link/l2fwd_fork`, `${folder}/copy/l2fwd_fork`];
    try {
      for (const kind of ["link", "copy"]) Deno.mkdirSync(`${folder}/${kind}`);
      Deno.symlinkSync(file, `${folder}/link/l2fwd_fork`);
      Deno.copyFileSync(file, `${folder}/copy/l2fwd_fork`);
      for (const command of paths) {
        const eal = prefix.eal({ lcores: "0@0,1@0,2@1", extra: FORK });
        const args = [...eal, "--", "-p", "3", "-T", "0.1"];
        const master = prefix.spawn(command, { command, args: [] }, args);
        await master.waitFor(/forwards[^]*forwards/);
        assertEquals((await master.endBy(() => master.kill("SIGINT"))).code, 0);
      }
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  },
});
