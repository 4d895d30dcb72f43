/** `denodpdk run` and `denodpdk check`: scripts of a person, on a system with or without Deno. */

import { pathToFileURL } from "node:url";
import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
} from "../assert.ts";
import { runToEnd } from "../../cmd/lib/command.ts";
import { isCompiled, Scripts, testPrefix } from "../harness.ts";

const PARTS = {
  "my.ts": `import { program, Ring } from "denodpdk";
import { double, type Row } from "./parts.ts";
import type { Nothing } from "./nothing.ts";
import data from "./data.json" with { type: "json" };
import { basename } from "node:path";
import { argv } from "node:process";
const rows: Row[] = [{ a: double(data.a) }];
const later = await import("./later.js");
const { url, filename, dirname, main } = import.meta;
const resolved = import.meta.resolve("./parts.ts");
const name = \`\${basename("x/parts.ts")}\`;
const computed = await import(\`./\${name}\`) as { double: unknown };
console.log(JSON.stringify({
  args: Deno.args, url, filename, dirname, main, resolved, mainModule: Deno.mainModule,
  rows, later: later.text, same: computed.double === double,
  argv: argv.slice(1), inside: [typeof program, typeof Ring.lookup],
}));
const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
worker.onmessage = ({ data }: MessageEvent<object>) => {
  console.log(JSON.stringify(data));
  worker.terminate();
};
worker.postMessage(20);
`,
  "parts.ts": `export interface Row { a: number }
export const double = (value: number): number => value * 2;
`,
  "later.js": `export const text = \`later, main: \${import.meta.main}\`;\n`,
  "worker.ts": `import { DpdkError } from "denodpdk";
import { double } from "./parts.ts";
declare const self: { onmessage(event: MessageEvent<number>): void; postMessage(data: object): void };
self.onmessage = ({ data }) => {
  const { url, main } = import.meta;
  self.postMessage({ double: double(data), url, main, args: Deno.args, error: DpdkError.name });
};
`,
  "data.json": `{ "a": 21 }\n`,
};

Deno.test("a script of several files, with JSON and a Worker, runs as under deno run", async () => {
  using scripts = new Scripts(PARTS);
  await using prefix = testPrefix();
  const args = ["run", scripts.path("my.ts"), "-l", "0", "--help"];
  for (const time of ["first", "second"]) {
    const { code, stdout, stderr } = await scripts.denodpdk(prefix, args);
    assertEquals([code, stderr], [0, ""], time);
    const urlOf = (name: string) => pathToFileURL(scripts.path(name)).href;
    assertEquals(stdout.trimEnd().split("\n").map((line) => JSON.parse(line)), [
      {
        args: ["-l", "0", "--help"],
        url: urlOf("my.ts"),
        filename: scripts.path("my.ts"),
        dirname: scripts.path("").slice(0, -1),
        main: true,
        resolved: urlOf("parts.ts"),
        mainModule: urlOf("my.ts"),
        rows: [{ a: 42 }],
        later: "later, main: false",
        same: true,
        argv: [scripts.path("my.ts"), "-l", "0", "--help"],
        inside: ["function", "function"],
      },
      {
        double: 40,
        url: urlOf("worker.ts"),
        main: true,
        args: ["-l", "0", "--help"],
        error: "DpdkError",
      },
    ]);
  }
});

const STRIP = "is more than a type and cannot be taken away (write it in JavaScript's way, " +
  "or run `deno task compile` where Deno is)";

