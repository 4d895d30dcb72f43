/**
 * What a dead process left in the caches of its lcores.
 *
 * @module
 */

import type { Mempool } from "../mempool.ts";
import type { Peer } from "./peers.ts";

/**
 * Called by the mender once all that a dead process began in shared rings is finished, and before
 * anybody is told. A flush of a process of ours has emptied the cache before its elements are in the
 * pool's ring, so that what is in the cache is nowhere else, but for the objects of the last put,
 * which may not have been copied yet.
 *
 * @returns lines for the user.
 */
export function settleCaches(_pools: readonly Mempool[], _dead: Peer): string[] {
  return [];
}
