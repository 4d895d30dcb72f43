/** `denodpdk new`: a script to start from, and what editors need for it. */

import { assertEquals, assertMatch, assertStringIncludes } from "../assert.ts";
import { runToEnd } from "../../cmd/lib/command.ts";
import { isCompiled, type Prefix, Scripts, testPrefix } from "../harness.ts";

const SCRIPTS = new URL("../../cmd/scripts/", import.meta.url);
const NAMES = [...Deno.readDirSync(SCRIPTS)].map(({ name }) => name)
  .filter((name) => name.endsWith(".ts")).map((name) => name.slice(0, -3)).sort();

/** Runs `denodpdk new` in the scripts' folder. */
function create(scripts: Scripts, prefix: Prefix, ...args: string[]) {
  return scripts.denodpdkThere(prefix, ["new", ...args]);
}

Deno.test("new writes a script that loads, and the types with which deno check passes", async () => {
  using scripts = new Scripts();
  await using prefix = testPrefix();
  const names = ["answer", "forward_two_lcores", "mirror"];
  for (const name of names) {
    const { code, stdout, stderr } = await create(scripts, prefix, name);
    assertEquals([code, stderr], [0, ""]);
    assertStringIncludes(stdout, `${name}.ts: `);
    const there = Deno.readTextFileSync(scripts.here(`${name}.ts`));
    assertEquals(there, Deno.readTextFileSync(new URL(`${name}.ts`, SCRIPTS)));
  }
  const files = names.map((name) => `${name}.ts`);
  const paths = files.map((file) => scripts.path(file));
  const would = await scripts.denodpdk(prefix, ["check", ...paths]);
  assertEquals([would.code, would.stderr], [0, ""]);
  const cwd = scripts.here("");
  // a mistake in types shows that there are types
  scripts.write("wrong.ts", `import { Ring } from "denodpdk";\nRing.lookup(1);\n`);
  const args = ["check", ...files, "wrong.ts"];
  const { code, stderr } = await runToEnd(Deno.execPath(), args, { cwd, env: { NO_COLOR: "1" } });
  assertEquals([code, [...stderr.matchAll(/\[ERROR\]: (.*)/g)].map(([, text]) => text)], [1, [
    "Argument of type 'number' is not assignable to parameter of type 'string'.",
  ]]);
});

Deno.test({
  name: "deno run of a script that has only the types says how to run it",
  ignore: !isCompiled(), // a checkout has more than types
  async fn() {
    using scripts = new Scripts();
    await using prefix = testPrefix();
    assertEquals((await create(scripts, prefix)).code, 0);
    const options = { cwd: scripts.here(""), env: { NO_COLOR: "1" } };
    const { code, stderr } = await runToEnd(
      Deno.execPath(),
      ["run", "-A", "forward.ts"],
      options,
    );
    assertEquals(code, 1);
    assertMatch(stderr, /^error: Uncaught[^\n]* run the script by `denodpdk run`\n/);
  },
});

Deno.test("new replaces nothing", async () => {
  using scripts = new Scripts({ "forward.ts": "// mine\n" });
  await using prefix = testPrefix();
  assertEquals(await create(scripts, prefix), {
    code: 1,
    stdout: "",
    stderr: "new: forward.ts: it is there already, and stays as it is\n",
  });
  assertEquals(Deno.readTextFileSync(scripts.here("forward.ts")), "// mine\n");
  scripts.write("deno.json", "{}\n");
  const { code, stdout } = await create(scripts, prefix, "headers");
  assertEquals(code, 0);
  assertStringIncludes(
    stdout,
    'deno.json stays as it is; for the types put this into it: "imports"',
  );
  assertEquals(Deno.readTextFileSync(scripts.here("deno.json")), "{}\n");
});

Deno.test("new takes the name of the file too", async () => {
  using scripts = new Scripts();
  await using prefix = testPrefix();
  const { code, stdout, stderr } = await create(scripts, prefix, "headers.ts");
  assertEquals([code, stderr], [0, ""]);
  assertStringIncludes(stdout, "headers.ts: ");
  assertEquals((await create(scripts, prefix, "headers")).code, 1);
});

Deno.test("new --list shows the scripts; another name is told", async () => {
  using scripts = new Scripts();
  await using prefix = testPrefix();
  const { code, stdout } = await create(scripts, prefix, "--list");
  assertEquals([code, stdout.trimEnd().split("\n").map((line) => line.split(" ")[0])], [0, NAMES]);
  const { stderr } = await create(scripts, prefix, "heders");
  const expected = `expected one of ${NAMES.join(", ")}, got 'heders'`;
  assertEquals(stderr, `new: NAME: ${expected} (did you mean headers?)\n`);
});
