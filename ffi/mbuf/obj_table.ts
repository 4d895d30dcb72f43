/**
 * Tables of object pointers: what C calls `void **obj_table`.
 *
 * @module
 */

import { checkInteger, StableMemory } from "../boundary/native.ts";

/** The most objects that one table can hold, and so one bulk or burst call: ports count them in 16 bits. */
export const OBJ_TABLE_MAX = 65_535;

/**
 * A preallocated table of object pointers, `void *objs[length]`, that rings fill and empty and
 * pools get and put. Make one per loop and use it for every burst; the calls allocate nothing.
 *
 * A table owns its own memory, which stays where it is as long as the table lives, and not the
 * objects: whose they are is said by the last call, as in C. What a loop writes into it reaches C as
 * it is: only addresses that came from a ring, a pool or a port. It must not be used by two threads
 * at once.
 *
 * @example
 * ```ts
 * import { Mempool, ObjTable, Ring } from "denodpdk";
 *
 * const objs = new ObjTable(32);
 * const n = Ring.lookup("PRI_2_SEC").dequeueBurst(objs, 32);
 * Mempool.lookup("MSG_POOL").putBulk(objs, n);
 * ```
 */
export class ObjTable {
  /** How many pointers the table holds. */
  readonly length: number;
  /** The pointers themselves, as addresses; element `i` is `objs[i]`. */
  readonly addresses: BigUint64Array;
  /**
   * The same pointers as bare 64-bit patterns, to move them between tables where a BigInt would
   * be garbage: `to.slots[j] = from.slots[i]`. Their values as numbers mean nothing.
   */
  readonly slots: Float64Array;
  /** @internal Where C finds the table. */
  readonly pointer: Deno.PointerObject;

  /**
   * A table of `length` null pointers.
   *
   * @throws {RangeError} when length is not an integer from 1 to {@linkcode OBJ_TABLE_MAX}.
   */
  constructor(length: number) {
    this.length = checkInteger("ObjTable length", length, 1, OBJ_TABLE_MAX);
    const memory = new StableMemory(length * BigUint64Array.BYTES_PER_ELEMENT);
    this.addresses = new BigUint64Array(memory.buffer);
    this.slots = new Float64Array(memory.buffer);
    this.pointer = memory.pointer;
  }

  /**
   * Copies `count` pointers inside the table, from `from` to `to`: keeps what a burst call left.
   *
   * @throws {RangeError} when the span leaves the table.
   */
  move(from: number, to: number, count: number): void {
    checkInteger("ObjTable.move from", from, 0, this.length);
    checkInteger("ObjTable.move to", to, 0, this.length);
    checkInteger("ObjTable.move count", count, 0, this.length - Math.max(from, to));
    this.addresses.copyWithin(to, from, from + count);
  }
}

/** The error of a count that a table cannot hold: kept out of the hot functions. */
export function badCount(operation: string, count: number, table: ObjTable): never {
  throw new RangeError(
    `${operation}: count must be an integer from 0 to ${table.length}, got ${count}`,
  );
}

/** The error of an index that lies outside a table: kept out of the hot functions. */
export function badIndex(operation: string, index: number, table: ObjTable): never {
  throw new RangeError(
    `${operation}: index must be an integer from 0 to ${table.length - 1}, got ${index}`,
  );
}

/** The error of a span that leaves a table: kept out of the hot functions. */
export function badSpan(operation: string, from: number, count: number, table: ObjTable): never {
  throw new RangeError(
    `${operation}: ${count} from ${from} on do not lie in a table of ${table.length}`,
  );
}
