/** Every task answers a wrong option and --help at once, before it sets anything up. */

import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertMatch } from "../../assert.ts";
import { helpText } from "../../../cmd/lib/help.ts";
import config from "../../../deno.json" with { type: "json" };
import { type Ended, runToEnd } from "../../../cmd/lib/command.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** The script of each task, which is all that a task runs. */
const SCRIPTS = Object.entries(config.tasks).map(([task, { command }]) => {
  const script = command.match(
    /^(?:\w+=\w+ )*deno run --lock=(?:cmd\/dev\/)?deno.lock --frozen -A (\S+)$/,
  )?.[1];
  return { task, script: script ?? "" };
});

/** Runs a script on a machine where nothing can be installed nor built; nothing may be made either. */
async function run(args: string[]): Promise<Ended> {
  const home = Deno.makeTempDirSync({ prefix: "denodpdk-test-" });
  try {
    const env = { NO_COLOR: "1", PATH: "/nonexistent", HOME: home, TMPDIR: home, DENO_DIR };
    const deno = ["run", "--no-check", "--lock=cmd/dev/deno.lock", "--frozen"];
    const options = { cwd: ROOT, env, clearEnv: true };
    const ended = await runToEnd(Deno.execPath(), [...deno, ...args], options);
    assertEquals([...Deno.readDirSync(home)].map(({ name }) => name), []);
    return ended;
  } finally {
    Deno.removeSync(home, { recursive: true });
  }
}

/** Where Deno keeps the packages of npm, which it fetches before any of our code runs. */
const DENO_DIR = Deno.env.get("DENO_DIR") ??
  `${Deno.env.get("XDG_CACHE_HOME") ?? `${Deno.env.get("HOME")}/.cache`}/deno`;

/** Arguments that are wrong, by task; an unknown option and word for all that are not here. */
const WRONG: Readonly<Record<string, readonly string[]>> = {
  setup: ["--frobnicate", "frobnicate", "--hugepages-mib 1"],
  test: ["--frobnicate", "frobnicate"],
  "test:bare": ["--frobnicate", "frobnicate", "--suites buster"],
  "test:versions": ["--frobnicate", "frobnicate", "--steps all"],
  bench: ["--frobnicate", "frobnicate", "--rows nonsense", "--rounds 0"],
  soak: ["--frobnicate", "frobnicate", "--mode pined"],
  compile: ["--frobnicate", "frobnicate"],
  // only the shim knows EAL's options
  simple_mp: ["-- --frobnicate"],
  symmetric_mp: ["-- --frobnicate", "-- -p 0", "-l 0 --"],
  mp_server: ["-- --frobnicate", "-- -p 3 -n 17"],
  mp_client: ["-- --frobnicate", "-- -n 16"],
  l2fwd_fork: ["-- --frobnicate", "-- -p 3 -T often"],
  traffic: ["", "-- frobnicate", "-- send --frobnicate", "-- receive --duration long"],
  inspect: ["--frobnicate", "frobnicate", "--repair"],
};

for (const { task, script } of SCRIPTS) {
  for (const wrong of WRONG[task] ?? ["--frobnicate", "frobnicate"]) {
    Deno.test(`task ${task} ${wrong}: one line, at once`, async () => {
      assert(script, `task ${task} does more than run one script`);
      const { code, stdout, stderr } = await run(["-A", script, ...wrong.split(" ")]);
      assertEquals([code, stdout], [1, ""], stderr);
      assertMatch(stderr, /^[\w:]+: [^\n]+: expected [^\n]+, got [^\n]+\n$/);
    });
  }

  Deno.test(`task ${task}: --help is its README`, async () => {
    const { code, stdout, stderr } = await run(["-A", script, "--help"]);
    assertEquals([code, stderr], [0, ""]);
    const readme = new URL(`../../../${script.replace("main.ts", "README.md")}`, import.meta.url);
    assert(stdout.startsWith(helpText(readme)), stdout.slice(0, 200));
  });
}

Deno.test("without -A, one line says so", async () => {
  for (const script of ["cmd/simple_mp/main.ts", "cmd/setup/main.ts"]) {
    const { code, stdout, stderr } = await run([script, "--help"]);
    assertEquals([code, stdout], [1, ""]);
    assertMatch(stderr, /^\w+: expected all permissions, [^\n]+ \(run it with `deno run -A`\)\n$/);
  }
});
