/**
 * What a running primary's shared memory holds, as `cmd/inspect` tells it.
 *
 * @module
 */

import type { Prefix } from "./prefix.ts";
import { PATIENCE } from "./process.ts";
import { program } from "./program.ts";

/** The part of inspect's report that tests look at. */
export interface Inspection {
  /** Every ring. */
  rings: { name: string; used: number }[];
  /** Every mempool. */
  mempools: { name: string; size: number; available: number; inUse: number }[];
}

/** Runs `inspect --json` on the primary of a prefix. */
export async function inspect(prefix: Prefix): Promise<Inspection> {
  const process = prefix.spawn("inspect", program("inspect"), [
    "--file-prefix",
    prefix.name,
    "--json",
  ]);
  await process.closeStdin();
  const { code } = await process.ended();
  if (code !== 0) throw new Error(`inspect ended with status ${code}: ${process.stderr}`);
  return JSON.parse(process.stdout) as Inspection;
}

/** Where the messages of a simple_mp pair are. */
export interface Accounts {
  /** Elements in the pool, its caches included. */
  available: number;
  /** Messages in the two rings. */
  inRings: number;
  /** Elements of the pool in all. */
  size: number;
  /** Elements that are nowhere. */
  lost: number;
}

/**
 * Counts them when none is in a ring or on its way, or after long enough. A receiver prints a message
 * before it puts it back, and the C sample may lose its CPU in between.
 */
export async function settledAccounts(prefix: Prefix): Promise<Accounts> {
  for (const end = performance.now() + PATIENCE;;) {
    const found = await accounts(prefix);
    if ((found.inRings === 0 && found.lost === 0) || performance.now() > end) return found;
  }
}

/** Counts the elements of simple_mp's pool. */
export async function accounts(prefix: Prefix): Promise<Accounts> {
  const { rings, mempools } = await inspect(prefix);
  const pool = mempools.find(({ name }) => name === "MSG_POOL");
  if (!pool) throw new Error("inspect shows no MSG_POOL");
  const used = (wanted: string) => {
    const ring = rings.find(({ name }) => name === wanted);
    if (!ring) throw new Error(`inspect shows no ring ${wanted}`);
    return ring.used;
  };
  const inRings = used("PRI_2_SEC") + used("SEC_2_PRI");
  const { available, size } = pool;
  return { available, inRings, size, lost: size - available - inRings };
}
