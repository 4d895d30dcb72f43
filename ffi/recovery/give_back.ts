/**
 * How elements that killed processes held come back: those that are nowhere while nobody holds any.
 *
 * @module
 */

import type { Eal } from "../eal.ts";
import { type ProcessName, processName } from "../host/machine.ts";
import type { Mempool } from "../mempool.ts";
import type { Quiesce } from "./quiesce.ts";

/** What {@linkcode giveBackLost} needs to know. */
export interface GiveBackOptions {
  /** The EAL of this process. */
  eal: Eal;
  /** The table of all threads that may hold elements. */
  quiesce: Quiesce;
  /** The pools to audit. */
  pools: readonly Mempool[];
  /** Names of the rings that may hold elements; all rings of the primary where left out. */
  rings?: readonly string[];
}

/** What came of {@linkcode giveBackLost}. */
export type GivenBack =
  /** How many elements were nowhere, and are in their pools again. */
  | { done: true; lost: number }
  /**
   * Nothing is known, and nothing was changed. The processes that hold elements, or may: they do not
   * take part, or were asked to come out and did not; none where another process looks at this moment.
   */
  | { done: false; asked: boolean; waitsFor: ProcessName[] };

/** The processes that live, or may, and that nobody can ask; this one left out. */
function strangersTo(eal: Eal, quiesce: Quiesce): ProcessName[] {
  const known = quiesce.pids();
  const strangers = eal.secondaries().filter(({ pid }) => !known.has(pid));
  if (eal.processType === "primary" || !eal.primaryAlive || quiesce.hasPrimary) return strangers;
  return [{ pid: 0, name: "the primary" }, ...strangers];
}

/**
 * Frees the elements of pools that only killed processes held. It asks all participants to hold
 * nothing for a moment, and does nothing while a process that does not take part lives. Caches of
 * all lcores are emptied into the pools, and rings in which an update was cut short work again.
 *
 * No device may hold elements outside of rings, and no mender may have anything left to finish in
 * the pools ({@linkcode Mender.settled}): the caller sees to both.
 *
 * @example After a process was killed
 * ```ts
 * import { type Eal, Mempool } from "denodpdk";
 * import { giveBackLost, Quiesce } from "denodpdk/recovery";
 *
 * async function afterKill(eal: Eal) {
 *   const pools = [Mempool.lookup("packets")];
 *   const given = await giveBackLost({ eal, quiesce: Quiesce.open(), pools });
 *   console.log(given);
 * }
 * ```
 */
export async function giveBackLost(options: GiveBackOptions): Promise<GivenBack> {
  const { eal, quiesce, pools, rings } = options;
  const strangers = () => strangersTo(eal, quiesce);
  const before = strangers();
  if (before.length > 0) return { done: false, asked: false, waitsFor: before };
  let lost = 0;
  let late: ProcessName[] = [];
  const quiet = await quiesce.attempt((commit) => {
    for (const pool of pools) {
      pool.audit({
        ...(rings ? { rings } : {}),
        repair(found) {
          if (found.lost === 0 && found.strangers === 0) return false;
          // who came during the look may have taken what was not found; all that come later, and do
          // not take part, start for long after they can be seen and before they use anything
          late = strangers();
          if (late.length > 0 || !commit()) return false;
          lost += found.lost;
          return true;
        },
      });
    }
  });
  if (quiet.quiet && late.length === 0) return { done: true, lost };
  if (quiet.quiet) return { done: false, asked: false, waitsFor: late };
  const waitsFor = quiet.inside.map((pid) => ({ pid, name: processName(pid) }));
  return { done: false, asked: true, waitsFor };
}
