/**
 * Whether a script would load: all of its modules are parsed and linked, and none is run.
 *
 * @module
 */

import { pathToFileURL } from "node:url";
import { holdFolder, inCache, removeQuietly } from "../../lib/cache.ts";
import { DpdkError } from "../../lib/error.ts";
import { ScriptGraph } from "./graph.ts";
import { explainLoad } from "./link.ts";
import { checkNames } from "./names.ts";
import { LATE_PREFIX } from "./store.ts";

/** What a check found. */
export interface Checked {
  /** How many modules the script has. */
  modules: number;
  /** What is wrong, a line each. */
  faults: string[];
}

/** Ends the evaluation of all modules before the first of them runs. */
const STOP = "denodpdk check: stop";

/** Lets V8 link the modules of a script, and evaluate none of them. */
async function link(graph: ScriptGraph): Promise<void> {
  const folder = inCache(
    "check the script",
    (cache) => `${cache}/${LATE_PREFIX}${crypto.randomUUID()}`,
  );
  holdFolder(folder);
  try {
    Deno.writeTextFileSync(`${folder}/stop.mjs`, `throw ${JSON.stringify(STOP)};`);
    for (const module of graph.modules.values()) {
      const text = graph.textOf(module, "./stop.mjs");
      Deno.writeTextFileSync(`${folder}/${module.file}`, text);
    }
    for (const { file } of graph.modules.values()) {
      await import(pathToFileURL(`${folder}/${file}`).href).catch((error) => {
        if (error !== STOP) throw explainLoad(error) ?? error;
      });
    }
  } finally {
    removeQuietly(folder);
  }
}

/** Checks a script. */
export async function checkScript(entry: string): Promise<Checked> {
  let graph;
  try {
    graph = new ScriptGraph(entry);
    await checkNames(graph);
    await link(graph);
  } catch (error) {
    if (!(error instanceof DpdkError)) throw error;
    return { modules: 0, faults: [error.message] };
  }
  return { modules: graph.modules.size, faults: graph.later.map(({ message }) => message) };
}
