/**
 * How the main thread makes receiving lcores hold nothing of the pool for a moment.
 *
 * @module
 */

/** Words of the shared memory: parking is wanted, and how many lcores are parked. */
const WANTED = 0;
const PARKED = 1;

/** A flag and a count in memory that the main thread and the receiving lcores share. */
export class ParkingPlace {
  readonly #words: Int32Array<SharedArrayBuffer>;

  /** A place of one's own, or another thread's by its memory. */
  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(8)) {
    this.#words = new Int32Array(memory);
  }

  /** What a Worker needs to be given. */
  get memory(): SharedArrayBuffer {
    return this.#words.buffer;
  }

  /** Lcore: true when it should {@linkcode ParkingPlace.park}. A plain read, for the loop. */
  get wanted(): boolean {
    return this.#words[WANTED] !== 0;
  }

  /** Lcore: holds nothing until the main thread lets it go. */
  park(): void {
    Atomics.add(this.#words, PARKED, 1);
    Atomics.wait(this.#words, WANTED, 1);
    Atomics.sub(this.#words, PARKED, 1);
  }

  /**
   * Main thread: runs `work` while `count` lcores are parked. Does nothing when they do not all
   * come within a second, as when one is still starting.
   */
  async whileParked(count: number, work: () => void): Promise<void> {
    Atomics.store(this.#words, WANTED, 1);
    try {
      for (let i = 0; i < 1000 && Atomics.load(this.#words, PARKED) < count; i++) {
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      if (Atomics.load(this.#words, PARKED) === count) work();
    } finally {
      Atomics.store(this.#words, WANTED, 0);
      Atomics.notify(this.#words, WANTED);
    }
  }
}
