/**
 * Memory pools: `rte_mempool.h`.
 *
 * @module
 */

import {
  EPROTO,
  RTE_MEMPOOL_F_NO_CACHE_ALIGN,
  RTE_MEMPOOL_F_NO_IOVA_CONTIG,
  RTE_MEMPOOL_F_NO_SPREAD,
  RTE_MEMPOOL_F_SC_GET,
  RTE_MEMPOOL_F_SP_PUT,
  struct_shim_mempool_info,
  UINT32_MAX,
} from "./boundary/constants.ts";
import {
  audit,
  type AuditOptions,
  look,
  type MempoolAudit,
  type MempoolLook,
  NOT_A_RING,
} from "./recovery/audit.ts";
import { DpdkError } from "./boundary/errors.ts";
import { givenAway, holdObject, mapMemory, type Release, unmapMemory } from "./boundary/handles.ts";
import { type Hot, shim } from "./boundary/library.ts";
import { limitHint, limits } from "./boundary/bounds.ts";
import {
  checkInteger,
  checkSocket,
  cString,
  Dependents,
  disposed,
  listSnapshots,
  readList,
  readText,
  requireEal,
  toPointer,
  unwrap,
  unwrapPointer,
} from "./boundary/native.ts";
import { inspected, shown } from "./boundary/shown.ts";
import { badIndex, badRoom, badSpan, type ObjectHolder, type Objects } from "./objects.ts";
import { findHandlesBy, handedOver } from "./transfer.ts";

/** `RTE_MEMPOOL_F_*`. */
export const MempoolFlags = {
  /** `RTE_MEMPOOL_F_NO_SPREAD`: do not spread objects over memory channels. */
  NO_SPREAD: RTE_MEMPOOL_F_NO_SPREAD,
  /** `RTE_MEMPOOL_F_NO_CACHE_ALIGN`: do not align objects to cache lines. */
  NO_CACHE_ALIGN: RTE_MEMPOOL_F_NO_CACHE_ALIGN,
  /** `RTE_MEMPOOL_F_SP_PUT`: put by one producer. */
  SP_PUT: RTE_MEMPOOL_F_SP_PUT,
  /** `RTE_MEMPOOL_F_SC_GET`: get by one consumer. */
  SC_GET: RTE_MEMPOOL_F_SC_GET,
  /** `RTE_MEMPOOL_F_NO_IOVA_CONTIG`: objects need not be contiguous for devices. */
  NO_IOVA_CONTIG: RTE_MEMPOOL_F_NO_IOVA_CONTIG,
} as const;

/** Options of {@linkcode Mempool.create}. */
export interface MempoolOptions {
  /**
   * Elements that each lcore keeps in a cache of its own, 512 at most; 0, no cache, where left out.
   */
  cacheSize?: number;
  /** Bytes of private data behind the pool's header; 0 where left out. */
  privateSize?: number;
  /** NUMA node of the memory; any (-1) where left out. */
  socket?: number;
  /** {@linkcode MempoolFlags}, or-ed together; 0 where left out. */
  flags?: number;
}

/** A pool at one instant. */
export interface MempoolInfo {
  /** Name of the pool. */
  name: string;
  /** Elements in all. */
  size: number;
  /** Bytes of one element. */
  elementSize: number;
  /** Number of free elements, in the common pool and in the caches of all lcores. */
  available: number;
  /** Number of elements that are not free. */
  inUse: number;
  /**
   * How many of the free elements are in the cache of each lcore, by lcore id; lcores with empty
   * caches are left out.
   */
  cached: Record<number, number>;
  /** How many elements each lcore's cache was created for; 0 without caches. */
  cacheSize: number;
  /** Name of the mempool operations, such as `ring_mp_mc`. */
  ops: string;
}

// The hot functions, each bound at its first call. V8 makes a direct native call, 5 ns, of a call
// through a variable that never changes again; through `shim()` it would be 22 ns.
let mempoolTorn: Hot<"shim_mempool_torn"> | undefined;
let mempoolGet: Hot<"shim_mempool_get"> | undefined;
let mempoolPut: Hot<"shim_mempool_put"> | undefined;
let mempoolGetBulk: Hot<"shim_mempool_get_bulk"> | undefined;
let mempoolPutBulk: Hot<"shim_mempool_put_bulk"> | undefined;
let pktmbufAllocBulk: Hot<"shim_pktmbuf_alloc_bulk"> | undefined;
let pktmbufFreeBulk: Hot<"shim_pktmbuf_free_bulk"> | undefined;