/** What is wrong with a script: its text, the place, and what is said. */
const WRONG: [what: string, text: string, at: string, line: string][] = [
  ["a syntax error", `const a = "ü😀"; let b = = 3;`, "1:26", "expression expected"],
  [
    "a name that is declared twice",
    "\nlet a = 1;\nlet a = 2;",
    "3:5",
    "identifier 'a' has already been declared",
  ],
  ["an enum", "const a: number = 1;\n/* ü😀 */ enum E { A }", "2:11", `TypeScript enum ${STRIP}`],
  [
    "a namespace",
    "namespace N { export const a = 1; }",
    "1:1",
    `TypeScript namespace declaration ${STRIP}`,
  ],
  [
    "a parameter property",
    "class A {\n  constructor(private a: number) {}\n}",
    "2:23",
    `TypeScript parameter property ${STRIP}`,
  ],
  [
    "a type in angle brackets",
    "const a: unknown = 1;\nconsole.log(<number>a);",
    "2:13",
    "The angle-bracket syntax for type assertions, `<T>expr` is more than a type and cannot be taken " +
    "away (use the 'as' syntax: `expr as T`)",
  ],
  [
    "a decorator",
    "function dec() {}\nclass A {\n  @dec a = 1;\n}",
    "3:3",
    `a decorator ${STRIP}`,
  ],
  [
    "a package of npm",
    `import x from "npm:lodash@4";\nx();`,
    "1:15",
    "imports 'npm:lodash@4', which only a compiled program can bring along " +
    "(run `deno task compile FILE` where Deno is)",
  ],
  [
    "a module of JSR",
    `export * from "jsr:@std/assert";`,
    "1:15",
    "imports 'jsr:@std/assert', which only a compiled program can bring along " +
    "(run `deno task compile FILE` where Deno is)",
  ],
  [
    "a module of the web",
    `import "https://example.org/a.ts";`,
    "1:8",
    "imports 'https://example.org/a.ts', which only a compiled program can bring along " +
    "(run `deno task compile FILE` where Deno is)",
  ],
  [
    "a name without an end",
    `import { x } from "./wrong";\nx();`,
    "1:19",
    "imports './wrong', which is not there (did you mean './wrong.ts'?)",
  ],
  [
    "a bare name",
    `import { readFileSync } from "fs";\nreadFileSync();`,
    "1:30",
    "imports 'fs', which is neither a file nor a part of denodpdk (did you mean 'node:fs'?)",
  ],
  [
    "an entry that is none",
    `import { udp } from "denodpdk/ent";\nudp();`,
    "1:21",
    "imports 'denodpdk/ent', which is neither a file nor a part of denodpdk " +
    "(did you mean denodpdk/net?)",
  ],
  [
    "a name that denodpdk does not have",
    `import { Burst, Rng } from "denodpdk";\nnew Rng(Burst);`,
    "1:17",
    "imports 'Rng' from denodpdk, which has no such name (did you mean Ring?)",
  ],
  [
    "a name that a file does not have",
    `import { doubel } from "./wrong.ts";\nexport const double = doubel;`,
    "1:10",
    "imports 'doubel' from ./wrong.ts, which has no such name (did you mean double?)",
  ],
  [
    "JSON without its attribute",
    `import data from "./data.json";\ndata();`,
    "1:18",
    "imports './data.json' without `with { type: \"json\" }`",
  ],
];

for (const [what, text, at, line] of WRONG) {
  Deno.test(`run and check refuse ${what}: file, line, column, in one line`, async () => {
    using scripts = new Scripts({ "wrong.ts": text, "data.json": "{}" });
    await using prefix = testPrefix();
    const path = scripts.path("wrong.ts");
    for (const command of ["run", "check"]) {
      const ended = await scripts.denodpdk(prefix, [command, path]);
      const told = `${command}: ${path}:${at}: ${line.replace("FILE", path)}\n`;
      assertEquals(ended, { code: 1, stdout: "", stderr: told });
    }
  });
}

/** JSON that cannot be read: its text, and what is said. */
const WRONG_JSON: Record<string, string> = {
  '{ "a": 1,\n  "b" 2 }': ":2:7: expected ':' after property name in JSON",
  "": ": unexpected end of JSON input",
  '{ "a":\n  nope }': ': unexpected token \'o\', "{ "a": nope }" is not valid JSON',
};

for (const [text, told] of Object.entries(WRONG_JSON)) {
  Deno.test(`run and check name a JSON file that is wrong: ${JSON.stringify(text)}`, async () => {
    using scripts = new Scripts({
      "main.ts": 'import a from "./a.json" with { type: "json" };\nconsole.log(a);\n',
      "a.json": '{ "a": 1 }\n',
    });
    await using prefix = testPrefix();
    const path = scripts.path("main.ts");
    // a script that is ready already is not read anew, and its JSON may still have changed
    assertEquals((await scripts.denodpdk(prefix, ["run", path])).stdout, "{ a: 1 }\n");
    scripts.write("a.json", text);
    for (const command of ["run", "check"]) {
      const stderr = `${command}: ${scripts.path("a.json")}${told}\n`;
      const ended = await scripts.denodpdk(prefix, [command, path]);
      assertEquals(ended, { code: 1, stdout: "", stderr });
    }
  });
}

