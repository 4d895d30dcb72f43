/**
 * The types of the library, for editors in a folder where there is no checkout.
 *
 * @module
 */

import { inside } from "./inside.ts";
import { ENTRIES } from "../script/entries.ts";

/** The folder for the types, beside the script. */
const FOLDER = ".denodpdk";

/** The path of an entry's module below a folder, without its end. */
function stemOf(entry: URL): string {
  const root = new URL("../../../", import.meta.url).href;
  return entry.href.slice(root.length).replace(/\.[jt]s$/, "");
}

/** What `imports` of a `deno.json` must be. */
export function importsOf(): Record<string, string> {
  const modules = Object.entries(ENTRIES).map(([name, entry]) => [
    name,
    Deno.build.standalone ? `./${FOLDER}/${stemOf(entry)}.js` : entry.href,
  ]);
  return Object.fromEntries(modules);
}

/**
 * What stands in the place of an entry: it has types and no code. It has the names, so that
 * `deno run` of the script says what is thrown here, and not that a name is missing.
 */
async function placeholder(entry: URL): Promise<string> {
  const stem = stemOf(entry);
  const names = Object.keys(await import(entry.href));
  const declaration = `./${stem.slice(stem.lastIndexOf("/") + 1)}.d.ts`;
  return `// @ts-self-types="${declaration}"
export let ${names.join(", ")};
throw new TypeError("these are the types of denodpdk alone: run the script by \`denodpdk run\`");
`;
}

function put(path: string, text: string): void {
  const file = `${FOLDER}/${path}`;
  Deno.mkdirSync(file.slice(0, file.lastIndexOf("/")), { recursive: true });
  Deno.writeTextFileSync(file, text);
}

/** Writes the types beside the script, where this program carries them. */
export async function writeTypes(): Promise<void> {
  if (!Deno.build.standalone) return;
  for (const [path, text] of Object.entries(inside().declarations)) {
    put(path, text.replace(/(\bfrom |\bimport\()"(\.[^"]+)\.js"/g, '$1"$2.d.ts"'));
  }
  for (const entry of Object.values(ENTRIES)) {
    put(`${stemOf(entry)}.js`, await placeholder(entry));
  }
}
