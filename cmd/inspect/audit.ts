/**
 * `--audit` and `--repair`: where the elements of each pool are.
 *
 * @module
 */

import { DpdkError, Mempool, type MempoolAudit } from "../../mod.ts";

/** A pool and what its audit found. */
export interface PoolAudit extends MempoolAudit {
  /** Name of the pool. */
  name: string;
  /** Elements in all. */
  size: number;
  /** Whether a process is in the middle of an update of the pool's ring, or was killed there. */
  torn: boolean;
}

/** What is told of a pool that has no ring to look into. */
export interface NotAudited {
  /** Name of the pool. */
  name: string;
  /** Elements in all. */
  size: number;
  /** Why not. */
  error: string;
}

/** How often a pool must look the same before it is repaired, and the milliseconds between. */
const LOOKS = 5;
const PAUSE = 100;

function auditOf(name: string, size: number): PoolAudit | NotAudited {
  try {
    using pool = Mempool.lookup(name);
    return { name, size, torn: pool.torn, ...pool.audit() };
  } catch (error) {
    if (error instanceof DpdkError) return { name, size, error: error.message };
    throw error;
  }
}

/** Audits every pool of the primary. */
export function auditAll(): (PoolAudit | NotAudited)[] {
  return Mempool.list().map(({ name, size }) => auditOf(name, size));
}

/**
 * Gives back what is lost of one pool. That its users have all stopped cannot be known here; that
 * its elements do not move is a sign.
 *
 * @throws {DpdkError} ENOENT without such a pool, EBUSY while its elements move, ENOTSUP.
 */
export async function repair(name: string): Promise<MempoolAudit> {
  using pool = Mempool.lookup(name);
  const picture = () => JSON.stringify([pool.torn, pool.audit()]);
  const first = picture();
  for (let i = 1; i < LOOKS; i++) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
    if (picture() === first) continue;
    throw new DpdkError({
      operation: `repair of mempool ${name}`,
      code: "EBUSY",
      reason: "its elements move, so somebody uses it",
      hint: "stop all that use the pool",
    });
  }
  return pool.audit({ repair: true });
}