/** Bytes for headroom and data of a pool's packets; throws for a pool that holds no packets. */
function dataRoom(name: string, pool: Deno.PointerObject): number {
  return unwrap(
    `packets of mempool ${name}`,
    shim().shim_pktmbuf_pool_check(pool),
    "its elements are no packets: it must come from createPktmbufPool()",
  );
}

let beforeFree: ((pool: Deno.PointerObject) => void) | undefined;

/** Registers `work`, which is called before this thread frees a pool and its elements. */
export function onPoolFree(work: (pool: Deno.PointerObject) => void): void {
  beforeFree = work;
}

function infoOf(pool: Deno.PointerObject): MempoolInfo {
  const cached: Record<number, number> = {};
  const max = limits().lcores;
  for (let lcore = 0; lcore < max; lcore++) {
    const count = shim().shim_mempool_cache_count(pool, lcore);
    if (count > 0) cached[lcore] = count;
  }
  return {
    name: readText((text, len) => shim().shim_mempool_name(pool, text, len)),
    size: shim().shim_mempool_size(pool),
    elementSize: shim().shim_mempool_elt_size(pool),
    cached,
    cacheSize: shim().shim_mempool_cache_size(pool),
    ops: opsOf(pool),
    // these call the pool's operations, so only where this process has the right ones
    ...(shim().shim_mempool_ops_check(pool) === 0
      ? {
        available: shim().shim_mempool_avail_count(pool),
        inUse: shim().shim_mempool_in_use_count(pool),
      }
      : { available: NaN, inUse: NaN }),
  };
}

/** The hint for a pool of these sizes that could not be created. */
export function poolHint(
  count: number,
  elementSize: number,
  privateSize: number,
): (code: string) => string | undefined {
  const { mempool_name, cache_size } = limits();
  return limitHint({
    name: mempool_name,
    bytes: count * elementSize + privateSize,
    sizes: `cacheSize is ${cache_size} at most, and ${
      Math.floor(count / 1.5)
    } for ${count} elements`,
  });
}

function opsOf(pool: Deno.PointerObject): string {
  return readText((text, len) => shim().shim_mempool_ops_name(pool, text, len));
}

/** A piece of a pool's memory, mapped once. */
interface Chunk {
  base: bigint;
  end: bigint;
  bytes: Uint8Array<ArrayBuffer>;
}

/**
 * A pool of fixed-size elements in shared memory, `struct rte_mempool`.
 *
 * Disposal frees a pool that this handle created, and only forgets one that it looked up. Other
 * handles of the thread end when the creating one is disposed of. Where Workers have handles too,
 * the pool is freed with the last of them. Other processes are not counted, as in C: they must not
 * use a pool that was freed.
 *
 * Whoever gets an element must put it back. After disposal every use throws {@linkcode DpdkError},
 * and arrays that {@linkcode Mempool.bytes} returned have length 0. Do not transfer their buffer to
 * another thread: the pool could not be freed any more.
 *
 * @example
 * ```ts
 * import { Mempool, Objects } from "denodpdk";
 *
 * using pool = Mempool.create("MSG_POOL", 1024, 128, { cacheSize: 32 });
 * const objs = new Objects(1);
 * if (pool.get(objs)) {
 *   new TextEncoder().encodeInto("hello\0", pool.bytes(objs));
 *   pool.put(objs);
 * }
 * ```
 */
export class Mempool implements Disposable {
  #pool: Deno.PointerObject | null;
  #chunks: Chunk[] | undefined;
  #elementSize: number | undefined;
  #dependents: Dependents | undefined;
  readonly #owned: boolean;
  readonly #release: Release;
  /** False once another thread may have views of the memory that cannot be detached. */
  #intact = true;
  /** Bytes for headroom and data of the pool's packets; negative before it is known. */
  #dataRoom = -1;
  /** Name of the pool, by which every process finds it. */
  readonly name: string;

  private constructor(name: string, pool: Deno.PointerObject, owned: boolean) {
    this.#pool = pool;
    this.#owned = owned;
    this.name = name;
    this.#release = holdObject(this, pool, (pool) => pool.#end(false));
  }

