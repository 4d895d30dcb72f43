/**
 * The npm package: JavaScript, types, and the C sources of which the shim is built at first use.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import config from "../../../deno.json" with { type: "json" };
import digests from "../../../ffi/shim/sources.json" with { type: "json" };
import { runToEnd } from "../../lib/command.ts";
import type { Progress } from "../../lib/progress.ts";
import { ENTRIES, libraryModules, MADE_ENTRIES } from "../compile/library.ts";
import { ROOT, type StagedFile, writeFiles } from "../compile/target.ts";
import { declarations } from "./types.ts";

/** What the package is called. */
export const PACKAGE = { name: "denodpdk", version: config.version } as const;

/** Modules that are started in processes of their own. */
const STARTED = ["ffi/shim/build_main.ts", "ffi/shim/probe.ts"];

/** What decides how the shim is built, beside its C sources: all of it has a part in its digest. */
const RECIPES = ["ffi/shim/build.ts", "ffi/shim/linkage.ts"];

/** `package.json`. */
function manifest(packages: ReadonlyMap<string, string>): StagedFile {
  const entries = [...MADE_ENTRIES].map(([entry, module]) => [
    entry,
    { types: module.replace(/\.js$/, ".d.ts"), default: module },
  ]);
  const content = {
    ...PACKAGE,
    description: "DPDK from TypeScript, for Deno",
    license: config.license,
    type: "module",
    engines: { deno: ">=2.7" },
    os: ["linux"],
    exports: Object.fromEntries(entries),
    dependencies: Object.fromEntries([...packages].sort()),
  };
  return { path: "package.json", text: `${JSON.stringify(content, null, 2)}\n` };
}

/** A file of the repository, as it is. */
function asItIs(path: string): StagedFile {
  return { path, text: Deno.readTextFileSync(ROOT + path) };
}

/** All files of the package. */
export async function packageFiles(progress: Progress): Promise<StagedFile[]> {
  const packages = new Map<string, string>();
  const modules = await progress.step(
    "modules",
    "making JavaScript",
    () => libraryModules({ packages }, STARTED),
  );
  const types = await progress.step(
    "types",
    "making types",
    () => declarations(ROOT, [...ENTRIES.values()]),
  );
  const readme = fileURLToPath(new URL("./package.md", import.meta.url));
  return [
    manifest(packages),
    { path: "README.md", text: Deno.readTextFileSync(readme) },
    ...["LICENSE", ...Object.keys(digests), ...RECIPES].map(asItIs),
    ...modules,
    ...types,
  ];
}

/**
 * Writes files as a package of npm: a tar file whose folder is `package`. The same files make the
 * same bytes.
 */
export async function writeTarball(path: string, files: readonly StagedFile[]): Promise<void> {
  const folder = Deno.makeTempDirSync({ prefix: "denodpdk-pack-" });
  try {
    writeFiles(`${folder}/package`, files);
    Deno.mkdirSync(path.replace(/\/[^/]*$/, ""), { recursive: true });
    const same = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner"];
    const modes = "--mode=u=rwX,go=rX";
    const command = ["-c", ...same, modes, "--use-compress-program=gzip -9n", "-f", path];
    const { success, text } = await runToEnd("tar", [...command, "-C", folder, "package"]);
    if (!success) throw new Error(`tar: ${text}`);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}
