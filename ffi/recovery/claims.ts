/**
 * Which process has what: slots in shared memory that processes of one primary claim.
 *
 * @module
 */

import { setTimeout as delay } from "node:timers/promises";
import { DpdkError } from "../boundary/errors.ts";
import { identityOf, lives, pidOf } from "../host/identity.ts";
import { Memzone } from "../memzone.ts";
import { checkInteger } from "../boundary/native.ts";

const NOBODY = 0n;

/** How long {@linkcode Claims.claim} waits for a slot, in milliseconds. */
const PATIENCE = 200;

/**
 * What came of an attempt to take a slot: this process has it now, or the process with pid `by` has
 * it.
 */
export type Claim = { taken: true } | { taken: false; by: number };

/**
 * Finds a memzone of this name, or creates it where no process has done so yet. Primary and
 * secondaries may call this at once.
 */
export function sharedZone(name: string, length: number): Memzone {
  const is = (error: unknown, code: string) => error instanceof DpdkError && error.code === code;
  try {
    return Memzone.lookup(name);
  } catch (error) {
    if (!is(error, "ENOENT")) throw error;
  }
  try {
    return Memzone.reserve(name, length);
  } catch (error) {
    if (!is(error, "EEXIST")) throw error;
    return Memzone.lookup(name);
  }
}

/**
 * A table of slots in shared memory. A slot is free or belongs to one process, by pid and start
 * time. When that process ends, killed or not, its slot is free again.
 *
 * @example
 * ```ts
 * import { Claims } from "denodpdk/recovery";
 *
 * const claims = Claims.open("MProc_client_owners", 16);
 * const claim = claims.tryClaim(3);
 * if (!claim.taken) console.log(`process ${claim.by} has it`);
 * claims.release(3);
 * ```
 */
export class Claims {
  readonly #slots: BigInt64Array<ArrayBuffer>;
  readonly #self = identityOf(Deno.pid) ?? NOBODY;

  private constructor(slots: BigInt64Array<ArrayBuffer>) {
    this.#slots = slots;
  }

  /**
   * Opens the table in the memzone `name`; the first process that does so creates it.
   *
   * @param name name of the memzone, up to 31 bytes.
   * @throws {DpdkError} ENAMETOOLONG, ENOMEM.
   * @throws {RangeError} when count is no integer in range.
   */
  static open(name: string, count: number): Claims {
    checkInteger("number of slots", count, 1, 0xffff);
    return Claims.at(sharedZone(name, count * BigInt64Array.BYTES_PER_ELEMENT).buffer, count);
  }

  /**
   * A table of `count` slots in memory that processes share, which was zeroed before its first use.
   */
  static at(memory: ArrayBuffer, count: number, byteOffset = 0): Claims {
    return new Claims(new BigInt64Array(memory, byteOffset, count));
  }

  /** Number of slots. */
  get length(): number {
    return this.#slots.length;
  }

  /** The identity of the living process that has a slot; undefined where the slot is free. */
  holder(slot: number): bigint | undefined {
    const owner = this.#load(slot);
    return owner !== NOBODY && lives(owner) ? owner : undefined;
  }

  /** Takes a slot for this process, unless a living process has it. */
  tryClaim(slot: number): Claim {
    const owner = this.#load(slot);
    if (owner !== NOBODY && lives(owner)) return { taken: false, by: pidOf(owner) };
    const before = Atomics.compareExchange(this.#slots, slot, owner, this.#self);
    return before === owner ? { taken: true } : { taken: false, by: pidOf(before) };
  }

  /**
   * Takes a slot for this process. Waits up to 200 ms for a living process that has it to give it
   * back.
   */
  async claim(slot: number): Promise<Claim> {
    const end = performance.now() + PATIENCE;
    for (;;) {
      const claim = this.tryClaim(slot);
      if (claim.taken || performance.now() > end) return claim;
      await delay(1);
    }
  }

  /** Gives a slot of this process back. Does nothing for a slot that this process does not have. */
  release(slot: number): void {
    Atomics.compareExchange(this.#slots, slot, this.#self, NOBODY);
  }

  #load(slot: number): bigint {
    checkInteger("slot", slot, 0, this.#slots.length - 1);
    return Atomics.load(this.#slots, slot);
  }
}