Deno.test("check names the folder that it was given", async () => {
  using scripts = new Scripts();
  await using prefix = testPrefix();
  const { code, stderr } = await scripts.denodpdkThere(prefix, ["check", "."]);
  assertEquals([code, stderr], [1, "check: .: Is a directory\n"]);
});

/** The lines of an error that are about the user's files, and its message. */
function essence(stderr: string): string[] {
  return stderr.split("\n").filter((line) => /^error: |\bfile:/.test(line))
    .map((line) => decodeURIComponent(line));
}

/** Scripts that end with an error. */
const THROW = `// a type
await 1;
function fails(what: string): never {
  throw new TypeError(\`\${what as string} fails\`);
}
setTimeout((): void => fails("ü"));
`;
const THROWING: [what: string, main: string][] = [
  ["throws", "main.ts"],
  ["throws in a Worker", "worker.ts"],
  ["throws in a module that it imports later", "later.ts"],
];

for (const [what, main] of THROWING) {
  Deno.test(`a script that ${what}: what deno run shows, and status 1`, async () => {
    using scripts = new Scripts({
      "main.ts": THROW,
      "worker.ts":
        `new Worker(new URL("./main.ts", import.meta.url), { type: "module" });\nexport type A = 1;\n`,
      "later.ts": `export type A = 1;\n await import("./main.ts");\n`,
    });
    await using prefix = testPrefix();
    const { code, stderr } = await scripts.denodpdk(prefix, ["run", scripts.path(main)]);
    assertEquals(code, 1);
    assertStringIncludes(stderr, "TypeError: ü fails");
    const deno = { command: Deno.execPath(), args: ["run", "-A", "--no-check"] };
    const env = { NO_COLOR: "1" };
    const usual = prefix.spawn("deno run", deno, [scripts.here(main)], { env });
    await usual.closeStdin();
    assertEquals((await usual.ended()).code, 1);
    const there = scripts.here("").slice(0, -scripts.path("").length);
    assertEquals(essence(stderr), essence(usual.stderr).map((line) => line.replace(there, "")));
    assert(essence(stderr).some((line) => line.includes("main.ts:4:9")), stderr);
  });
}

Deno.test("an error of DPDK in a script without program() is one line", async () => {
  using scripts = new Scripts({
    "plain.ts": `import { Ring } from "denodpdk";\nRing.lookup("none" as string);\n`,
  });
  await using prefix = testPrefix();
  const { code, stderr } = await scripts.denodpdk(prefix, ["run", scripts.path("plain.ts")]);
  assertEquals(code, 1);
  assertMatch(stderr, /^plain: rte_ring_lookup\(none\): [^\n]+\n$/);
});

Deno.test("what a script may not do is told with the flag, which lets it", async (t) => {
  using scripts = new Scripts({
    "net.ts": `await Deno.connect({ port: 9 }).catch((e: Error) => {
  if (e instanceof Deno.errors.NotCapable) throw e;
  console.log("refused by nobody");
});
`,
    "worker.ts": `new Worker(new URL("./net.ts", import.meta.url), { type: "module" });\n`,
    "program.ts": `import { program } from "denodpdk";
program({ main: () => void Deno.listen({ port: 0 }).close() });
`,
  });
  await using prefix = testPrefix();
  const path = scripts.path("net.ts");
  await t.step({
    name: "without it",
    ignore: !isCompiled(), // from source, the flags of deno run count
    async fn() {
      for (const name of ["net.ts", "worker.ts"]) {
        const { code, stderr } = await scripts.denodpdk(prefix, ["run", scripts.path(name)]);
        assertEquals(code, 1);
        assertMatch(stderr, /^error: [^\n]*run it with `denodpdk run --allow-net FILE`\n/);
      }
      const args = [scripts.path("program.ts"), ...prefix.eal({ lcores: "0@0" })];
      const { code, stderr } = await scripts.denodpdk(prefix, ["run", ...args]);
      assertEquals(code, 1);
      assertMatch(
        stderr,
        /\nprogram: [^\n]* `denodpdk run --allow-net FILE` \(program.ts:2:33\)\n$/,
      );
    },
  });
  for (const flag of ["--allow-net", "-A"]) {
    const { code, stdout, stderr } = await scripts.denodpdk(prefix, ["run", flag, path]);
    assertEquals([code, stdout, stderr], [0, "refused by nobody\n", ""]);
  }
});

