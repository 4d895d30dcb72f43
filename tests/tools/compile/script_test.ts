/** Scripts that become one file: names, permissions, what comes along, and what is wrong. */

import { graphFault, namedFiles } from "../../../cmd/dev/compile/graph.ts";
import { compileOptions } from "../../../cmd/dev/compile/options.ts";
import { permissionFlags } from "../../../cmd/dev/compile/programs.ts";
import {
  givenFrom,
  importFlags,
  outputOf,
  programName,
  scriptPermissions,
  scriptTargets,
} from "../../../cmd/dev/compile/script.ts";
import { DIST, ROOT } from "../../../cmd/dev/compile/target.ts";
import { assert, assertEquals, assertStringIncludes, assertThrows } from "../../assert.ts";

Deno.test("a program has its file's name, or its folder's where the file has the usual one", () => {
  assertEquals(programName("/a/b/my.ts"), "my");
  assertEquals(programName("/a/b/my.old.mjs"), "my.old");
  assertEquals(programName("/a/b/main.ts"), "b");
  assertEquals(programName("/main.ts"), "main");
});

Deno.test("a program goes to dist, or where --output says; names of ours are refused", () => {
  assertEquals(outputOf("a/my.ts", undefined, "/home"), `${ROOT}${DIST}/my`);
  assertEquals(outputOf("main.ts", undefined, "/home/me"), `${ROOT}${DIST}/me`);
  assertEquals(outputOf("a/my.ts", "x/y", "/home"), "/home/x/y");
  assertEquals(outputOf("a/my.ts", "x/", "/home"), "/home/x/my");
  assertEquals(outputOf("a/my.ts", ".", "/tmp"), "/tmp/my");
  assertEquals(outputOf("a/doctor.ts", "doctor", "/home"), "/home/doctor");
  assertThrows(
    () => outputOf("a/doctor.ts", undefined, "/home"),
    Error,
    "'a/doctor.ts': expected a name that nothing here has, got 'doctor' (--output names another",
  );
  assertThrows(() => outputOf("a.ts", `${ROOT}${DIST}/core`, "/"), Error, "--output: expected");
});

Deno.test("no program takes another's place, nor that of a file which is none", () => {
  const folder = Deno.makeTempDirSync({ prefix: "denodpdk-test-" });
  try {
    for (const name of ["a", "b"]) {
      Deno.mkdirSync(`${folder}/${name}`);
      Deno.writeTextFileSync(`${folder}/${name}/my.ts`, "");
    }
    Deno.symlinkSync("/proc/self/exe", `${folder}/my`);
    const targets = (output: string | undefined, ...scripts: string[]) =>
      scriptTargets({ ...compileOptions(["x.ts"]), output, scripts }, folder);
    assertEquals(targets(".", "a/my.ts").map(({ output }) => output), [`${folder}/my`]);
    assertThrows(
      () => targets("bin/", "a/my.ts", "b/my.ts"),
      Error,
      "'b/my.ts': expected a name that no other script has, got 'my'",
    );
    assertThrows(
      () => targets("b/my.ts", "a/my.ts"),
      Error,
      `--output: expected a place for a program, got '${folder}/b/my.ts'`,
    );
    assertThrows(() => targets(undefined, "c.ts"), Error, "'c.ts': expected a script, got no file");
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("paths are from where the task was started", () => {
  const env = (name: string) => name === "INIT_CWD" ? "/home/me" : undefined;
  assertEquals(givenFrom(ROOT, env), "/home/me");
  // a program that was started elsewhere may have the variable of another task
  assertEquals(givenFrom("/tmp", env), "/tmp");
  assertEquals(givenFrom("/tmp", () => undefined), "/tmp");
});

Deno.test("permissions: the usual ones, and what is asked for", () => {
  assertEquals(scriptPermissions([]), [...permissionFlags()]);
  assertEquals(scriptPermissions(["--allow-net=a:1", "--allow-run"]), [
    ...permissionFlags(),
    "--allow-net=a:1",
    "--allow-run",
  ]);
  assertEquals(scriptPermissions(["-A"]), ["--no-prompt", "--allow-all"]);
  const flags = scriptPermissions(["--allow-env=A,B", "--allow-read=/data", "--allow-sys"]);
  const env = flags.find((flag) => flag.startsWith("--allow-env=")) ?? "";
  assert(env.endsWith(",A,B"));
  assertStringIncludes(env, "XDG_CACHE_HOME");
  assertEquals(flags.filter((flag) => /-(read|sys)/.test(flag)), [
    "--allow-read=/data",
    "--allow-sys",
  ]);
});

Deno.test("modules may come from the hosts that are named", () => {
  const given = ["--allow-net", "--allow-import=a:1", "--deny-import=b"];
  assertEquals(importFlags(given), given.slice(1));
  assertEquals(importFlags(["-A"]), ["--allow-import"]);
});

Deno.test("modules of Workers and files beside a module are found", () => {
  const text = `
    new Worker(new URL("./w.ts", import.meta.url), { type: "module" });
    const loop = new URL('../loop.js', import.meta.url);
    new Worker(import.meta.resolve("./r.ts"));
    Deno.readTextFile(new URL(
      "./data.csv",
      import.meta.url,
    ));
    new URL("https://x.org/y", import.meta.url);
    new URL(\`./\${name}.ts\`, import.meta.url);`;
  assertEquals(namedFiles(text), ["./w.ts", "../loop.js", "./r.ts", "./data.csv"]);
});

Deno.test("what is wrong is told with file, line and column", () => {
  const url = "file:///home/a%20b/my.ts";
  const start = { line: 2, character: 7 };
  const importing = (specifier: string, isDynamic = false) => ({
    specifier: url,
    dependencies: [{ specifier: "./x", code: { specifier, span: { start } }, isDynamic }],
  });
  const parsing =
    `The module's source code could not be parsed: Expected ';' at ${url}:5:9\n\n  x y`;
  const missing = {
    specifier: "file:///home/a%20b/none.ts",
    error: 'Module not found "file:///home/a%20b/none.ts".',
  };
  const cwd = "/home/a b";
  assertEquals(graphFault([{ specifier: url, error: parsing }], cwd), "my.ts:5:9: Expected ';'");
  assertEquals(
    graphFault([{ specifier: url, error: parsing }], "/"),
    "home/a b/my.ts:5:9: Expected ';'",
  );
  assertEquals(
    graphFault([importing(missing.specifier), missing], cwd),
    "my.ts:3:8: there is no none.ts",
  );
  assertEquals(graphFault([importing(missing.specifier, true), missing], cwd), undefined);
  const unknown = { error: `Import "x" not a dependency from "${url}"`, span: { start } };
  assertEquals(
    graphFault([{ specifier: url, dependencies: [{ specifier: "x", code: unknown }] }], cwd),
    'my.ts:3:8: Import "x" not a dependency',
  );
  assertEquals(graphFault([importing("npm:x")], cwd), undefined);
});
