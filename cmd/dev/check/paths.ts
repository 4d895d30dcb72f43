/**
 * `deno task check`, step "paths": no path is taken from a file's URL as it stands there. In a
 * checkout below `a b/ü` that would be `a%20b/%C3%BC`, where nothing is.
 *
 * @module
 */

import { fileURLToPath } from "node:url";

/**
 * Code that takes a path out of a URL, or makes a URL of a path, without decoding or encoding it.
 */
const CARELESS = [
  [/\.pathname\b/, "a file's URL writes its path differently: use fileURLToPath"],
  [/file:\/\/\$\{/, "a path is written differently in a URL: use pathToFileURL"],
] as const;

/** What is wrong with a module's text, a line each: its number, and what to use. */
export function carelessPaths(text: string): string[] {
  return text.split("\n").flatMap((line, i) =>
    CARELESS.filter(([pattern]) => pattern.test(line)).map(([, what]) => `${i + 1}: ${what}`)
  );
}

/** All modules of a folder. */
export function* modules(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory) yield* modules(`${folder}/${name}`);
    else if (name.endsWith(".ts")) yield `${folder}/${name}`;
  }
}

if (import.meta.main) {
  Deno.chdir(fileURLToPath(new URL("../../../", import.meta.url)));
  for (const path of ["cmd", "ffi", "tests"].flatMap((folder) => [...modules(folder)])) {
    // this module has to name them
    if (path === "cmd/dev/check/paths.ts") continue;
    for (const wrong of carelessPaths(Deno.readTextFileSync(path))) {
      console.error(`${path}:${wrong}`);
      Deno.exitCode = 1;
    }
  }
}