/** Variables for a cache folder of the test's own; that of Deno, with packages of npm, stays. */
async function emptyCache(scripts: Scripts): Promise<Record<string, string>> {
  const { stdout } = await runToEnd(Deno.execPath(), ["info", "--json"]);
  const { denoDir }: { denoDir: string } = JSON.parse(stdout);
  return { XDG_CACHE_HOME: scripts.path("cache"), DENO_DIR: denoDir };
}

Deno.test("modules are made ready once, anew after a change, and old ones go", async () => {
  using scripts = new Scripts({ "a.ts": `import { b } from "./b.ts";\nconsole.log(b);\n` });
  await using prefix = testPrefix();
  const kept = (): string[] =>
    [...Deno.readDirSync(scripts.here("cache/denodpdk"))].map(({ name }) => name).sort();
  const env = await emptyCache(scripts);
  const run = async (name: string, b: string) => {
    scripts.write("b.ts", `export const b: string = "${b}";\n`);
    const ended = await scripts.denodpdk(prefix, ["run", scripts.path(name)], env);
    assertEquals(ended, { code: 0, stdout: `${b}\n`, stderr: "" });
    return kept();
  };
  const first = await run("a.ts", "one");
  assertEquals(first.length, 1);
  const { mode } = Deno.statSync(scripts.here(`cache/denodpdk/${first[0]}`));
  assertEquals((mode ?? 0) & 0o777, 0o700);
  assertEquals(await run("a.ts", "one"), first);
  const second = await run("a.ts", "two");
  assertEquals(second.length, 1);
  assertNotEquals(second, first);
  // a script that is gone is forgotten when the next one is kept
  Deno.renameSync(scripts.here("a.ts"), scripts.here("c.ts"));
  const third = await run("c.ts", "two");
  assertEquals(third.length, 1);
  assertNotEquals(third, second);
});

Deno.test("processes that make the same modules ready at once leave one set of them", async () => {
  using scripts = new Scripts({ "a.ts": 'console.log("runs" as string);\n' });
  await using prefix = testPrefix();
  const env = await emptyCache(scripts);
  const all = Array.from(
    { length: 4 },
    () => scripts.denodpdk(prefix, ["run", scripts.path("a.ts")], env),
  );
  for (const ended of await Promise.all(all)) {
    assertEquals(ended, { code: 0, stdout: "runs\n", stderr: "" });
  }
  assertEquals([...Deno.readDirSync(scripts.here("cache/denodpdk"))].length, 1);
});

Deno.test("what a script names while it runs is found too", async () => {
  using scripts = new Scripts({
    "a.ts": `import { state } from "./state.ts";
state.count++;
for (const name of ["x", "y"]) console.log((await import(\`./\${name}.ts\`)).value);
await import("./broken.ts").catch((e: Error) => console.log(e.message.replace(/^.*\\//, "")));
await import("npm:" + "lodash").catch((e: Error) => console.log(e.message.split(",")[0]));
const worker = new Worker(import.meta.resolve("./" + "w.ts"), { type: "module" });
worker.onmessage = () => { worker.terminate(); console.log("worker"); };
`,
    "state.ts": `export const state = { count: 0 as number };\n`,
    "x.ts": `import { state } from "./state.ts";\nexport const value = ++state.count as number;\n`,
    "y.ts": `import { value as x } from "./x.ts";\nexport const value = [x] as const;\n`,
    "w.ts": `(self as unknown as Worker).postMessage(1);\n`,
    "broken.ts": `let a = ;\n`,
  });
  await using prefix = testPrefix();
  const { code, stdout, stderr } = await scripts.denodpdk(prefix, ["run", scripts.path("a.ts")]);
  assertEquals([code, stderr], [0, ""]);
  assertEquals(stdout.split("\n"), [
    "2",
    "[ 2 ]",
    "broken.ts:1:9: expression expected",
    "imports 'npm:lodash'",
    "worker",
    "",
  ]);
});

