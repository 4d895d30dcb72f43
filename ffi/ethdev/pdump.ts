/**
 * Capture by DPDK's own tools: `rte_pdump.h`.
 *
 * @module
 */

import { ENOTSUP } from "../boundary/constants.ts";
import { log, LogLevel } from "../log.ts";
import { errnoTexts } from "../boundary/native.ts";
import { shim } from "../boundary/library.ts";

let allowed = false;

/**
 * Lets `dpdk-pdump` and `dpdk-dumpcap` capture on the ports of this process, a primary:
 * `rte_pdump_init`. That needs 4 MB of shared memory; a process that cannot have it goes on
 * without. A second call does nothing.
 */
export function allowCapture(): void {
  if (allowed) return;
  const result = shim().shim_pdump_init();
  allowed = result >= 0;
  if (allowed || result === -ENOTSUP) return;
  log(LogLevel.WARNING, `dpdk-dumpcap cannot capture here: ${errnoTexts(-result).reason}`);
}

/** Ends the possibility to capture on this process's ports: `rte_pdump_uninit`. */
export function endCapture(): void {
  if (allowed) shim().shim_pdump_uninit();
  allowed = false;
}
