/**
 * Derives `ffi/boundary/symbols.ts` from the prototypes of `libshim/shim.h`, so that the two sides of the
 * native boundary cannot drift: `deno task symbols` writes it, `--check` compares.
 *
 * @module
 */

import { flag, readOptions } from "../../lib/options.ts";
import { derive } from "./derive.ts";

const HEADER = new URL("../../../libshim/shim.h", import.meta.url);
const TABLE = new URL("../../../ffi/boundary/symbols.ts", import.meta.url);

function options(): { check: boolean } {
  try {
    return readOptions(Deno.args, { check: flag("--check") });
  } catch (error) {
    console.error(`symbols: ${error instanceof Error ? error.message : error}`);
    Deno.exit(1);
  }
}

const { check } = options();
const expected = derive(Deno.readTextFileSync(HEADER));
if (!check) {
  Deno.writeTextFileSync(TABLE, expected);
} else if (Deno.readTextFileSync(TABLE) !== expected) {
  console.error("ffi/boundary/symbols.ts does not match libshim/shim.h: run `deno task symbols`");
  Deno.exit(1);
}
