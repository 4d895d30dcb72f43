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

function run(args: string[]): Promise<Ended> {
  // nothing could be installed, nor built
  const env = { NO_COLOR: "1", PATH: "/nonexistent" };
  return runToEnd(Deno.execPath(), ["run", "--no-check", ...args], { cwd: ROOT, env });
}

for (const { task, script } of SCRIPTS) {
  Deno.test(`task ${task}: a wrong option is one line, at once`, async () => {
    assert(script, `task ${task} does more than run one script`);
    const { code, stdout, stderr } = await run(["-A", script, "--frobnicate"]);
    assertEquals([code, stdout], [1, ""], stderr);
    assertMatch(stderr, /^[\w:]+: --frobnicate: expected [^\n]+, got '--frobnicate'[^\n]*\n$/);
  });

  if (task === "symbols") continue;
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
