/**
 * When a process may use the mempool caches of its lcores: not before it is settled what a killed one
 * left there.
 *
 * @module
 */

import { DpdkError } from "../boundary/errors.ts";
import { secondariesOf } from "../host/liveness.ts";
import { shim } from "../boundary/library.ts";

/** How often it is looked, and for how long at most, in milliseconds. */
const PERIOD = 2;
const PATIENCE = 30_000;

/** Whether the mender still has to settle a process that kept no journal: its socket is there. */
function hasUnsettledForeigner(folder: string): boolean {
  return shim().shim_journal_mended() === 1 &&
    secondariesOf(folder).some(({ ownPid, life }) =>
      life === "dead" && !shim().shim_journal_knows(ownPid)
    );
}

/**
 * Waits, blocking this thread, until nothing doubtful is left in the caches of this process's lcores.
 *
 * @param folder The runtime folder.
 * @param option The option by which the lcores were chosen.
 * @throws {DpdkError} EBUSY when that takes long, because something else has to come first.
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
