/**
 * The orders of the main thread to the forwarding lcore, which clients to feed and whose rings to
 * empty, and the lcore's answers.
 *
 * @module
 */

/** Words of the shared memory: what the main thread orders, and what the lcore does. */
const WANTED = 0;
const DONE = 1;

/**
 * Bits below this one are the clients to feed; bits from this one on are the clients whose rings to
 * empty.
 */
const EMPTIED = 16;

/** The value before the lcore has looked for the first time. */
const UNSEEN = -1;

/** Orders to the forwarding lcore, with a bit for each client. */
export interface Orders {
  /** The clients to feed. */
  fed: number;
  /** The clients whose rings are to be emptied once; the packets go back to the pool. */
  emptied: number;
}

/** Two words that the main thread and the forwarding lcore share. */
export class FeedControl {
  readonly #words: Int32Array<SharedArrayBuffer>;

  /** A new control, or that of another thread by its memory. */
  constructor(memory?: SharedArrayBuffer) {
    this.#words = new Int32Array(memory ?? new SharedArrayBuffer(8));
    if (memory === undefined) this.#words[DONE] = UNSEEN;
  }

  /** The memory that a Worker is given. */
  get memory(): SharedArrayBuffer {
    return this.#words.buffer;
  }

  /** Main thread: sets which clients to feed, and whose rings to empty, from now on. */
  order({ fed, emptied }: Orders): void {
    Atomics.store(this.#words, WANTED, fed | emptied << EMPTIED);
  }

  /** Main thread: whether the lcore has stopped putting packets into a client's ring. */
  isUnfed(client: number): boolean {
    const bit = 1 << client;
    return (Atomics.load(this.#words, WANTED) & bit) === 0 &&
      (Atomics.load(this.#words, DONE) & bit) === 0;
  }

  /** Main thread: whether the lcore has emptied a client's ring, as it was ordered to. */
  isEmptied(client: number): boolean {
    const done = Atomics.load(this.#words, DONE);
    return done !== UNSEEN && (done & (1 << (client + EMPTIED))) !== 0;
  }

  /** Lcore: true when there are new orders, see {@linkcode FeedControl.orders}. Two plain reads. */
  get changed(): boolean {
    return this.#words[WANTED] !== this.#words[DONE];
  }

  /** Lcore: takes the orders and passes them to `obey`; they count as done when that returns. */
  obey(obey: (orders: Orders) => void): void {
    const wanted = Atomics.load(this.#words, WANTED);
    obey({ fed: wanted & ((1 << EMPTIED) - 1), emptied: wanted >>> EMPTIED });
    Atomics.store(this.#words, DONE, wanted);
  }
}
