/**
 * Unique lcore ids for threads that EAL does not know, across all processes of a primary.
 *
 * @module
 */

import { DpdkError } from "../boundary/errors.ts";

/** An id that can be had. */
const FREE = 0;

/** An id that an EAL thread has for good. */
const TAKEN = -1;

/**
 * Who has which lcore id: an array in shared memory, in which processes claim ids that no EAL
 * thread has with an atomic operation. A process that ends gives its id back; for one that was
 * killed, whoever notices does.
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
   * The array in this memory, {@linkcode LcoreIds.bytes} of it.
   *
   * @param lcores how many ids; all that DPDK has, `Lcore.max`, where there is room for them.
   * @throws {RangeError} when the memory is too small.
   */
  constructor(memory: ArrayBufferLike, lcores: number) {
    this.#owners = new Int32Array(memory, 0, lcores);
  }

  /** Bytes of memory for `lcores` ids. */
  static bytes(lcores: number): number {
    return lcores * Int32Array.BYTES_PER_ELEMENT;
  }

  /** Makes the array: all ids are free but these. For the process that made the memory. */
  init(taken: Iterable<number>): void {
    this.#owners.fill(FREE);
    for (const id of taken) this.#owners[id] = TAKEN;
  }

  /**
   * Claims the highest free id for a process: those that people give to EAL are low.
   *
   * @throws {DpdkError} ENOSPC when there is none.
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
   * Gives an id back.
   *
   * @returns whether the process had it.
   */
  release(id: number, pid: number): boolean {
    return Atomics.compareExchange(this.#owners, id, pid, FREE) === pid;
  }

  /** The ids that a process has. */
  heldBy(pid: number): number[] {
    return Array.from(this.#owners.keys()).filter((id) => this.#owners[id] === pid);
  }
}
