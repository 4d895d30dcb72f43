/**
 * Whether the names that a script imports are there.
 *
 * @module
 */

import { didYouMean } from "../../lib/error.ts";
import { ENTRIES } from "./entries.ts";
import { faultIn, type ScriptGraph, type ScriptModule } from "./graph.ts";
import type { Reference } from "./parse.ts";

/** The names that modules export. */
class Names {
  readonly #known = new Map<string, Promise<ReadonlySet<string> | undefined>>();

  constructor(readonly graph: ScriptGraph) {}

  /** The names of a module; undefined where they cannot be told before the script runs. */
  of(url: string): Promise<ReadonlySet<string> | undefined> {
    let names = this.#known.get(url);
    if (!names) {
      // modules may pass on each other's names
      this.#known.set(url, Promise.resolve(new Set()));
      names = this.#find(url);
      this.#known.set(url, names);
    }
    return names;
  }

  async #find(url: string): Promise<ReadonlySet<string> | undefined> {
    if (Object.values(ENTRIES).some(({ href }) => href === url)) {
      return new Set(Object.keys(await import(url)));
    }
    const module = this.graph.modules.get(url);
    if (!module) return undefined;
    const names = new Set(module.parsed.exports);
    for (const [{ name }, target] of module.targets) {
      if (!module.parsed.passesOn.includes(name)) continue;
      const more = await this.of("module" in target ? target.module : target.asItIs);
      if (!more) return undefined;
      for (const one of more) if (one !== "default") names.add(one);
    }
    return names;
  }
}

async function check(
  names: Names,
  from: ScriptModule,
  { name: imported, names: wanted }: Reference,
  url: string,
) {
  if (wanted.length === 0) return;
  const there = await names.of(url);
  const missing = there && wanted.find(({ name }) => !there.has(name));
  if (!missing) return;
  const { name, at } = missing;
  const what = name === "default" ? "a default export" : `'${name}'`;
  const none = name === "default" ? "has none" : "has no such name";
  const hint = didYouMean(name, there);
  throw faultIn(from.url, from.source, at, {
    message: `imports ${what} from ${imported}, which ${none}`,
    hint,
  });
}

/**
 * Checks the names of all imports.
 *
 * @throws {DpdkError} for the first one that is not there.
 */
export async function checkNames(graph: ScriptGraph): Promise<void> {
  const names = new Names(graph);
  for (const module of graph.modules.values()) {
    for (const [reference, target] of module.targets) {
      await check(names, module, reference, "module" in target ? target.module : target.asItIs);
    }
  }
}
