/**
 * A checkout in a folder whose path a URL writes differently and a shell must quote: all runs there
 * as it does elsewhere. The build there is a test of its own, see tests/ffi/shim/build_test.ts.
 */

import { pathToFileURL } from "node:url";
import { assert, assertEquals, assertMatch } from "../../assert.ts";
import { carelessPaths } from "../../../cmd/dev/check/paths.ts";
import { Checkout, testPrefix } from "../../harness.ts";

/** The folders below one that have a program with a README. */
function programsIn(top: string, folder = ""): string[] {
  const there = [...Deno.readDirSync(top + folder)];
  const files = there.map(({ name }) => name);
  return [
    ...files.includes("main.ts") && files.includes("README.md") ? [folder.slice(0, -1)] : [],
    ...there.filter(({ isDirectory }) => isDirectory)
      .flatMap(({ name }) => programsIn(top, `${folder}${name}/`)),
  ];
}

Deno.test("a checkout in a folder with spaces and other letters", async (t) => {
  using checkout = await Checkout.create();

  await t.step("the programs have their help", async () => {
    await using prefix = testPrefix();
    const names = programsIn(`${checkout.folder}/cmd/`);
    assert(names.length > 10);
    const all = await Promise.all(names.map((name) => checkout.run(prefix, name, ["--help"])));
    for (const [i, { code, stdout, stderr }] of all.entries()) {
      assertEquals({ name: names[i], code, stderr }, { name: names[i], code: 0, stderr: "" });
      assertMatch(stdout, /\S/);
    }
  });

  await t.step("simple_mp's primary and secondary talk, as the demo starts them", async () => {
    await using prefix = testPrefix();
    const { code, stdout, stderr } = await checkout.run(prefix, "demo");
    assertEquals({ code, stderr }, { code: 0, stderr: "" });
    assertMatch(stdout, /Received 'one pool for both/);
  });

  await t.step("l2fwd_fork starts itself as its slaves, inspect sees its ports", async () => {
    await using prefix = testPrefix();
    const args = prefix.eal({
      lcores: "0@0,1@0,2@1",
      extra: ["--vdev=net_null0", "--vdev=net_null1", "--", "-p", "3"],
    });
    const options = { env: checkout.env };
    const fork = prefix.spawn("l2fwd_fork", checkout.program("l2fwd_fork"), args, options);
    await fork.waitFor(/slave 2 \(pid \d+\) forwards/);
    const inspect = await checkout.run(prefix, "inspect", ["--file-prefix", prefix.name]);
    assertMatch(inspect.stdout, /net_null1/);
    fork.kill("SIGINT");
    assertEquals((await fork.ended()).code, 0);
  });

  await t.step("the test runner runs a file", async () => {
    const url = pathToFileURL(`${checkout.folder}/cmd/dev/test/file_run.ts`).href;
    const { runFile }: typeof import("../../../cmd/dev/test/file_run.ts") = await import(url);
    const folder = Deno.makeTempDirSync({ prefix: "denodpdk-test-" });
    try {
      const file = "tests/ffi/host/lcore_list_test.ts";
      const result = await runFile(file, { run: "none", prefix: "none", folder });
      assertEquals(result.failed, 0, result.output);
      assert(result.passed > 0);
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  });
});

Deno.test("a path that is taken out of a URL as it stands there is found", () => {
  const name = "pathname";
  const text = `const a = 1;\nconst b = new URL("x", import.meta.url).${name};\n`;
  assertEquals(carelessPaths(text).map((line) => line.slice(0, 2)), ["2:"]);
  assertEquals(carelessPaths("new URL(`file:" + "//${folder}/`)").length, 1);
  assertEquals(carelessPaths("fileURLToPath(new URL('x', import.meta.url))"), []);
});
