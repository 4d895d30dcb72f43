/**
 * What the imports of a script lead to when it is compiled: what they lead to under `deno run`, and
 * this library to the modules that were made of it.
 *
 * @module
 */

import { dirname, resolve } from "node:path/posix";
import { fileURLToPath } from "node:url";
import { isFile } from "../../../ffi/host/exists.ts";
import { graphFault, type InfoModule, scriptGraph } from "./graph.ts";
import {
  configurationsOf,
  type FoundConfiguration,
  fromFolder,
  ownMap,
  withEntries,
} from "./import_map.ts";
import { ENTRIES, MADE_ENTRIES } from "./library.ts";
import { ROOT } from "./target.ts";

/** How Deno finds the modules of a script. */
export interface Resolution {
  /** Deno's flags for it. */
  flags: string[];
  /** Paths of what is not imported: modules of Workers, and files that are read. */
  named: string[];
}

/** A copy of the lock file that Deno would use: compiling changes nothing in the script's folder. */
function lockFlags(configuration: FoundConfiguration | undefined, copy: string): string[] {
  const lock = configuration?.content.lock ?? true;
  if (!configuration || lock === false) return ["--no-lock"];
  const named = typeof lock === "object" && lock !== null && "path" in lock ? lock.path : lock;
  const name = typeof named === "string" ? named : "deno.lock";
  const path = resolve(dirname(configuration.path), name);
  if (!isFile(path)) return ["--no-lock"];
  Deno.copyFileSync(path, copy);
  // it vouches for what it has; this library is missing there, or another way to it is
  return [`--lock=${copy}`, "--frozen=false"];
}

/** The names that each module of a script imports, by its path from a folder. */
function usedNames(modules: readonly InfoModule[], folder: string): Map<string, string[]> {
  const local = modules.filter(({ specifier }) => specifier.startsWith("file:"));
  return new Map(
    local.map(({ specifier, dependencies = [] }) => [
      fromFolder(folder, fileURLToPath(specifier)),
      dependencies.map(({ specifier }) => specifier),
    ]),
  );
}

/**
 * Finds what a script needs, and writes an import map for it.
 *
 * @param script path of the script.
 * @param folder where the modules of this library are, and the map goes.
 * @param options `from` is the folder of the person who reads errors; `importMap` is the path of the
 * map that takes the place of the script's own; `hosts` are Deno's flags about whom modules may come
 * from.
 * @throws {RangeError} where an import leads nowhere or a module does not parse, with its place.
 */
export async function resolveScript(
  script: string,
  folder: string,
  { from, importMap, hosts }: {
    from: string;
    importMap: string | undefined;
    hosts: readonly string[];
  },
): Promise<Resolution> {
  const configurations = configurationsOf(dirname(script));
  const own = ownMap(configurations, importMap, folder);
  // a script in a checkout may import its files by their paths
  for (const [entry, module] of ENTRIES) {
    own.imports[fromFolder(folder, ROOT + module)] = MADE_ENTRIES.get(entry) ?? "";
  }
  const map = `${folder}/import_map.json`;
  const write = (used: ReadonlyMap<string, readonly string[]>) =>
    Deno.writeTextFileSync(map, JSON.stringify(withEntries(own, MADE_ENTRIES, used)));
  const flags = [`--import-map=${map}`, ...lockFlags(configurations.at(-1), `${folder}.lock`)];
  const isOurs = (path: string) => path.startsWith(`${folder}/`) || path.includes("/node_modules/");
  write(new Map());
  const graphOf = () => scriptGraph(script, [...flags, ...hosts], isOurs);
  let graph = await graphOf();
  write(usedNames(graph.modules, folder));
  // a name of this library that led elsewhere is no fault any more
  if (graphFault(graph.modules, from)) graph = await graphOf();
  const fault = graphFault(graph.modules, from);
  if (fault !== undefined) throw new RangeError(fault);
  return { flags, named: graph.named };
}
