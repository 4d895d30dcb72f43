/**
 * Gives elements back that killed processes held: while no living process holds any, an element
 * that is in no pool, cache or ring is lost.
 *
 * @module
 */

import type { Eal } from "../eal.ts";
import { type ProcessName, processName } from "../host/machine.ts";
import type { Mempool } from "../mempool.ts";
import { FairPatience } from "./fair_patience.ts";
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
  /** The audit was made: `lost` elements were found nowhere, and are in their pools again. */
  | { done: true; lost: number }
  /**
   * The audit was not made, and nothing was changed. `waitsFor` are processes that hold elements or
   * may hold some: they do not take part, or were asked to come out and did not. It is empty while
   * another process makes an audit.
   */
  | { done: false; asked: boolean; waitsFor: ProcessName[] };

/** The other processes that live or may live and do not take part, so that they cannot be asked. */
function strangersTo(eal: Eal, quiesce: Quiesce): ProcessName[] {
  const known = quiesce.pids();
  const strangers = eal.secondaries().filter(({ pid }) => !known.has(pid));
  if (eal.processType === "primary" || !eal.isPrimaryAlive || quiesce.hasPrimary) return strangers;
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
          // a process that came during the audit may have taken what was not found. One that comes
          // later takes long to start: it can be seen long before it uses anything
          late = strangers();
          if (late.length > 0 || !commit()) return false;
          lost += found.lost;
          return true;
        },
      });
    }
  }, new FairPatience());
  if (quiet.quiet && late.length === 0) return { done: true, lost };
  if (quiet.quiet) return { done: false, asked: false, waitsFor: late };
  const waitsFor = quiet.inside.map((pid) => ({ pid, name: processName(pid) }));
  return { done: false, asked: true, waitsFor };
}
