/**
 * Tables of object pointers, `void **obj_table` in C.
 *
 * @module
 */

import { checkInteger, StableMemory } from "./boundary/native.ts";
import { hexText } from "./boundary/shown.ts";

/** The most objects in a table, {@linkcode Objects.MAX}. */
export const OBJECTS_MAX = 65_535;

/**
 * @internal What rings and pools take objects from and put objects into: a table of objects or a
 * burst of packets.
 */
export interface ObjectHolder {
  /** The pointers, for C. */
  readonly pointer: Deno.PointerObject;
  /** For C: the burst's structure, or the pointers of a table. */
  readonly handle: Deno.PointerObject;
  /** Number of objects that can be taken. */
  readonly count: number;
  /** Number of objects that can be put in; throws for a burst that still owns packets. */
  readonly room: number;
  /** Whether the objects are packets, which are allocated and freed in another way. */
  readonly holdsPackets: boolean;
  /** Called when `count` objects were put into the first places; bursts only. */
  came(count: number): void;
  /** Called when `count` objects were taken, from index `from` on; bursts only. */
  went(count: number, from: number): void;
}

/**
 * A table of object pointers, `void *objs[length]`: rings enqueue from it and dequeue into it,
 * pools get into it and put from it. It is for messages and other elements that are no packets;
 * packets have {@linkcode Burst}. Make one table per loop and use it for every call; the calls
 * allocate nothing.
 *
 * A table does not own the objects: after a `get` or `dequeue` the caller owns them, after a `put`
 * or `enqueue` the pool or ring does, as in C. What a loop writes into
 * {@linkcode Objects.addresses} reaches C unchecked: write only addresses that came from a ring or
 * a pool. One thread at a time.
 *
 * @example
 * ```ts
 * import { Mempool, Objects, Ring } from "denodpdk";
 *
 * const messages = new Objects(32);
 * const n = Ring.lookup("PRI_2_SEC").dequeueBurst(messages);
 * Mempool.lookup("MSG_POOL").putBulk(messages, n);
 * ```
 */
export class Objects implements ObjectHolder {
  /** The most objects in a table, and packets in a burst: 65535, since ports count in 16 bits. */
  static readonly MAX: number = OBJECTS_MAX;

  /** Number of places in the table. */
  readonly length: number;
  /** The pointers as addresses, one a place. */
  readonly addresses: BigUint64Array;
  /** @internal The table, for C. */
  readonly pointer: Deno.PointerObject;

  /**
   * A table of `length` null pointers.
   *
   * @throws {RangeError} when length is not an integer from 1 to {@linkcode Objects.MAX}.
   */
  constructor(length: number) {
    this.length = checkInteger("Objects length", length, 1, OBJECTS_MAX);
    const memory = new StableMemory(length * BigUint64Array.BYTES_PER_ELEMENT);
    this.addresses = new BigUint64Array(memory.buffer);
    this.pointer = memory.pointer;
  }

  /** For `JSON.stringify`: the addresses as hexadecimal text. */
  toJSON(): string[] {
    return Array.from(this.addresses, hexText);
  }

  /** @internal The table, for C. */
  get handle(): Deno.PointerObject {
    return this.pointer;
  }

  /** @internal Number of places in the table. */
  get count(): number {
    return this.length;
  }

  /** @internal Number of places in the table. */
  get room(): number {
    return this.length;
  }

  /** @internal False: the objects are no packets. */
  get holdsPackets(): false {
    return false;
  }

  /** @internal Does nothing: the caller counts the objects. */
  came(_count: number): void {}

  /** @internal Does nothing: the caller counts the objects. */
  went(_count: number, _from: number): void {}
}

/** The error of an index that lies outside a table: kept out of the hot functions. */
export function badIndex(operation: string, index: number, { count }: ObjectHolder): never {
  throw new RangeError(
    `${operation}: index must be an integer from 0 to ${count - 1}, got ${index}`,
  );
}

/** The error of more than there is room for: kept out of the hot functions. */
export function badRoom(operation: string, count: number, { room }: ObjectHolder): never {
  throw new RangeError(`${operation}: count must be an integer from 0 to ${room}, got ${count}`);
}

/** The error of a span of objects that are not there: kept out of the hot functions. */
export function badSpan(
  operation: string,
  wanted: number,
  from: number,
  { count }: ObjectHolder,
): never {
  throw new RangeError(
    from === 0
      ? `${operation}: count must be an integer from 0 to ${count}, got ${wanted}`
      : `${operation}: ${wanted} from ${from} on do not lie among ${count}`,
  );
}
