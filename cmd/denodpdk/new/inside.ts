/**
 * What the compiled file has inside for new scripts. From source it is where it is made of.
 *
 * @module
 */

/** What is written by `deno task compile`. */
export interface Inside {
  /** The texts of the scripts of `cmd/scripts`, by their names. */
  scripts: Record<string, string>;
  /** The declarations of the library, by their paths; their imports end in `.js`. */
  declarations: Record<string, string>;
}

let read: Inside | undefined;

/** What a compiled file has inside. */
export function inside(): Inside {
  return read ??= JSON.parse(Deno.readTextFileSync(new URL("./inside.json", import.meta.url)));
}

const FOLDER = new URL("../../scripts/", import.meta.url);

/** The scripts, by their names. */
export function scripts(): Record<string, string> {
  if (Deno.build.standalone) return inside().scripts;
  const files = [...Deno.readDirSync(FOLDER)].filter(({ name }) => name.endsWith(".ts"));
  return Object.fromEntries(
    files.map(({ name }) => [name.slice(0, -3), Deno.readTextFileSync(new URL(name, FOLDER))]),
  );
}
