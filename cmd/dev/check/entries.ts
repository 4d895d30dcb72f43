/**
 * `deno task check`, step "entries": `mod.ts` has few names, so that a reader of its documentation
 * finds what a packet program needs. What fewer programs need is in other entries of `deno.json`.
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

/** What is used of the output of `deno doc --json`. */
interface Documentation {
  nodes: Record<string, { symbols?: { name: string }[] }>;
}

/** The names that a module exports. */
async function namesOf(module: string): Promise<string[]> {
  const args = ["doc", "--json", module];
  const { stdout, success, stderr } = await runToEnd(Deno.execPath(), args);
  if (!success) throw new Error(stderr);
  const { nodes }: Documentation = JSON.parse(stdout);
  return Object.values(nodes).flatMap(({ symbols = [] }) => symbols.map(({ name }) => name));
}

if (import.meta.main) {
  Deno.chdir(fileURLToPath(new URL("../../../", import.meta.url)));
  const names = new Set(await namesOf("mod.ts"));
  if (names.size > MOST) {
    console.error(`mod.ts exports ${names.size} names, ${MOST} at most: ${[...names].join(" ")}`);
    Deno.exitCode = 1;
  }
}
