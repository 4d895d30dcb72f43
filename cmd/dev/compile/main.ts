/**
 * `deno task compile`: one file per program, with Deno and DPDK inside. See README.md, which is
 * also its `--help`.
 *
 * @module
 */

import { basename, dirname } from "node:path/posix";
import type { BundleKind } from "../../../ffi/shim/extract.ts";
import { Progress } from "../../lib/progress.ts";
import { run } from "../../lib/run.ts";
import { setUp } from "../../lib/setup/setup.ts";
import { runToEnd } from "../../lib/command.ts";
import { buildBundle } from "./bundle.ts";
import { carriedBundles, carryBundles } from "./carry.ts";
import { DENORT_BIN, npmDenort } from "./denort.ts";
import { type CompileOptions, compileOptions } from "./options.ts";
import { PROGRAMS } from "./programs.ts";
import { givenFrom, scriptTargets } from "./script.ts";
import { writeSums } from "./sums.ts";
import {
  DIST,
  programTarget,
  ROOT,
  type Staged,
  type StagedFile,
  type Target,
  writeFiles,
} from "./target.ts";

const NAME = "compile";
const README = new URL("./README.md", import.meta.url);
const LINKAGES = { bundle: "bundled", core: "core" } as const;

/** The line about something that was made: its size, and how long that took. */
function madeLine(what: string, bytes: number, start: number): string {
  const size = `${(bytes / 1e6).toFixed(1)} MB`;
  const seconds = `${((performance.now() - start) / 1000).toFixed(1)} s`;
  return `${what.padEnd(14)}${size.padStart(9)}${seconds.padStart(9)}`;
}

/** Runs `deno compile`. Returns what it printed where it failed, else undefined. */
async function denoCompile({ cwd, args }: Staged, file: string): Promise<string | undefined> {
  const usual = [
    "compile",
    "--quiet",
    "--no-check",
    // Deno would keep V8's code in /tmp under a name that others can guess, and V8 trusts what it
    // finds there
    "--no-code-cache",
    `--output=${file}`,
  ];
  const attempt = async (env: Record<string, string>) => {
    const options = { cwd, env: { NO_COLOR: "1", ...env } };
    const ended = await runToEnd(Deno.execPath(), [...usual, ...args], options);
    if (!ended.success) return ended.stderr.replace(/\n+Stack backtrace:[^]*/, "").trim();
  };
  const failure = await attempt(runtime === undefined ? {} : { [DENORT_BIN]: runtime });
  if (failure === undefined || runtime !== undefined || Deno.env.get(DENORT_BIN)) return failure;
  // Deno could not download its runtime, so it is taken from npm
  runtime = await npmDenort();
  return await attempt({ [DENORT_BIN]: runtime });
}

/** The runtime that is used in place of Deno's own download. */
let runtime: string | undefined;

/** The manifests of libraries; the program carries the libraries elsewhere. */
function manifests(bundles: ReturnType<typeof carriedBundles>): StagedFile[] {
  return bundles.map(({ kind, manifest }) => ({
    path: `${DIST}/${kind}/manifest.json`,
    text: JSON.stringify(manifest),
  }));
}

/** Makes one file of a target that was staged in a folder. */
async function compile(target: Target, staged: Staged, folder: string): Promise<void> {
  const bundles = carriedBundles(ROOT + DIST, target.kinds);
  writeFiles(folder, manifests(bundles));
  const file = `${folder}.file/${basename(target.output)}`;
  Deno.mkdirSync(dirname(file));
  const failure = await denoCompile(staged, file);
  if (failure) {
    const [line = ""] = failure.replace(/^error: /, "").split("\n");
    throw new RangeError(`${target.name}: ${line}`);
  }
  carryBundles(file, ROOT + DIST, bundles);
  place(file, target.output);
}

/** Moves a finished program to its place. */
function place(file: string, output: string): void {
  Deno.mkdirSync(dirname(output), { recursive: true });
  try {
    Deno.renameSync(file, output);
  } catch {
    // another file system
    const beside = `${output}.${Deno.pid}.tmp`;
    Deno.copyFileSync(file, beside);
    Deno.renameSync(beside, output);
  }
}

/** What is to be compiled. */
function targetsOf(options: CompileOptions): Target[] {
  const programs = PROGRAMS.filter(({ name }) => options.programs.includes(name));
  return [...programs.map(programTarget), ...scriptTargets(options, givenFrom(Deno.cwd()))];
}

/** Links DPDK, once for each kind of library that is needed. */
async function link(kinds: readonly BundleKind[], progress: Progress): Promise<void> {
  for (const kind of kinds) {
    const start = performance.now();
    const { files } = await progress.step(
      kind,
      `linking DPDK for dist/${kind}`,
      () => buildBundle(`${ROOT}${DIST}/${kind}`, LINKAGES[kind]),
    );
    progress.print(madeLine(kind, files.reduce((sum, { size }) => sum + size, 0), start));
  }
}

async function compileAll(targets: readonly Target[]): Promise<number> {
  const wanted = new Set(targets.flatMap(({ kinds }) => kinds));
  const kinds = (Object.keys(LINKAGES) as BundleKind[]).filter((kind) => wanted.has(kind));
  const names = targets.map(({ name }) => name);
  using progress = new Progress(NAME, { plan: ["modules", ...kinds, ...names] });
  Deno.mkdirSync(ROOT + DIST, { recursive: true });
  // in the file system of most programs' places, so that they can be moved there in one step
  const folder = Deno.makeTempDirSync({ dir: ROOT + DIST, prefix: ".compile-" });
  const folderOf = (target: Target) => `${folder}/${targets.indexOf(target)}`;
  try {
    // first, since a script may have faults
    const staged = await progress.step("modules", "reading modules", async () => {
      const staged: Staged[] = [];
      for (const target of targets) staged.push(await target.stage(folderOf(target)));
      return staged;
    });
    await link(kinds, progress);
    for (const [i, target] of targets.entries()) {
      const start = performance.now();
      const work = () => compile(target, staged[i]!, folderOf(target));
      await progress.step(target.name, `compiling ${target.name}`, work);
      progress.print(madeLine(target.name, Deno.statSync(target.output).size, start));
    }
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
  const programs = PROGRAMS.map(({ name }) => name);
  // the digests of what is released; a script's program is its author's
  if (names.some((name) => programs.includes(name))) await writeSums(ROOT + DIST, programs);
  return 0;
}

await run(NAME, README, async (args) => {
  const targets = targetsOf(compileOptions(args));
  return await setUp() ? await compileAll(targets) : 1;
});
