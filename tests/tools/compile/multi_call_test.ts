/** denodpdk as it is compiled: a command loads its own modules, and no other's, nor data of others. */

import { fileURLToPath } from "node:url";
import { dirname, join } from "node:path/posix";
import { gunzipSync } from "node:zlib";
// a package is found once the process knows it, by the lock file or by an import
import "../../../cmd/denodpdk/script/parse.ts";
import "../../../cmd/lib/options.ts";
import "../../../cmd/lib/table.ts";
import { bundleModules, type ModuleFile } from "../../../cmd/dev/compile/modules.ts";
import { MULTI_CALL, SINGLE } from "../../../cmd/dev/compile/programs.ts";
import { assert, assertEquals } from "../../assert.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** The sources in the modules that are loaded with one of them, from comments of esbuild. */
function sourcesOf(path: string, made: ReadonlyMap<string, string>): string[] {
  const loaded = new Set([path]);
  for (const module of loaded) {
    const text = made.get(module) ?? "";
    for (const [, imported = ""] of text.matchAll(/^(?:import|\} from) .*?"(\.[^"]+)";$/gm)) {
      loaded.add(join(dirname(module), imported));
    }
  }
  return [...loaded].flatMap((module) =>
    [...(made.get(module) ?? "").matchAll(/^\/\/ (\S+\.ts)$/gm)].map(([, source = ""]) => source)
  );
}

// esbuild's process ends a moment after it was told to
const ESBUILD = { sanitizeOps: false, sanitizeResources: false };

Deno.test("what starts a command loads nothing of a program", ESBUILD, async () => {
  const entries = [`${MULTI_CALL.folder}/main.ts`, ...MULTI_CALL.workers];
  const data = new Map<string, Uint8Array<ArrayBuffer>>();
  const files: ModuleFile[] = await bundleModules(ROOT, entries, { data });
  const made = new Map(files.map(({ path, text }) => [path, text]));
  const sources = sourcesOf(`${MULTI_CALL.folder}/main.js`, made);
  assert(sources.includes("cmd/denodpdk/main.ts") && sources.includes("cmd/denodpdk/commands.ts"));
  assertEquals(sources.filter((source) => !source.startsWith("cmd/denodpdk/")), [
    "ffi/host/invocation.ts",
    // whether this Deno can run it, which comes before all else
    "cmd/lib/runtime.ts",
  ]);
  const all = [...made.values()].join("\n");
  for (const { folder } of SINGLE) assert(all.includes(`// ${folder}/main.ts`), folder);
  // amaro has 2.8 MB of WebAssembly in its text, which Deno would read at every start
  for (const { path, text } of files) assert(text.length < 500_000, `${path}: ${text.length}`);
  assertEquals([...data.keys()], ["modules/data-0.gz"]);
  const [packed = new Uint8Array()] = data.values();
  assertEquals([...gunzipSync(packed).subarray(0, 4)], [0, ...new TextEncoder().encode("asm")]);
  assert(all.includes('new URL("../modules/data-0.gz", import.meta.url)'));
});
