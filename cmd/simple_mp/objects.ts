/**
 * What two simple_mp processes share, as the C sample names and sizes it.
 *
 * @module
 */

import { Mempool, Ring } from "../../ffi/core.ts";
import type { Participant } from "../../ffi/recovery/recovery.ts";
import { MSG_POOL, PRI_2_SEC, SEC_2_PRI } from "./names.ts";

const RING_SIZE = 64;
const POOL_SIZE = 1024;
const POOL_CACHE = 32;
/** `STR_TOKEN_SIZE`: bytes of a message with its NUL. */
const STRING_SIZE = 128;

/** A process's view of the shared objects. */
export interface Shared {
  /** The ring to send to. */
  sendRing: Ring;
  /** The ring to receive from. */
  recvRing: Ring;
  /** Where messages come from and go back to. */
  pool: Mempool;
  /**
   * The sender's part in the quiesce table, by which it says that it may hold a message; undefined
   * before recovery runs.
   */
  sender?: Participant;
}

/**
 * Primary: creates the objects. They are never freed: at the primary's end they stay for a
 * secondary that is still running, as in C.
 */
export function createObjects(socket: number): Shared {
  return {
    sendRing: Ring.create(PRI_2_SEC, RING_SIZE, { socket }),
    recvRing: Ring.create(SEC_2_PRI, RING_SIZE, { socket }),
    pool: Mempool.create(MSG_POOL, POOL_SIZE, STRING_SIZE, { cacheSize: POOL_CACHE, socket }),
  };
}

/** Secondary: looks up the objects. It receives from the ring to which the primary sends. */
export function lookupObjects(): Shared {
  return {
    recvRing: Ring.lookup(PRI_2_SEC),
    sendRing: Ring.lookup(SEC_2_PRI),
    pool: Mempool.lookup(MSG_POOL),
  };
}
