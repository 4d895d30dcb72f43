/**
 * `deno task compile`: one file per program, with Deno and DPDK inside. See README.md, which is
 * also its `--help`.
 *
 * @module
 */

import { dirname } from "node:path/posix";
import { fileURLToPath } from "node:url";
import { Progress } from "../../lib/progress.ts";
import { run } from "../../lib/run.ts";
import { setUp } from "../../lib/setup/setup.ts";
import { runToEnd } from "../../lib/command.ts";
import { buildBundle } from "./bundle.ts";
import { carriedBundles, carryBundles } from "./carry.ts";
import { DENORT_BIN, npmDenort } from "./denort.ts";
import { compileOptions } from "./options.ts";
import { type Program, PROGRAMS } from "./programs.ts";
import { writeSums } from "./sums.ts";

const NAME = "compile";
const README = new URL("./README.md", import.meta.url);
const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const DIST = "dist";
const BUNDLES = [["bundle", "bundled"], ["core", "core"]] as const;

/** The line about something that was made: its size, and how long that took. */
function madeLine(what: string, bytes: number, start: number): string {
  const size = `${(bytes / 1e6).toFixed(1)} MB`;
  const seconds = `${((performance.now() - start) / 1000).toFixed(1)} s`;
  return `${what.padEnd(14)}${size.padStart(9)}${seconds.padStart(9)}`;
}

/**
 * Writes the files to be compiled into a folder: the program's modules, its READMEs, and the
 * manifests of its libraries, which the program carries elsewhere.
 *
 * @returns the main module there.
 */
async function stage(
  { folder, workers, readmes }: Program,
  bundles: ReturnType<typeof carriedBundles>,
  stage: string,
): Promise<string> {
  // esbuild is loaded when something is compiled, and not for --help
  const { bundleModules, madeModule } = await import("./modules.ts");
  const main = `${folder}/main.ts`;
  const files = [
    ...await bundleModules(ROOT, [main, ...workers]),
    ...readmes.map((path) => ({ path, text: Deno.readTextFileSync(ROOT + path) })),
    ...bundles.map(({ kind, manifest }) => ({
      path: `${DIST}/${kind}/manifest.json`,
      text: JSON.stringify(manifest),
    })),
  ];
  for (const { path, text } of files) {
    Deno.mkdirSync(`${stage}/${dirname(path)}`, { recursive: true });
    Deno.writeTextFileSync(`${stage}/${path}`, text);
  }
  return madeModule(main);
}

/** Compiles a program. Returns what Deno printed where that failed, else undefined. */
async function compile(program: Program, runtime?: string): Promise<string | undefined> {
  const { name, permissions, core } = program;
  const kinds = BUNDLES.map(([kind]) => kind).filter((kind) => kind !== "core" || core);
  const bundles = carriedBundles(ROOT + DIST, kinds);
  // beside the program's place, so that it can be moved there in one step
  const folder = Deno.makeTempDirSync({ dir: ROOT + DIST, prefix: ".compile-" });
  const [cwd, file] = [`${folder}/stage`, `${folder}/${name}`];
  try {
    const args = [
      "compile",
      "--quiet",
      "--no-check",
      // Deno would keep V8's code in /tmp under a name that others can guess, and V8 trusts what it
      // finds there
      "--no-code-cache",
      "--no-config",
      "--no-lock",
      ...permissions,
      "--include=.",
      `--output=${file}`,
      await stage(program, bundles, cwd),
    ];
    const env = { NO_COLOR: "1", ...(runtime ? { [DENORT_BIN]: runtime } : {}) };
    const { success, stderr } = await runToEnd(Deno.execPath(), args, { cwd, env });
    if (!success) return stderr.replace(/\n+Stack backtrace:[^]*/, "").trim();
    carryBundles(file, ROOT + DIST, bundles);
    Deno.renameSync(file, `${ROOT}${DIST}/${name}`);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

async function compileAll(names: readonly string[]): Promise<number> {
  const programs = PROGRAMS.filter(({ name }) => names.includes(name));
  const plan = [...BUNDLES.map(([kind]) => kind), ...programs.map(({ name }) => name)];
  using progress = new Progress(NAME, { plan });
  for (const [kind, linkage] of BUNDLES) {
    const start = performance.now();
    const { files } = await progress.step(
      kind,
      `linking DPDK for dist/${kind}`,
      () => buildBundle(`${ROOT}${DIST}/${kind}`, linkage),
    );
    progress.print(madeLine(kind, files.reduce((sum, { size }) => sum + size, 0), start));
  }
  let runtime: string | undefined;
  for (const program of programs) {
    const { name } = program;
    const start = performance.now();
    const failure = await progress.step(name, `compiling dist/${name}`, async () => {
      const failure = await compile(program, runtime);
      if (!failure || runtime !== undefined || Deno.env.get(DENORT_BIN)) return failure;
      // Deno could not download its runtime, so it is taken from npm
      runtime = await npmDenort();
      return await compile(program, runtime);
    });
    if (failure) throw new Error(`${name}: ${failure.split("\n")[0]}`);
    progress.print(madeLine(name, Deno.statSync(`${ROOT}${DIST}/${name}`).size, start));
  }
  await writeSums(`${ROOT}${DIST}`, PROGRAMS.map(({ name }) => name));
  return 0;
}

await run(NAME, README, async (args) => {
  const names = compileOptions(args);
  return await setUp() ? await compileAll(names) : 1;
});
