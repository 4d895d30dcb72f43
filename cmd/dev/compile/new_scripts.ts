/**
 * What `denodpdk new` writes: scripts, and declarations of the library for editors.
 *
 * @module
 */

import type { Inside } from "../../denodpdk/new/inside.ts";
import { scripts } from "../../denodpdk/new/inside.ts";
import { declarations } from "../pack/types.ts";
import { ENTRIES } from "./library.ts";
import { ROOT, type StagedFile } from "./target.ts";

/** The file from which it takes both. */
export async function newScripts(): Promise<StagedFile> {
  const made = await declarations(ROOT, [...ENTRIES.values()]);
  const inside: Inside = {
    scripts: scripts(),
    declarations: Object.fromEntries(made.map(({ path, text }) => [path, text])),
  };
  return { path: "cmd/denodpdk/new/inside.json", text: JSON.stringify(inside) };
}