  /**
   * Creates a pool: `rte_mempool_create`. Only in the primary process. Disposal frees the pool.
   *
   * @param name up to 25 bytes, unique among the pools of this primary.
   * @param count number of elements; 2^n - 1 uses memory best.
   * @param elementSize bytes of one element; DPDK rounds up to a multiple of 8.
   * @throws {DpdkError} EEXIST, EINVAL (cache too large), ENAMETOOLONG, ENOMEM,
   * E_RTE_SECONDARY.
   * @throws {RangeError} when a number is no integer in range.
   */
  static create(
    name: string,
    count: number,
    elementSize: number,
    options: MempoolOptions = {},
  ): Mempool {
    checkInteger("mempool count", count, 1, UINT32_MAX);
    checkInteger("mempool element size", elementSize, 1, UINT32_MAX);
    const cache = checkInteger("mempool cache size", options.cacheSize ?? 0, 0, UINT32_MAX);
    const extra = checkInteger("mempool private size", options.privateSize ?? 0, 0, UINT32_MAX);
    const flags = checkInteger("mempool flags", options.flags ?? 0, 0, UINT32_MAX);
    const socket = checkSocket(options.socket);
    const operation = `rte_mempool_create(${name})`;
    const pool = unwrapPointer(
      operation,
      (out) =>
        shim().shim_mempool_create(
          cString(name),
          count,
          elementSize,
          cache,
          extra,
          socket,
          flags,
          out,
        ),
      (code) => poolHint(count, elementSize, extra)(code),
    );
    return new Mempool(name, pool, true);
  }

  /**
   * Finds a pool that any process of this primary created: `rte_mempool_lookup`. Disposal forgets
   * the pool and frees nothing.
   *
   * @throws {DpdkError} ENOENT when there is no pool of that name; EPROTO when this process lacks
   * the mempool operations that the pool was created with, since others would corrupt it.
   */
  static lookup(name: string): Mempool {
    const operation = `rte_mempool_lookup(${name})`;
    requireEal(operation);
    const out = new BigUint64Array(1);
    const result = shim().shim_mempool_lookup(cString(name), out);
    if (result === -EPROTO) {
      const ops = opsOf(toPointer(out[0]));
      shim().shim_handle_drop(toPointer(out[0]), 0);
      throw new DpdkError({
        operation,
        code: "EPROTO",
        reason: `its creator's operations are not this process's '${ops}'`,
        hint: "both processes must use the same DPDK build and load the same drivers",
      });
    }
    unwrap(operation, result);
    return new Mempool(name, toPointer(out[0]), false);
  }

  /**
   * @internal A handle of a pool that this process has just created by other means; disposal frees
   * the pool.
   */
  static own(name: string, pool: Deno.PointerObject): Mempool {
    return new Mempool(name, pool, true);
  }

  /** @internal Where C finds the pool. */
  get pointer(): Deno.PointerObject {
    return this.#pool ?? disposed(`Mempool ${this.name}`);
  }

  /** @internal Wrappers that use the pool's memory, and must end before the pool is freed. */
  get dependents(): Dependents {
    return this.#dependents ??= new Dependents();
  }

  /**
   * @internal Bytes for headroom and data of the pool's packets; asked once.
   *
   * @throws {DpdkError} EINVAL when the pool holds no packets.
   */
  get dataRoom(): number {
    const pool = this.#pool ?? disposed(`Mempool ${this.name}`);
    return this.#dataRoom < 0 ? this.#dataRoom = dataRoom(this.name, pool) : this.#dataRoom;
  }

  /**
   * @internal Notes that another thread may have views of the memory that cannot be detached: the
   * pool is not freed.
   */
  keep(): void {
    this.#intact = false;
  }

  /** @internal Where the pool's memory is: beginning and end of each piece. */
  chunks(): [begin: bigint, end: bigint][] {
    return chunkPairs(this.pointer).map(([base, length]) => [base, base + length]);
  }

