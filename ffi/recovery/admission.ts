/**
 * When a process may use the mempool caches of its lcores: not before the elements that a killed
 * process left in them have been taken out.
 *
 * @module
 */

import { DpdkError } from "../boundary/errors.ts";
import { secondariesOf } from "../host/liveness.ts";
import { shim } from "../boundary/library.ts";

/** Milliseconds between two looks; below, the most milliseconds of all looks together. */
const PERIOD = 2;
const PATIENCE = 30_000;

/**
 * Whether the mender still has to empty the caches of a dead process that kept no journal; such a
 * process's socket is still in the runtime folder.
 */
function hasUnsettledForeigner(folder: string): boolean {
  return shim().shim_journal_mended() === 1 &&
    secondariesOf(folder).some(({ ownPid, life }) =>
      life === "dead" && !shim().shim_journal_knows(ownPid)
    );
}

/**
 * Waits, blocking this thread, until the caches of this process's lcores contain nothing of a
 * killed process.
 *
 * @param folder The runtime folder.
 * @param option The option by which the lcores were chosen.
 * @throws {DpdkError} EBUSY when that takes long, because another update must be finished before.
 */
export function awaitAdmission(folder: string, option: string): void {
  const sleep = new Int32Array(new SharedArrayBuffer(4));
  const end = performance.now() + PATIENCE;
  for (;;) {
    const dead = hasUnsettledForeigner(folder) ? -1 : shim().shim_journal_admit();
    if (dead === 0) return;
    if (performance.now() > end) {
      const name = dead > 0 ? `process ${dead}` : "a process";
      throw new DpdkError({
        operation: option || "lcores",
        code: "EBUSY",
        reason: `${name} that had them was killed, and what it began is not finished`,
        hint: "the process that mends says what it waits for; use other lcores meanwhile",
      });
    }
    Atomics.wait(sleep, 0, 0, PERIOD);
  }
}
