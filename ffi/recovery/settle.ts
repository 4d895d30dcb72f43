/**
 * Empties the mempool caches of a killed process's lcores: see `libshim/surgery/settle.c`.
 *
 * @module
 */

import { shim } from "../boundary/library.ts";
import type { Mempool } from "../mempool.ts";
import { UINT32_MAX } from "../boundary/constants.ts";
import { toPointer, unwrap } from "../boundary/native.ts";

/** A process that has ended, in whatever way. */
export interface DeadProcess {
  /** The lcores that the process had. */
  lcores: readonly number[];
  /**
   * Whether the process wrote the journal: each of its caches was then emptied in the same moment
   * in which it was flushed.
   */
  tells: boolean;
}

/** What {@linkcode Settler} must know to tell which elements are certain. */
export interface SettleOptions {
  /** The pools whose caches processes may have used. */
  pools: readonly Mempool[];
  /**
   * The most elements that any thread, drivers included, puts back at once. Where left out, no
   * element in a cache is certain.
   */
  largestPut?: number;
}

/** Elements that only this process has. */
interface Hand {
  ring: Deno.PointerObject;
  objs: BigUint64Array<ArrayBuffer>;
}

/**
 * Empties the caches of lcores whose process is dead, before another process has these lcores.
 * Elements that were certainly in a cache are given back. The others are lost until an audit gives
 * them back.
 *
 * The settler never waits: elements that cannot be given back at once, because a put is under way,
 * stay with it.
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

  /**
   * How many elements were taken out of caches and not given back, because they may be in a second
   * place.
   */
  get doubtful(): number {
    return this.#doubtful;
  }

  /** How many caches were emptied whose elements are not given back yet. */
  get inHand(): number {
    return this.#hands.length;
  }

  /** Empties the caches of a dead process that left no update of a pool unfinished. */
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

  /** Gives back the elements that it still has. Returns whether none is left. */
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