  /**
   * @internal Where the pool's memory begins, and how many bytes it spans, with all chunks and the
   * gaps between them.
   */
  span(): { base: bigint; length: number } {
    const pairs = chunkPairs(this.pointer);
    const starts = pairs.map(([base]) => base);
    const ends = pairs.map(([base, length]) => base + length);
    const min = (a: bigint, b: bigint) => a < b ? a : b;
    const max = (a: bigint, b: bigint) => a > b ? a : b;
    // aligned as the largest typed array asks, so that an offset is aligned as its address is
    const base = starts.reduce(min) & ~BigInt(limits().cache_line - 1);
    return { base, length: Number(ends.reduce(max) - base) };
  }

  /**
   * All pools of the running primary as they are now, in the order of their creation:
   * `rte_mempool_walk`.
   */
  static list(): MempoolInfo[] {
    const { lcores } = limits();
    let caches = new Uint32Array();
    return listSnapshots("list of mempools", {
      layout: struct_shim_mempool_info,
      read(infos, len) {
        caches = new Uint32Array(len * lcores);
        return shim().shim_mempool_list(infos, caches, len);
      },
      info: (pool, index) => {
        const cached: Record<number, number> = {};
        caches.subarray(index * lcores, (index + 1) * lcores).forEach((count, lcore) => {
          if (count > 0) cached[lcore] = count;
        });
        // a number larger than the pool means that it is not known
        const available = pool.available > pool.size ? NaN : pool.available;
        return {
          name: pool.name,
          size: pool.size,
          elementSize: pool.elt_size,
          available,
          inUse: pool.size - available,
          cached,
          cacheSize: pool.cache_size,
          ops: pool.ops,
        };
      },
    });
  }

  /**
   * Counts where the elements of a pool are, under DPDK's locks and without a handle: for a process
   * that only looks at a primary, which may free the pool at any time. For a pool of this program
   * use {@linkcode Mempool.audit}, which can also repair.
   *
   * @throws {DpdkError} ENOENT when there is no such pool, ENOTSUP when the pool does not keep its
   * elements in a ring.
   */
  static look(name: string): MempoolLook {
    return look(name);
  }

