/**
 * How many lcores DPDK can have in this process. That differs by build: 128 on x86-64, 256 on
 * Debian's arm64.
 *
 * @module
 */

import { limits } from "../boundary/bounds.ts";
import { loadedEalTable } from "../boundary/library.ts";

let known: number | undefined;

/** `RTE_MAX_LCORE`: lcore ids are below it. */
export function maxLcores(): number {
  return known ??= loadedEalTable()?.lcores ?? limits().lcores;
}
