/**
 * `deno task compile`: one file per program, with Deno and DPDK inside. See README.md, which is
 * also its `--help`.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { Progress } from "../../lib/progress.ts";
import { run } from "../../lib/run.ts";
import { setUp } from "../../lib/setup/setup.ts";
import { buildBundle } from "./bundle.ts";
import { DENORT_BIN, npmDenort } from "./denort.ts";
import { compileOptions } from "./options.ts";
import { COMMON, type Program, PROGRAMS } from "./programs.ts";
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

/** Compiles a program. Returns what Deno printed where that failed, else undefined. */
async function compile(program: Program, runtime?: string): Promise<string | undefined> {
  const { name, folder, workers, permissions, core } = program;
  const include = [
    ...workers,
    ...workers.length > 0 ? ["ffi/lcore_worker.ts"] : [],
    `${folder}/README.md`,
    `${DIST}/bundle`,
    ...core ? [`${DIST}/core`] : [],
  ];
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "compile",
      "--quiet",
      "--no-check",
      // Deno would keep V8's code in /tmp under a name that others can guess, and V8 trusts what it
      // finds there
      "--no-code-cache",
      "--lock=deno.lock",
      "--frozen",
      ...COMMON,
      ...permissions,
      ...include.map((path) => `--include=${path}`),
      `--output=${DIST}/${name}`,
      `${folder}/main.ts`,
    ],
    cwd: ROOT,
    env: { NO_COLOR: "1", ...(runtime ? { [DENORT_BIN]: runtime } : {}) },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (success) return undefined;
  return new TextDecoder().decode(stderr).replace(/\n+Stack backtrace:[^]*/, "").trim();
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