Deno.test("check runs nothing, and looks at what is loaded later too", async () => {
  using scripts = new Scripts({
    "good.ts": `import "./effect.ts";\nconsole.log("runs");\n`,
    "effect.ts": `console.log("runs");\nexport {};\n`,
    "later.ts": `export const a = () => import("./wrong.ts");\nnew Worker(
  new URL("./gone.ts", import.meta.url), { type: "module" });\n`,
    "wrong.ts": `import { nope } from "node:fs";\nnope();\n`,
  });
  await using prefix = testPrefix();
  const [good, later, wrong] = ["good.ts", "later.ts", "wrong.ts"].map((name) =>
    scripts.path(name)
  );
  assertEquals(await scripts.denodpdk(prefix, ["check", `${good}`]), {
    code: 0,
    stdout: `${good} would load: 2 modules\n`,
    stderr: "",
  });
  const { code, stdout, stderr } = await scripts.denodpdk(prefix, ["check", `${good}`, `${later}`]);
  assertEquals([code, stdout], [1, `${good} would load: 2 modules\n`]);
  assertMatch(stderr, /node:fs.*'nope'/);
  assertStringIncludes(stderr, `check: ${wrong}:1:10: `);
  const gone = await scripts.denodpdk(prefix, ["check", `${later}`]);
  assertEquals(gone.code, 1);
});

Deno.test("a script starts itself once more, with its own arguments", async () => {
  using scripts = new Scripts({
    "self.ts": `import { selfCommand } from "denodpdk/supervise";
const { args } = Deno;
console.log(args.join(" "));
if (args.length < 3) {
  const { command, ...rest } = selfCommand([...args, "--child"]);
  console.log(new TextDecoder().decode(new Deno.Command(command, rest).outputSync().stdout).trim());
}
`,
  });
  await using prefix = testPrefix();
  const path = scripts.path("self.ts");
  const ended = await scripts.denodpdk(prefix, ["run", "--allow-run", path, "a b"]);
  assertEquals(ended, { code: 0, stdout: "a b\na b --child\na b --child --child\n", stderr: "" });
});

Deno.test("an error in a function of an lcore is told with the user's line", async () => {
  using scripts = new Scripts({
    "lcore.ts": `import { program } from "denodpdk";
interface Nothing { a: number }
program({
  lcores: {
    fails() {
      throw new TypeError("as it is" as string);
    },
  },
  main({ lcores: [lcore] }) {
    lcore.run("fails", {} as never);
  },
});
`,
  });
  await using prefix = testPrefix();
  const args = ["run", scripts.path("lcore.ts"), ...prefix.eal({ lcores: "0@0" })];
  const { code, stderr } = await scripts.denodpdk(prefix, args);
  assertEquals(code, 1);
  assertMatch(stderr, /\nlcore: TypeError: as it is \(lcore\.ts:6:13\)\n$/);
  assertEquals(prefix.files(), []);
});

Deno.test("a script that waits for what never comes is shown the place, with status 1", async () => {
  using scripts = new Scripts({ "wait.ts": "type A = 1;\nawait new Promise<A>(() => {});\n" });
  await using prefix = testPrefix();
  const { code, stderr } = await scripts.denodpdk(prefix, ["run", scripts.path("wait.ts")]);
  assertEquals(code, 1);
  assertMatch(stderr, /^error: Top-level await promise never resolved\n[^]*wait\.ts:2:1\)\n$/);
});

const REFUSED: Record<string, string> = {
  "": "FILE: expected a script, as my.ts, got nothing",
  "--allow-nt my.ts": "--allow-nt: expected one of -A, --allow-all, --allow-env, --allow-net, " +
    "--allow-run, --allow-sys, got '--allow-nt' (did you mean --allow-net?)",
  "--allow-net=host my.ts": "--allow-net: expected no value, got 'host'",
  "--allow-read=/tmp my.ts": "--allow-read: expected no value, got '/tmp'",
  "--allow-ffi --allow-read --allow-write /none/my.ts": "/none/my.ts: there is no such file",
  "/none/my.ts": "/none/my.ts: there is no such file",
  "-": "FILE: expected a file, got '-' (standard input is not read)",
  "--allow-net - -l 0": "FILE: expected a file, got '-' (standard input is not read)",
  "/dev/stdin": "/dev/stdin: expected a file .ts, .mts, .js or .mjs",
  "/etc/passwd": "/etc/passwd: expected a file .ts, .mts, .js or .mjs",
  "https://example.org/my.ts": "FILE: expected a file, got 'https://example.org/my.ts'",
};

for (const [args, line] of Object.entries(REFUSED)) {
  Deno.test(`denodpdk run ${args}`, async () => {
    using scripts = new Scripts();
    await using prefix = testPrefix();
    const words = args.split(" ").filter((word) => word !== "");
    const ended = await scripts.denodpdk(prefix, ["run", ...words]);
    assertEquals(ended, { code: 1, stdout: "", stderr: `run: ${line}\n` });
  });
}
