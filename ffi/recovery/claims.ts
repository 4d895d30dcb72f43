/**
 * Which process has what: slots in shared memory that processes of one primary claim.
 *
 * @module
 */

import { DpdkError } from "../boundary/errors.ts";
import { identityOf, lives, pidOf } from "../host/identity.ts";
import { Memzone } from "../memzone.ts";
import { checkInteger } from "../boundary/native.ts";

const NOBODY = 0n;

/** How long {@linkcode Claims.claim} waits for a slot, in milliseconds. */
const PATIENCE = 200;

/** Whether a slot is this process's now, or the pid of the one that has it. */
export type Claim = { taken: true } | { taken: false; by: number };

/** Finds a zone; the first process that wants it makes it, primary or secondary. */
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
 * A table of slots in a memzone, each with the identity of the process that has it. The slot of a
 * process that has ended is free again, however it ended.
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
   * The table of that name, which the first process that opens it makes.
   *
   * @param name of the memzone, up to 31 bytes.
   * @throws {DpdkError} ENAMETOOLONG, ENOMEM.
   * @throws {RangeError} when count is no integer in range.
   */
  static open(name: string, count: number): Claims {
    checkInteger("number of slots", count, 1, 0xffff);
    return Claims.at(sharedZone(name, count * BigInt64Array.BYTES_PER_ELEMENT).buffer, count);
  }

  /** The table in memory that all its users share, from zero. */
  static at(memory: ArrayBuffer, count: number, byteOffset = 0): Claims {
    return new Claims(new BigInt64Array(memory, byteOffset, count));
  }

  /** How many slots there are. */
  get length(): number {
    return this.#slots.length;
  }

  /** The living process that has a slot, by its identity. */
  holder(slot: number): bigint | undefined {
    const owner = this.#load(slot);
    return owner !== NOBODY && lives(owner) ? owner : undefined;
  }

  /** Takes a slot for this process, unless a living one has it. */
  tryClaim(slot: number): Claim {
    const owner = this.#load(slot);
    if (owner !== NOBODY && lives(owner)) return { taken: false, by: pidOf(owner) };
    const before = Atomics.compareExchange(this.#slots, slot, owner, this.#self);
    return before === owner ? { taken: true } : { taken: false, by: pidOf(before) };
  }

  /** The same, and waits a while for one that gives it back soon. */
  async claim(slot: number): Promise<Claim> {
    const end = performance.now() + PATIENCE;
    for (;;) {
      const claim = this.tryClaim(slot);
      if (claim.taken || performance.now() > end) return claim;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  /** Gives a slot back that this process has. */
  release(slot: number): void {
    Atomics.compareExchange(this.#slots, slot, this.#self, NOBODY);
  }

  #load(slot: number): bigint {
    checkInteger("slot", slot, 0, this.#slots.length - 1);
    return Atomics.load(this.#slots, slot);
  }
}
