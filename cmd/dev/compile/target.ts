/**
 * What becomes one file: a program of `cmd/`.
 *
 * @module
 */

import { dirname } from "node:path/posix";
import { fileURLToPath } from "node:url";
import type { BundleKind } from "../../../ffi/shim/extract.ts";
import type { Program } from "./programs.ts";

/** The repository's folder. */
export const ROOT: string = fileURLToPath(new URL("../../../", import.meta.url));

/** Where programs and libraries go, from there. */
export const DIST = "dist";

/** What `deno compile` is to be told. */
export interface Staged {
  /** The folder in which it runs. */
  cwd: string;
  /** Flags beside those that every program has, and the main module last. */
  args: string[];
}

/** What becomes one file. */
export interface Target {
  /** Its name in messages. */
  name: string;
  /** Where the file goes. */
  output: string;
  /** The libraries that it carries. */
  kinds: readonly BundleKind[];
  /** Writes the files to be compiled into a folder, whose files are all taken along. */
  stage(folder: string): Promise<Staged>;
}

/** A file to be written into the folder of what is compiled. */
export interface StagedFile {
  path: string;
  text: string;
}

/** Writes files into a folder. */
export function writeFiles(
  folder: string,
  files: readonly (StagedFile | { path: string; text: Uint8Array })[],
): void {
  for (const { path, text } of files) {
    Deno.mkdirSync(dirname(`${folder}/${path}`), { recursive: true });
    const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
    Deno.writeFileSync(`${folder}/${path}`, bytes);
  }
}

/** A program of `cmd/`, with its READMEs. */
export function programTarget(
  { name, folder, workers, readmes, permissions, core, newScripts }: Program,
): Target {
  return {
    name,
    output: `${ROOT}${DIST}/${name}`,
    kinds: core ? ["bundle", "core"] : ["bundle"],
    async stage(cwd) {
      // esbuild is fetched when something is compiled, and not for --help
      const { bundleModules, madeModule } = await import("./modules.ts");
      const main = `${folder}/main.ts`;
      const data = new Map<string, Uint8Array<ArrayBuffer>>();
      writeFiles(cwd, [
        ...await bundleModules(ROOT, [main, ...workers], { data }),
        ...[...data].map(([path, text]) => ({ path, text })),
        ...readmes.map((path) => ({ path, text: Deno.readTextFileSync(ROOT + path) })),
        // TypeScript, which makes declarations, is fetched when it is needed
        ...newScripts ? [await (await import("./new_scripts.ts")).newScripts()] : [],
      ]);
      const flags = ["--no-config", "--no-lock", ...permissions, "--include=."];
      return { cwd, args: [...flags, madeModule(main)] };
    },
  };
}
