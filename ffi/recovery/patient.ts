/**
 * Rings and pools whose calls have a time limit: DPDK's own calls wait without limit for a process
 * that was stopped or killed in the middle of an update.
 *
 * @module
 */

import { delayUsSleep } from "../cycles.ts";
import type { Mempool } from "../mempool.ts";
import type { Objects } from "../objects.ts";
import type { Ring } from "../ring.ts";

/** How long the thread sleeps between two looks, in microseconds. */
const PERIOD = 5;

/**
 * Waits until no process is in the middle of an update.
 *
 * @param patience the most microseconds to wait; with 0, one look decides.
 * @returns whether no process is.
 */
function settles(shared: Ring | Mempool, patience: number): boolean {
  for (let waited = 0; shared.isTorn; waited += PERIOD) {
    if (waited >= patience) return false;
    delayUsSleep(PERIOD);
  }
  return true;
}

/**
 * A ring whose calls have a time limit. A plain {@linkcode Ring} waits without limit when another
 * process is stopped, or was killed, in the middle of an update of the ring; this one gives up and
 * changes nothing. It does not own the ring.
 *
 * @example
 * ```ts
 * import { Objects, Ring } from "denodpdk";
 * import { PatientRing } from "denodpdk/recovery";
 *
 * const ring = new PatientRing(Ring.lookup("PRI_2_SEC"), 10_000);
 * const messages = new Objects(32);
 * const n = ring.dequeueBurst(messages);
 * ```
 */
export class PatientRing {
  readonly #ring: Ring;
  readonly #patience: number;

  /**
   * Wraps a ring of the caller's.
   *
   * @param patience the most microseconds that a call waits; with 0 it looks once.
   */
  constructor(ring: Ring, patience: number) {
    this.#ring = ring;
    this.#patience = patience;
  }

  /**
   * Enqueues the first object of a table: `rte_ring_enqueue`.
   *
   * @returns false when the ring is full, or the time limit has passed; the caller keeps the
   * object.
   * @throws {DpdkError} EBADF when the ring was disposed of.
   */
  enqueue(objects: Objects): boolean {
    return settles(this.#ring, this.#patience) && this.#ring.enqueue(objects);
  }

  /**
   * Dequeues up to `count` objects into the first places of a table: `rte_ring_dequeue_burst`.
   *
   * @param count the whole size of the table where left out.
   * @returns the number of objects dequeued; 0 also when the time limit has passed.
   * @throws {DpdkError} EBADF when the ring was disposed of.
   */
  dequeueBurst(objects: Objects, count: number = objects.length): number {
    return settles(this.#ring, this.#patience) ? this.#ring.dequeueBurst(objects, count) : 0;
  }
}

/**
 * A pool whose calls have a time limit. A plain {@linkcode Mempool} waits without limit when
 * another process is stopped, or was killed, in the middle of an update of the pool's ring; this
 * one gives up and changes nothing. It does not own the pool.
 *
 * @example
 * ```ts
 * import { Mempool, Objects } from "denodpdk";
 * import { PatientMempool } from "denodpdk/recovery";
 *
 * const pool = new PatientMempool(Mempool.lookup("MSG_POOL"), 10_000);
 * const message = new Objects(1);
 * if (pool.get(message)) pool.put(message);
 * ```
 */
export class PatientMempool {
  readonly #pool: Mempool;
  readonly #patience: number;

  /**
   * Wraps a pool of the caller's.
   *
   * @param patience the most microseconds that a call waits; with 0 it looks once.
   */
  constructor(pool: Mempool, patience: number) {
    this.#pool = pool;
    this.#patience = patience;
  }

  /** Whether a call could go through now, because no process is in the middle of an update. */
  get isSettled(): boolean {
    return settles(this.#pool, this.#patience);
  }

  /**
   * Takes one element from the pool into place 0 of a table: `rte_mempool_get`. The caller owns it
   * then.
   *
   * @returns false when the pool is empty, or the time limit has passed.
   * @throws {DpdkError} EBADF when the pool was disposed of.
   */
  get(objects: Objects): boolean {
    return this.isSettled && this.#pool.get(objects);
  }

  /**
   * Puts the first `count` elements of a table back into the pool: `rte_mempool_put_bulk`.
   *
   * @param count 1 where left out.
   * @returns false when the time limit has passed; the caller keeps the elements.
   * @throws {DpdkError} EBADF when the pool is disposed.
   */
  put(objects: Objects, count = 1): boolean {
    if (!this.isSettled) return false;
    this.#pool.putBulk(objects, count);
    return true;
  }
}
