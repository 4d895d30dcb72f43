/**
 * `dist/SHA256SUMS`: the digests of what is there, as `sha256sum --check` reads them.
 *
 * @module
 */

import { exists } from "../../../ffi/host/exists.ts";
import { sha256 } from "./digest.ts";

/** Lists those of these files of a folder that are there. */
export async function writeSums(folder: string, names: readonly string[]): Promise<void> {
  let lines = "";
  for (const name of names.filter((name) => exists(`${folder}/${name}`))) {
    lines += `${await sha256(Deno.readFileSync(`${folder}/${name}`))}  ${name}\n`;
  }
  Deno.writeTextFileSync(`${folder}/SHA256SUMS`, lines);
}
