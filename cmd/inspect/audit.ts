/**
 * `--audit` and `--repair`: where the elements of each pool are.
 *
 * @module
 */

import { setTimeout as delay } from "node:timers/promises";
import { DpdkError, Mempool } from "../../mod.ts";
import type { MempoolAudit, MempoolLook } from "../../ffi/recovery/recovery.ts";

/** What is shown for a pool that cannot be audited. */
export interface NotAudited {
  /** Name of the pool. */
  name: string;
  /** Elements in all. */
  size: number;
  /** Why the pool cannot be audited. */
  error: string;
}

/**
 * How many looks must find a pool unchanged before it is repaired; below, the milliseconds between
 * two looks.
 */
const LOOKS = 5;
const PAUSE = 100;

function auditOf(name: string, size: number): MempoolLook | NotAudited | undefined {
  try {
    return Mempool.look(name);
  } catch (error) {
    if (!(error instanceof DpdkError)) throw error;
    // freed meanwhile
    return error.code === "ENOENT" ? undefined : { name, size, error: error.message };
  }
}

/** Audits every pool of the primary. */
export function auditAll(): (MempoolLook | NotAudited)[] {
  return Mempool.list().map(({ name, size }) => auditOf(name, size)).filter((it) =>
    it !== undefined
  );
}

/**
 * Gives back the lost elements of a pool. It cannot be known here whether all users of the pool
 * have stopped; elements that do not move are a sign.
 *
 * @throws {DpdkError} ENOENT without such a pool, EBUSY while its elements move, ENOTSUP.
 */
export async function repair(name: string): Promise<MempoolAudit> {
  using pool = Mempool.lookup(name);
  const picture = () => JSON.stringify([pool.isTorn, pool.audit()]);
  const first = picture();
  for (let i = 1; i < LOOKS; i++) {
    await delay(PAUSE);
    if (picture() === first) continue;
    throw new DpdkError({
      operation: `repair of mempool ${name}`,
      code: "EBUSY",
      reason: "a process is using it: its elements move",
      hint: "stop all that use the pool",
    });
  }
  return pool.audit({ repair: true });
}
