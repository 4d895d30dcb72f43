/**
 * How the programs end their lcores.
 *
 * @module
 */

import { endNow } from "../../ffi/supervise/ending.ts";
import type { LcoreWorker } from "../../mod.ts";
import { complain } from "./stdout.ts";

/** How often it is looked whether they have ended, and the milliseconds in between; they take 10. */
const LOOKS = 100;
const PERIOD = 50;

/** Asks lcores to end and waits for it, also where one failed; one that does not ends the program. */
export async function stopLcores(
  name: string,
  workers: readonly LcoreWorker[],
  { looks = LOOKS, end = endNow }: { looks?: number; end?: (status: number) => void } = {},
): Promise<void> {
  for (const worker of workers) worker.stop();
  // looks, not time: while all of this process stands still, its lcores cannot end
  const late = setInterval(() => {
    if (--looks !== 0) return;
    complain(`${name}: an lcore does not end`);
    end(1);
  }, PERIOD);
  await Promise.allSettled(workers.map(({ done }) => done));
  clearInterval(late);
}
