/** Modules that are merged for a compiled program: each still knows its place, and its sources. */

import { pathToFileURL } from "node:url";
// a package is found once the process knows it, by the lock file or by an import
import "../../../cmd/lib/options.ts";
import "../../../cmd/lib/table.ts";
import { bundleModules, madeModule, placed } from "../../../cmd/dev/compile/modules.ts";
import { runToEnd } from "../../../cmd/lib/command.ts";
import { assertEquals, assertRejects, assertStringIncludes } from "../../assert.ts";

/** A repository of these files. */
class Sources implements Disposable {
  readonly folder = Deno.makeTempDirSync({ prefix: "denodpdk-test-" });

  constructor(files: Record<string, string>) {
    this.write(files);
  }

  write(files: Record<string, string>): void {
    for (const [path, text] of Object.entries(files)) {
      const target = `${this.folder}/${path}`;
      Deno.mkdirSync(target.slice(0, target.lastIndexOf("/")), { recursive: true });
      Deno.writeTextFileSync(target, text);
    }
  }

  /** Merges modules, removes their sources, and runs what came of them. */
  async run(...entries: string[]): Promise<{ stdout: string; stderr: string; modules: string[] }> {
    const made = await bundleModules(this.folder, entries);
    for (const { name } of Deno.readDirSync(this.folder)) {
      Deno.removeSync(`${this.folder}/${name}`, { recursive: true });
    }
    this.write(Object.fromEntries(made.map(({ path, text }) => [path, text])));
    const main = `${this.folder}/${madeModule(entries[0] ?? "")}`;
    const args = ["run", "-A", "--no-config", main];
    const { stdout, stderr } = await runToEnd(Deno.execPath(), args, { env: { NO_COLOR: "1" } });
    return { stdout, stderr, modules: made.map(({ path }) => path) };
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }
}

// esbuild's process ends a moment after it was told to
const ESBUILD = { sanitizeOps: false, sanitizeResources: false };

const MAP =
  '{ "imports": { "commander": "npm:commander@15.1.0", "inner": "./lib/deep/inner.ts" } }';

Deno.test("a merged module knows its own place, and Workers the modules made for them", () => {
  const workers = ["cmd/a/worker.ts"];
  const text = (source: string) => placed("cmd/a/main.ts", source, workers);
  assertEquals(
    text('new URL("./worker.ts", import.meta.url)'),
    'new URL("<to-root>/cmd/a/worker.js", import.meta.url)',
  );
  assertEquals(
    text('new URL("../b/other.ts", import.meta.url)'),
    'new URL("<to-root>/cmd/b/other.ts", import.meta.url)',
  );
  assertEquals(
    text('new URL("./README.md", import.meta.url)'),
    'new URL("./README.md", new URL("<to-root>/cmd/a/main.ts", import.meta.url).href)',
  );
  assertEquals(text("import.meta.main"), "import.meta.main");
});

Deno.test(
  "few modules do what many did: places, Workers, what is shared, what comes later",
  ESBUILD,
  async () => {
    using sources = new Sources({
      "import_map.json": MAP,
      "cmd/a/main.ts": `
      import { place, register } from "../../lib/deep/shared.ts";
      import inner from "inner";
      register("main");
      const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
      worker.onmessage = async ({ data }: MessageEvent<string>) => {
        const { later } = await import("./later.ts");
        console.log([place(), import.meta.url, inner, data, later].join("\\n"));
        Deno.exit();
      };`,
      "cmd/a/worker.ts": `
      import { names, register } from "../../lib/deep/shared.ts";
      import "../../lib/deep/again.ts";
      register("worker");
      postMessage(names.join());`,
      "cmd/a/later.ts": "export const later: string = import.meta.url;",
      "lib/deep/shared.ts": `
      export const names: string[] = [];
      export const register = (name: string) => names.push(name);
      export const place = () => new URL("../beside.txt", import.meta.url).href;`,
      "lib/deep/again.ts": 'import { register } from "./shared.ts"; register("again");',
      "lib/deep/inner.ts": "export default import.meta.url as string;",
    });
    const { stdout, stderr } = await sources.run("cmd/a/main.ts", "cmd/a/worker.ts");
    const root = pathToFileURL(sources.folder).href;
    assertEquals([stderr, stdout.trim().split("\n")], ["", [
      `${root}/lib/beside.txt`,
      `${root}/cmd/a/main.ts`,
      `${root}/lib/deep/inner.ts`,
      "again,worker",
      `${root}/cmd/a/later.ts`,
    ]]);
  },
);

Deno.test("an error in a merged module names the line of its source", ESBUILD, async () => {
  using sources = new Sources({
    "import_map.json": MAP,
    "cmd/a/main.ts": 'import { fails } from "../../lib/fails.ts";\nfails(1);\n',
    "lib/fails.ts":
      "export interface Much {\n  a: number;\n}\n\nexport function fails(a: Much['a']): never {\n" +
      "  throw new Error(`no ${a}`);\n}\n",
  });
  const { stderr } = await sources.run("cmd/a/main.ts");
  assertStringIncludes(stderr, `at fails (${pathToFileURL(sources.folder)}/lib/fails.ts:6:9)`);
  assertStringIncludes(stderr, `at ${pathToFileURL(sources.folder)}/cmd/a/main.ts:2:1`);
});

Deno.test("packages of npm are merged as well", ESBUILD, async () => {
  using sources = new Sources({
    "import_map.json": JSON.stringify({
      imports: {
        "commander": "npm:@commander-js/extra-typings@15.1.0",
        "cli-table3": "npm:cli-table3@0.6.5",
      },
    }),
    "cmd/a/main.ts": `
      import { Command } from "commander";
      import Table from "cli-table3";
      const table = new Table({ style: { head: [], border: [] } });
      table.push([new Command("named").name()]);
      console.log(table.toString().includes(" named "));`,
  });
  const { stdout, stderr } = await sources.run("cmd/a/main.ts");
  assertEquals([stdout, stderr], ["true\n", ""]);
});

Deno.test("what cannot be merged is told", ESBUILD, async () => {
  using sources = new Sources({ "import_map.json": MAP, "cmd/a/main.ts": 'import "./none.ts";' });
  await assertRejects(() => bundleModules(sources.folder, ["cmd/a/main.ts"]), Error, "none.ts");
  sources.write({ "cmd/a/main.ts": 'import "unknown";' });
  await assertRejects(() => bundleModules(sources.folder, ["cmd/a/main.ts"]), Error, "unknown");
});
