/**
 * `deno task check`, step "clocks": no wait ends by the clock of the wall, which somebody may set, by
 * hand or with NTP. Ages of files are measured by it, and names are made of it.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { modules } from "./paths.ts";

/** Where a moment to come is reckoned from the clock, or compared with it. */
const WALL_CLOCK =
  /Date\.now\(\)\s*[<>+]|[<>]=?\s*Date\.now\(\)|(?:start|begin|since)\w* = Date\.now\(\)/;

/** The numbers of the lines that wait by the clock of the wall. */
export function wallClockWaits(text: string): number[] {
  return text.split("\n").flatMap((line, i) => WALL_CLOCK.test(line) ? [i + 1] : []);
}

if (import.meta.main) {
  Deno.chdir(fileURLToPath(new URL("../../../", import.meta.url)));
  for (const path of ["cmd", "ffi", "tests"].flatMap((folder) => [...modules(folder)])) {
    if (path === "tests/tools/check/clocks_test.ts") continue;
    for (const line of wallClockWaits(Deno.readTextFileSync(path))) {
      console.error(`${path}:${line}: somebody may set this clock: use performance.now()`);
      Deno.exitCode = 1;
    }
  }
}
