/**
 * `deno task check`, step "clocks": no wait may depend on the wall clock, which can be set, by hand
 * or by NTP. The wall clock is for ages of files and for names.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { modules } from "./paths.ts";

/** Code that computes a future moment from the wall clock, or compares one with it. */
const WALL_CLOCK =
  /Date\.now\(\)\s*[<>+]|[<>]=?\s*Date\.now\(\)|(?:start|begin|since)\w* = Date\.now\(\)/;

/** The numbers of the lines that wait by the wall clock. */
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
