/**
 * How the main thread tells the forwarding lcore which clients to feed and whose rings to empty, and
 * knows that it does.
 *
 * @module
 */

/** Words of the shared memory: what the main thread wants, and what the lcore does. */
const WANTED = 0;
const DONE = 1;

/** The bits below are the clients that are fed, those from here on whose ring is emptied. */
const EMPTIED = 16;

/** Before the lcore has looked for the first time. */
const UNSEEN = -1;

/** What the forwarding lcore is to do: a bit for each client. */
export interface Orders {
  /** Feed these. */
  fed: number;
  /** Give back what lies in the rings of these, once. */
  emptied: number;
}

/** Two words that the main thread and the forwarding lcore share. */
export class FeedControl {
  readonly #words: Int32Array<SharedArrayBuffer>;

  /** A control of one's own, or another thread's by its memory. */
  constructor(memory?: SharedArrayBuffer) {
    this.#words = new Int32Array(memory ?? new SharedArrayBuffer(8));
    if (memory === undefined) this.#words[DONE] = UNSEEN;
  }

  /** What a Worker needs to be given. */
  get memory(): SharedArrayBuffer {
    return this.#words.buffer;
  }

  /** Main thread: the clients to feed, and those whose ring is to be empty, from now on. */
  order({ fed, emptied }: Orders): void {
    Atomics.store(this.#words, WANTED, fed | emptied << EMPTIED);
  }

  /** Main thread: whether the lcore does not put anything into a client's ring any more. */
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

  /** Lcore: takes the orders, and follows them in `obey`; they count as done when that returns. */
  obey(obey: (orders: Orders) => void): void {
    const wanted = Atomics.load(this.#words, WANTED);
    obey({ fed: wanted & ((1 << EMPTIED) - 1), emptied: wanted >>> EMPTIED });
    Atomics.store(this.#words, DONE, wanted);
  }
}
