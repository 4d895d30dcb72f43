/**
 * How the main thread tells the forwarding lcore which clients to feed, and knows that it does.
 *
 * @module
 */

/** Words of the shared memory: what the main thread wants, and what the lcore does. */
const WANTED = 0;
const DONE = 1;

/** In both words: hold nothing and wait. The bits below are the clients that are fed. */
const PARKED = 1 << 30;

/** Before the lcore has looked for the first time. */
const UNSEEN = -1;

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

  /** Main thread: the clients to feed from now on, a bit for each. */
  feed(clients: number): void {
    Atomics.store(this.#words, WANTED, clients);
  }

  /** Main thread: whether the lcore does not put anything into a client's ring any more. */
  isUnfed(client: number): boolean {
    const bit = 1 << client;
    return ((this.#words[WANTED] ?? bit) & bit) === 0 &&
      (Atomics.load(this.#words, DONE) & bit) === 0;
  }

  /**
   * Main thread: runs `work` while the lcore holds no packet. Does nothing when it does not come
   * within a second, as when it is still starting.
   */
  async whileParked(work: () => void): Promise<void> {
    const clients = Atomics.load(this.#words, WANTED);
    Atomics.store(this.#words, WANTED, clients | PARKED);
    const isParked = () => Atomics.load(this.#words, DONE) === (clients | PARKED);
    try {
      for (let i = 0; i < 1000 && !isParked(); i++) {
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      if (isParked()) work();
    } finally {
      Atomics.store(this.#words, WANTED, clients);
      Atomics.notify(this.#words, WANTED);
    }
  }

  /** Lcore: true when it should {@linkcode FeedControl.obey}. Two plain reads, for the loop. */
  get changed(): boolean {
    return this.#words[WANTED] !== this.#words[DONE];
  }

  /** Lcore, with no packet in its hands: waits while it is to be parked; the clients to feed then. */
  obey(): number {
    let wanted = Atomics.load(this.#words, WANTED);
    while ((wanted & PARKED) !== 0) {
      Atomics.store(this.#words, DONE, wanted);
      Atomics.wait(this.#words, WANTED, wanted);
      wanted = Atomics.load(this.#words, WANTED);
    }
    Atomics.store(this.#words, DONE, wanted);
    return wanted;
  }
}
