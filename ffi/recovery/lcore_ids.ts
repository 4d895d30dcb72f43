/**
 * Unique lcore ids for threads that EAL does not know, across all processes of a primary.
 *
 * @module
 */

import { DpdkError } from "../boundary/errors.ts";

/** An id that is free. */
const FREE = 0;

/** An id that an EAL thread has, and keeps. */
const TAKEN = -1;

/**
 * Lcore ids for threads that EAL did not start, so that each has a mempool cache of its own: an
 * array in shared memory that says which process has which id. A process that ends gives its id
 * back; when one is killed, whoever notices gives its id back.
 *
 * @example
 * ```ts
 * import { Memzone } from "denodpdk";
 * import { Lcore } from "denodpdk/eal";
 * import { LcoreIds } from "denodpdk/recovery";
 *
 * const ids = new LcoreIds(Memzone.lookup("LCORE_IDS").buffer, Lcore.max);
 * const id = ids.claim(Deno.pid);
 * using _lcore = Lcore.float(id);
 * // ... at the end
 * ids.release(id, Deno.pid);
 * ```
 */
export class LcoreIds {
  readonly #owners: Int32Array<ArrayBufferLike>;

  /**
   * The array in this memory, {@linkcode LcoreIds.bytes} long.
   *
   * @param lcores number of ids: `Lcore.max`, all that DPDK has, where the memory has
   * room for them.
   * @throws {RangeError} when the memory is too small.
   */
  constructor(memory: ArrayBufferLike, lcores: number) {
    this.#owners = new Int32Array(memory, 0, lcores);
  }

  /** Bytes of memory that an array of `lcores` ids takes. */
  static bytes(lcores: number): number {
    return lcores * Int32Array.BYTES_PER_ELEMENT;
  }

  /**
   * Makes the array: all ids are free except those in `taken`. For the process that created the
   * memory.
   */
  init(taken: Iterable<number>): void {
    this.#owners.fill(FREE);
    for (const id of taken) this.#owners[id] = TAKEN;
  }

  /**
   * Takes the highest free id for a process. Ids that users give to EAL are low, so they rarely
   * meet.
   *
   * @throws {DpdkError} ENOSPC when no id is free.
   */
  claim(pid: number): number {
    for (let id = this.#owners.length - 1; id >= 0; id--) {
      if (Atomics.compareExchange(this.#owners, id, FREE, pid) === FREE) return id;
    }
    throw new DpdkError({
      operation: "claim of an lcore id",
      code: "ENOSPC",
      reason: `all ${this.#owners.length} are taken`,
    });
  }

  /**
   * Gives an id of a process back.
   *
   * @returns whether the process had it.
   */
  release(id: number, pid: number): boolean {
    return Atomics.compareExchange(this.#owners, id, pid, FREE) === pid;
  }

  /** The ids that a process has, by its pid. */
  heldBy(pid: number): number[] {
    return Array.from(this.#owners.keys()).filter((id) => this.#owners[id] === pid);
  }
}
