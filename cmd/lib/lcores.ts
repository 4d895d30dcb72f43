/**
 * How the programs end their lcores.
 *
 * @module
 */

import { endNow } from "../../ffi/supervise/ending.ts";
import type { LcoreWorker } from "../../mod.ts";
import { complain } from "./stdout.ts";

/** How long lcores may take to end, in milliseconds; they take 10. */
const STOP_LIMIT = 5_000;

/** Asks lcores to end and waits for it, also where one failed; one that does not ends the program. */
export async function stopLcores(name: string, workers: readonly LcoreWorker[]): Promise<void> {
  for (const worker of workers) worker.stop();
  const late = setTimeout(() => {
    complain(`${name}: an lcore does not end`);
    endNow(1);
  }, STOP_LIMIT);
  await Promise.allSettled(workers.map(({ done }) => done));
  clearTimeout(late);
}
