/**
 * `deno task check`, step "entries": `mod.ts` has few names, so that a reader of its documentation
 * finds what a packet program needs. What fewer programs need is in other entries of `deno.json`.
 * The overview of each entry, its module's documentation, links to everything that the entry
 * exports but types.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import config from "../../../deno.json" with { type: "json" };
import { runToEnd } from "../../lib/command.ts";

/** The modules that users import, as paths from the repository's folder, `mod.ts` first. */
export const PUBLISHED: readonly string[] = Object.values(config.exports)
  .map((path) => path.replace(/^\.\//, ""));

/** The most names that `mod.ts` may have. */
const MOST = 60;

/** What is used of the output of `deno doc --json` of one module. */
export interface Documentation {
  nodes: Record<string, {
    module_doc?: { doc?: string };
    symbols?: { name: string; declarations: { kind: string }[] }[];
  }>;
}

/** The documentation of a module. */
async function documentationOf(module: string): Promise<Documentation> {
  const args = ["doc", "--json", module];
  const { stdout, success, stderr } = await runToEnd(Deno.execPath(), args);
  if (!success) throw new Error(stderr);
  return JSON.parse(stdout);
}

/** Kinds of declarations that an overview need not name: what it names leads to them. */
const TYPES: readonly string[] = ["interface", "typeAlias"];

/** What is wrong with an entry, a line each. */
export function entryFaults(module: string, { nodes }: Documentation): string[] {
  const faults: string[] = [];
  for (const { module_doc, symbols = [] } of Object.values(nodes)) {
    const names = new Set(symbols.map(({ name }) => name));
    if (module === "mod.ts" && names.size > MOST) {
      faults.push(`mod.ts exports ${names.size} names, ${MOST} at most: ${[...names].join(" ")}`);
    }
    const missing = symbols.filter(({ name, declarations }) =>
      declarations.some(({ kind }) => !TYPES.includes(kind)) &&
      !module_doc?.doc?.includes(`{@linkcode ${name}}`)
    );
    for (const { name } of missing) {
      faults.push(`${module}: the overview, its module's documentation, has no link to ${name}`);
    }
  }
  return faults;
}

if (import.meta.main) {
  Deno.chdir(fileURLToPath(new URL("../../../", import.meta.url)));
  const faults = await Promise.all(
    PUBLISHED.map(async (module) => entryFaults(module, await documentationOf(module))),
  );
  for (const fault of faults.flat()) {
    console.error(fault);
    Deno.exitCode = 1;
  }
}