  /** Number of elements in the pool, free or not. */
  get size(): number {
    return shim().shim_mempool_size(this.#pool ?? disposed(`Mempool ${this.name}`));
  }

  /** Bytes of one element. */
  get elementSize(): number {
    const pool = this.#pool ?? disposed(`Mempool ${this.name}`);
    return this.#elementSize ??= shim().shim_mempool_elt_size(pool);
  }

  /**
   * Number of free elements, in the common pool and in the caches of all lcores:
   * `rte_mempool_avail_count`.
   */
  get availableCount(): number {
    return shim().shim_mempool_avail_count(this.#pool ?? disposed(`Mempool ${this.name}`));
  }

  /** Number of elements that are not free: `rte_mempool_in_use_count`. */
  get inUseCount(): number {
    return shim().shim_mempool_in_use_count(this.#pool ?? disposed(`Mempool ${this.name}`));
  }

  /** The pool as it is now. */
  info(): MempoolInfo {
    return infoOf(this.#pool ?? disposed(`Mempool ${this.name}`));
  }

  /**
   * Whether the ring that holds the pool's free elements is in the middle of an update at this
   * instant, as {@linkcode Ring.isTorn}; false for a pool without a ring.
   */
  get isTorn(): boolean {
    const pool = this.#pool ?? disposed(`Mempool ${this.name}`);
    return (mempoolTorn ??= shim().shim_mempool_torn)(pool) !== 0;
  }

  /**
   * Mends the pool's ring after a process was killed in the middle of an update; without that, all
   * users of the pool wait for ever. No process may be in a call on the pool meanwhile. The
   * elements that the dead process was moving are lost until {@linkcode Mempool.audit} gives them
   * back.
   *
   * @returns whether there was anything to mend.
   * @throws {DpdkError} ENOTSUP when the pool does not keep its elements in a ring.
   */
  repair(): boolean {
    const pool = this.#pool ?? disposed(`Mempool ${this.name}`);
    return unwrap(`repair of mempool ${this.name}`, shim().shim_mempool_repair(pool), NOT_A_RING) >
      0;
  }

  /**
   * The position in the pool's ring of a put that is under way at this instant, for
   * {@linkcode Mempool.finishPut}; undefined when none is. A position that does not change for long
   * belongs to a process that was killed; until it is finished, every other put waits.
   */
  unfinishedPut(): number | undefined {
    const pool = this.#pool ?? disposed(`Mempool ${this.name}`);
    const tail = new Uint32Array(1);
    return shim().shim_mempool_put_stuck(pool, tail) === 1 ? tail[0] : undefined;
  }

  /**
   * Finishes the put that a killed process began, with the elements from its cache, while others
   * wait for that; no element is lost then.
   *
   * @param lcore the lcore that the dead process was.
   * @param at the position that {@linkcode Mempool.unfinishedPut} returned again and again, for so
   * long that no living process can be the cause.
   * @returns the number of elements put; 0 when the put cannot have been this lcore's.
   * @throws {RangeError} when a number is out of range.
   */
  finishPut(lcore: number, at: number): number {
    const pool = this.#pool ?? disposed(`Mempool ${this.name}`);
    checkInteger("lcore", lcore, 0, UINT32_MAX);
    checkInteger("place of a put", at, 0, UINT32_MAX);
    return shim().shim_mempool_put_finish(pool, lcore, at);
  }

  /**
   * Looks for every element of a pool: in the common pool, in the caches of all lcores, in rings
   * (with all segments of a packet), and in the tables of what processes hold. The pool may be any
   * program's, if it keeps its elements in a ring. The counts are exact only while no process uses
   * the pool. With `repair` no process may use it, and no device may hold elements outside of
   * rings: the caller sees to that.
   *
   * @returns the counts as they were before anything was repaired.
   * @throws {DpdkError} ENOTSUP when the pool is not on a ring; ENOMEM.
   */
  audit(options: AuditOptions = {}): MempoolAudit {
    return audit(`audit of mempool ${this.name}`, () => this.pointer, options);
  }

  /**
   * Takes one element from the pool, into place `index` of a table: `rte_mempool_get`. The caller
   * owns it then.
   *
   * @returns false when the pool is empty.
   * @throws {RangeError} when index lies outside the table.
   */
  get(objects: Objects, index = 0): boolean {
    const pool = this.#pool ?? disposed(`Mempool ${this.name}`);
    if (index >>> 0 !== index || index >= objects.length) badIndex("Mempool.get", index, objects);
    return (mempoolGet ??= shim().shim_mempool_get)(pool, objects.pointer, index) === 0;
  }

  /**
   * Puts element `index` of a table back into the pool: `rte_mempool_put`. It must be an element of
   * this pool that the caller owns.
   *
   * @throws {RangeError} when index lies outside the table.
   */
  put(objects: Objects, index = 0): void {
    const pool = this.#pool ?? disposed(`Mempool ${this.name}`);
    if (index >>> 0 !== index || index >= objects.length) badIndex("Mempool.put", index, objects);
    (mempoolPut ??= shim().shim_mempool_put)(pool, objects.pointer, index);
  }

  /**
   * Takes `count` elements from the pool or none, into the first places of a table:
   * `rte_mempool_get_bulk`. Given an empty {@linkcode Burst}, it allocates `count` empty packets or
   * none: `rte_pktmbuf_alloc_bulk`. The caller owns them then.
   *
   * @param count the whole size of the table or burst where left out.
   * @returns `count`, or 0 when the pool has fewer.
   * @throws {RangeError} when the table or burst is smaller.
   * @throws {DpdkError} with a burst: EBUSY when it still holds packets, EINVAL when this is no
   * packet pool.
   */
  getBulk(objects: ObjectHolder, count = objects.room): number {
    const pool = this.#pool ?? disposed(`Mempool ${this.name}`);
    if (count >>> 0 !== count || count > objects.room) badRoom("Mempool.getBulk", count, objects);
    // a pool on a ring reports that it is empty when asked for 0 elements
    if (count === 0) return 0;
    if (objects.holdsPackets) return this.#getPackets(pool, objects, count);
    mempoolGetBulk ??= shim().shim_mempool_get_bulk;
    return mempoolGetBulk(pool, objects.pointer, count) === 0 ? count : 0;
  }

  #getPackets(pool: Deno.PointerObject, packets: ObjectHolder, count: number): number {
    if (this.#dataRoom < 0) this.#dataRoom = dataRoom(this.name, pool);
    pktmbufAllocBulk ??= shim().shim_pktmbuf_alloc_bulk;
    if (pktmbufAllocBulk(pool, packets.pointer, count) !== 0) return 0;
    packets.came(count);
    return count;
  }

  /**
   * Puts `count` elements of a table back into the pool, from index `from` on:
   * `rte_mempool_put_bulk`. They must be elements of this pool that the caller owns. Given a
   * {@linkcode Burst}, it frees packets, each into its own pool, and they leave the burst:
   * `rte_pktmbuf_free_bulk`.
   *
   * @param count all from `from` on where left out.
   * @throws {RangeError} when there are no such elements.
   */
  putBulk(objects: ObjectHolder, count?: number, from = 0): void {
    const pool = this.#pool ?? disposed(`Mempool ${this.name}`);
    const { count: held } = objects;
    const wanted = count ?? held - from;
    if (wanted >>> 0 !== wanted || from >>> 0 !== from || wanted > held - from) {
      badSpan("Mempool.putBulk", wanted, from, objects);
    }
    if (objects.holdsPackets) {
      (pktmbufFreeBulk ??= shim().shim_pktmbuf_free_bulk)(objects.pointer, from, wanted);
      objects.went(wanted, from);
    } else (mempoolPutBulk ??= shim().shim_mempool_put_bulk)(pool, objects.pointer, from, wanted);
  }

  /**
   * The memory of element `index` of a table, {@linkcode Mempool.elementSize} bytes, no copy. Valid
   * while the caller owns the element.
   *
   * @throws {DpdkError} EINVAL when the address is not in this pool.
   */
  bytes(objects: Objects, index = 0): Uint8Array<ArrayBuffer> {
    const pool = this.#pool ?? disposed(`Mempool ${this.name}`);
    const address = objects.addresses[index];
    if (address === undefined) badIndex("Mempool.bytes", index, objects);
    const { elementSize } = this;
    for (const { base, end, bytes } of this.#chunks ??= mapChunks(pool, this)) {
      if (address < base || address + BigInt(elementSize) > end) continue;
      const offset = Number(address - base);
      return bytes.subarray(offset, offset + elementSize);
    }
    throw new DpdkError({
      operation: `Mempool.bytes(${this.name})`,
      code: "EINVAL",
      reason: `0x${address.toString(16)} is no element of this pool`,
    });
  }

  /** Forgets the pointer and detaches the views of the memory. Returns whether no view is left. */
  #end(free: boolean): boolean {
    if (free && this.#pool) beforeFree?.(this.#pool);
    this.#pool = null;
    for (const { bytes } of this.#chunks ?? []) if (!unmapMemory(bytes.buffer)) this.keep();
    this.#chunks = undefined;
    this.#dependents?.detachAll();
    this.#release(free && this.#intact);
    return this.#intact;
  }

  /** For `JSON.stringify`: what {@linkcode Mempool.info} returns. */
  toJSON(): MempoolInfo {
    return this.info();
  }

  /** What `console.log` shows. */
  [inspected](): string {
    const text = () => `${this.inUseCount} of ${this.size} elements in use`;
    return shown(`Mempool ${this.name}`, text);
  }

  /** @internal */
  [handedOver](): { kind: string; by: string } {
    return { kind: "Mempool", by: this.name };
  }

  /**
   * Frees a pool that this handle created (`rte_mempool_free`), forgets one that it looked up.
   * Idempotent.
   */
  [Symbol.dispose](): void {
    if (!this.#pool) return;
    if (!this.#end(this.#owned) && this.#owned) throw givenAway(`mempool ${this.name}`);
  }
}

/** Address and bytes of each chunk of a pool's memory. */
function chunkPairs(pool: Deno.PointerObject): [base: bigint, length: bigint][] {
  const flat = readList(
    "chunks of a mempool",
    (length) => new BigUint64Array(length),
    (list, len) => shim().shim_mempool_chunks(pool, list, len),
    2,
  );
  return Array.from(
    { length: flat.length / 2 },
    (_, i) => [flat[2 * i] ?? 0n, flat[2 * i + 1] ?? 0n],
  );
}

function mapChunks(pool: Deno.PointerObject, owner: Mempool): Chunk[] {
  return chunkPairs(pool).map(([base, length]) => {
    const memory = mapMemory(toPointer(base), Number(length), owner);
    return { base, end: base + length, bytes: new Uint8Array(memory) };
  });
}

findHandlesBy("Mempool", (name: string) => Mempool.lookup(name));
