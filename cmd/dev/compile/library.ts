/**
 * This library as a few modules: what scripts import, and what its Workers run.
 *
 * @module
 */

import config from "../../../deno.json" with { type: "json" };
import { bundleModules, type BundleOptions, madeModule, type ModuleFile } from "./modules.ts";
import { WORKERS } from "./programs.ts";
import { ROOT } from "./target.ts";

/** The entries of the library, as `./net`, and their modules, from the repository's folder. */
export const ENTRIES: ReadonlyMap<string, string> = new Map(
  Object.entries(config.exports).map(([entry, module]) => [entry, module.replace(/^\.\//, "")]),
);

/** The same, with the modules that are made of them, from the folder where these are. */
export const MADE_ENTRIES: ReadonlyMap<string, string> = new Map(
  [...ENTRIES].map(([entry, module]) => [entry, `./${madeModule(module)}`]),
);

/**
 * The library's modules.
 *
 * @param others further modules that start a thread or a process.
 */
export function libraryModules(
  options: BundleOptions = {},
  others: readonly string[] = [],
): Promise<ModuleFile[]> {
  return bundleModules(ROOT, [...ENTRIES.values(), ...WORKERS, ...others], options);
}
