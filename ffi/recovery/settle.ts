/**
 * What a killed process left in the mempool caches of its lcores: see `libshim/surgery/settle.c`.
 *
 * @module
 */

import { shim } from "../boundary/library.ts";
import type { Mempool } from "../mempool.ts";
import { UINT32_MAX } from "../boundary/constants.ts";
import { toPointer, unwrap } from "../boundary/native.ts";

/** A process that has ended, however. */
export interface DeadProcess {
  /** The lcores that it had. */
  lcores: readonly number[];
  /** Whether it kept the journal: its caches were emptied in the same moment as they were flushed. */
  tells: boolean;
}

/** How {@linkcode Settler} knows what is certain. */
export interface SettleOptions {
  /** The pools whose caches processes may have used. */
  pools: readonly Mempool[];
  /**
   * The most elements that any thread puts back at once, drivers included; any number where left out,
   * and then of what is in a cache nothing is certain.
   */
  largestPut?: number;
}

/** Elements that are in this process's hands alone. */
interface Hand {
  ring: Deno.PointerObject;
  objs: BigUint64Array<ArrayBuffer>;
}

/**
 * Empties the caches of lcores whose process is dead, before anybody has these lcores again. What
 * surely was there is given back; the rest is nowhere, until an audit gives it back.
 *
 * It never waits for anybody: what cannot be given back at once, since somebody is in the middle of
 * a put, stays in hand.
 */
export class Settler {
  readonly #pools: readonly Mempool[];
  readonly #largestPut: number;
  #hands: Hand[] = [];
  #doubtful = 0;

  constructor({ pools, largestPut = UINT32_MAX }: SettleOptions) {
    this.#pools = pools;
    this.#largestPut = largestPut;
  }

  /** How many elements were taken out of caches and are nowhere, since there may be two of them. */
  get doubtful(): number {
    return this.#doubtful;
  }

  /** How many caches were emptied whose elements are still in hand. */
  get inHand(): number {
    return this.#hands.length;
  }

  /** Empties the caches of a process that is dead, and has nothing unfinished in any pool. */
  settle({ lcores, tells }: DeadProcess): void {
    const objs = new BigUint64Array(shim().shim_mempool_cache_room());
    const doubtful = new Uint32Array(1);
    for (const pool of this.#pools) {
      for (const lcore of lcores) {
        const count = unwrap(
          `cache of lcore ${lcore} in mempool ${pool.name}`,
          shim().shim_mempool_cache_take(
            pool.pointer,
            lcore,
            this.#largestPut,
            Number(!tells),
            objs,
            doubtful,
          ),
        );
        this.#doubtful += doubtful[0] ?? 0;
        if (count > 0) this.#hands.push({ ring: ringOf(pool), objs: objs.slice(0, count) });
      }
    }
    this.give();
  }

  /** Gives back what is in hand; whether all of it has gone. */
  give(): boolean {
    this.#hands = this.#hands.filter(({ ring, objs }) =>
      shim().shim_mend_give(ring, objs, objs.length) === 0
    );
    return this.#hands.length === 0;
  }
}

/** The ring that a pool keeps its elements in. */
function ringOf(pool: Mempool): Deno.PointerObject {
  const out = new BigUint64Array(1);
  unwrap(`ring of mempool ${pool.name}`, shim().shim_mend_pool_ring(pool.pointer, out));
  return toPointer(out[0]);
}
