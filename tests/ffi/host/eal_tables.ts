/**
 * What the EALs of several versions know, as they told it where they are installed: see
 * `eal_tables/README.md`.
 *
 * @module
 */

import type { EalTable } from "../../../ffi/host/eal_table.ts";

function read(version: string): EalTable {
  return JSON.parse(
    Deno.readTextFileSync(new URL(`./eal_tables/${version}.json`, import.meta.url)),
  );
}

/** Of Debian 12. */
export const EAL_22_11 = read("22.11");
/** Of Debian 13. */
export const EAL_24_11 = read("24.11");
/** Of Debian sid: the first one that parses with rte_argparse. */
export const EAL_25_11 = read("25.11");
