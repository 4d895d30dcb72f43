/**
 * Makes a script ready to be loaded.
 *
 * @module
 */

import { ScriptGraph } from "./graph.ts";
import { checkNames } from "./names.ts";
import { store, type Stored } from "./store.ts";

/**
 * Reads a script and keeps its modules.
 *
 * @param entry URL of the script's main module.
 * @throws {DpdkError} for the first thing that is wrong in it.
 */
export async function prepareScript(entry: string): Promise<Stored> {
  const graph = new ScriptGraph(entry);
  await checkNames(graph);
  return store(graph);
}
