/**
 * Rings: `rte_ring.h`.
 *
 * @module
 */

import {
  RING_F_EXACT_SZ,
  RING_F_MC_HTS_DEQ,
  RING_F_MC_RTS_DEQ,
  RING_F_MP_HTS_ENQ,
  RING_F_MP_RTS_ENQ,
  RING_F_SC_DEQ,
  RING_F_SP_ENQ,
  struct_shim_ring_info,
  UINT32_MAX,
} from "./boundary/constants.ts";
import { DpdkError } from "./boundary/errors.ts";
import { holdObject, type Release } from "./boundary/handles.ts";
import { type Hot, shim } from "./boundary/library.ts";
import { limitHint, limits } from "./boundary/bounds.ts";
import { inspected, shown } from "./boundary/shown.ts";
import {
  checkInteger,
  checkSocket,
  cString,
  disposed,
  listSnapshots,
  unwrapPointer,
} from "./boundary/native.ts";
import { badIndex, badRoom, badSpan, type ObjectHolder, type Objects } from "./objects.ts";
import { findHandlesBy, handedOver } from "./transfer.ts";

/** `RING_F_*`: how a ring synchronises its producers and consumers. */
export const RingFlags = {
  /** `RING_F_SP_ENQ`: one producer. */
  SP_ENQ: RING_F_SP_ENQ,
  /** `RING_F_SC_DEQ`: one consumer. */
  SC_DEQ: RING_F_SC_DEQ,
  /** `RING_F_EXACT_SZ`: the ring holds exactly `count` objects, which need be no power of two. */
  EXACT_SZ: RING_F_EXACT_SZ,
  /** `RING_F_MP_RTS_ENQ`: many producers, relaxed tail synchronisation. */
  MP_RTS_ENQ: RING_F_MP_RTS_ENQ,
  /** `RING_F_MC_RTS_DEQ`: many consumers, relaxed tail synchronisation. */
  MC_RTS_DEQ: RING_F_MC_RTS_DEQ,
  /** `RING_F_MP_HTS_ENQ`: many producers, head and tail synchronisation. */
  MP_HTS_ENQ: RING_F_MP_HTS_ENQ,
  /** `RING_F_MC_HTS_DEQ`: many consumers, head and tail synchronisation. */
  MC_HTS_DEQ: RING_F_MC_HTS_DEQ,
} as const;

const { SP_ENQ, SC_DEQ, EXACT_SZ, MP_RTS_ENQ, MC_RTS_DEQ, MP_HTS_ENQ, MC_HTS_DEQ } = RingFlags;

/**
 * The flags of each side, of which at most one may be set; without any, the side is for many
 * threads.
 */
const SIDES: readonly (readonly number[])[] = [
  [SP_ENQ, MP_RTS_ENQ, MP_HTS_ENQ],
  [SC_DEQ, MC_RTS_DEQ, MC_HTS_DEQ],
  [EXACT_SZ],
];

/**
 * Refuses flags that rte_ring_init() refuses: rte_ring_create() ignores its error, and returns a
 * ring of garbage.
 */
function checkFlags(operation: string, flags: number): void {
  let known = 0;
  let clash = false;
  for (const side of SIDES) {
    clash ||= side.filter((flag) => (flags & flag) !== 0).length > 1;
    for (const flag of side) known |= flag;
  }
  if (!clash && (flags & ~known) === 0) return;
  throw new DpdkError({
    operation,
    code: "EINVAL",
    reason: clash
      ? `flags 0x${flags.toString(16)} name two ways to synchronise one side`
      : `flags 0x${flags.toString(16)} are not all known`,
  });
}

/** Options of {@linkcode Ring.create}. */
export interface RingOptions {
  /** NUMA node of the memory; any (-1) where left out. */
  socket?: number;
  /** {@linkcode RingFlags}, or-ed together; 0 (many producers, many consumers) where left out. */
  flags?: number;
}

/** A ring at one instant. */
export interface RingInfo {
  /** Name of the ring. */
  name: string;
  /** Number of objects in the ring. */
  used: number;
  /** The most objects that the ring can hold. */
  capacity: number;
  /** {@linkcode RingFlags}. */
  flags: number;
}

// The hot functions, each bound at its first call. V8 makes a direct native call, 5 ns, of a call
// through a variable that never changes again; through `shim()` it would be 22 ns.
let ringEnqueue: Hot<"shim_ring_enqueue"> | undefined;
let ringDequeue: Hot<"shim_ring_dequeue"> | undefined;
let ringEnqueueBulk: Hot<"shim_ring_enqueue_bulk"> | undefined;
let ringDequeueBulk: Hot<"shim_ring_dequeue_bulk"> | undefined;
let ringEnqueueBurst: Hot<"shim_ring_enqueue_burst"> | undefined;
let ringDequeueBurst: Hot<"shim_ring_dequeue_burst"> | undefined;
let burstEnqueueAllBulk: Hot<"shim_burst_enqueue_all_bulk"> | undefined;
let burstEnqueueAllBurst: Hot<"shim_burst_enqueue_all_burst"> | undefined;
let burstEnqueueBulk: Hot<"shim_burst_enqueue_bulk"> | undefined;
let burstDequeueBulk: Hot<"shim_burst_dequeue_bulk"> | undefined;
let burstEnqueueBurst: Hot<"shim_burst_enqueue_burst"> | undefined;
let burstDequeueBurst: Hot<"shim_burst_dequeue_burst"> | undefined;
let ringTorn: Hot<"shim_ring_torn"> | undefined;
let ringCount: Hot<"shim_ring_count"> | undefined;
let ringFreeCount: Hot<"shim_ring_free_count"> | undefined;

/** The hint for a ring of this size that could not be created. */
function ringHint(count: number) {
  const { ring_slots, ring_objects, ring_name } = limits();
  return limitHint({
    name: ring_name,
    bytes: count * BigUint64Array.BYTES_PER_ELEMENT,
    sizes:
      `count is a power of two, ${ring_slots} at most; with EXACT_SZ any up to ${ring_objects}`,
  });
}

/**
 * A fixed-size queue of object pointers in shared memory, `struct rte_ring`.
 *
 * Disposal frees a ring that this handle created, and only forgets one that it looked up. Other
 * handles of the thread end when the creating one is disposed of. Where Workers have handles too,
 * the ring is freed with the last of them. Other processes are not counted, as in C: they must not
 * use a ring that was freed. What is still in the ring is not freed with it. After disposal every
 * use throws {@linkcode DpdkError}.
 *
 * @example
 * ```ts
 * import { Ring, RingFlags } from "denodpdk";
 *
 * using ring = Ring.create("WORK", 1024, { flags: RingFlags.SP_ENQ | RingFlags.SC_DEQ });
 * console.log(ring.capacity); // 1023
 * ```
 */
export class Ring implements Disposable {
  #ring: Deno.PointerObject | null;
  readonly #owned: boolean;
  readonly #release: Release;
  /** Name of the ring, by which every process finds it. */
  readonly name: string;

  private constructor(name: string, ring: Deno.PointerObject, owned: boolean) {
    this.#ring = ring;
    this.#owned = owned;
    this.name = name;
    this.#release = holdObject(this, ring, (ring) => ring.#end(false));
  }

  /**
   * Creates a ring: `rte_ring_create`. Works in secondaries too. Disposal frees the ring.
   *
   * @param name up to 28 bytes, unique among the rings of this primary.
   * @param count slots, a power of two up to 2^30; the ring holds `count - 1` objects, or exactly
   * `count`, up to 2^30 - 1, with `RingFlags.EXACT_SZ`.
   * @throws {DpdkError} EEXIST, EINVAL (count no power of two, flags unknown
   * or in conflict), ENAMETOOLONG, ENOMEM.
   * @throws {RangeError} when count, socket or flags is no integer in range.
   */
  static create(name: string, count: number, options: RingOptions = {}): Ring {
    checkInteger("ring count", count, 1, UINT32_MAX);
    const flags = checkInteger("ring flags", options.flags ?? 0, 0, UINT32_MAX);
    const socket = checkSocket(options.socket);
    const operation = `rte_ring_create(${name})`;
    checkFlags(operation, flags);
    const ring = unwrapPointer(
      operation,
      (out) => shim().shim_ring_create(cString(name), count, socket, flags, out),
      (code) => ringHint(count)(code),
    );
    return new Ring(name, ring, true);
  }

  /**
   * Finds a ring that any process of this primary created: `rte_ring_lookup`. Disposal forgets the
   * ring and frees nothing.
   *
   * @throws {DpdkError} ENOENT when there is no ring of that name.
   */
  static lookup(name: string): Ring {
    const ring = unwrapPointer(
      `rte_ring_lookup(${name})`,
      (out) => shim().shim_ring_lookup(cString(name), out),
    );
    return new Ring(name, ring, false);
  }

  /** @internal The ring, for C. */
  get pointer(): Deno.PointerObject {
    return this.#ring ?? this.#disposed();
  }

  /** All rings of the running primary as they are now, in the order of their creation. */
  static list(): RingInfo[] {
    return listSnapshots("list of rings", {
      layout: struct_shim_ring_info,
      read: (infos, len) => shim().shim_ring_list(infos, len),
      info: ({ name, used, capacity, flags }) => ({ name, used, capacity, flags }),
    });
  }

  /** The most objects that the ring can hold: `rte_ring_get_capacity`. */
  get capacity(): number {
    return shim().shim_ring_capacity(this.#ring ?? this.#disposed());
  }

  /** Number of objects in the ring: `rte_ring_count`. */
  get count(): number {
    return (ringCount ??= shim().shim_ring_count)(this.#ring ?? this.#disposed());
  }

  /** Number of objects that still fit: `rte_ring_free_count`. */
  get freeCount(): number {
    return (ringFreeCount ??= shim().shim_ring_free_count)(
      this.#ring ?? this.#disposed(),
    );
  }

  /** {@linkcode RingFlags} that the ring was created with. */
  get flags(): number {
    return shim().shim_ring_flags(this.#ring ?? this.#disposed());
  }

  /**
   * Enqueues object `index` of a table: `rte_ring_enqueue`. Whoever dequeues the object owns it
   * next; when the ring is full, the caller keeps it.
   *
   * @returns false when the ring is full.
   * @throws {RangeError} when index lies outside the table.
   */
  enqueue(objects: Objects, index = 0): boolean {
    const ring = this.#ring ?? this.#disposed();
    if (index >>> 0 !== index || index >= objects.length) badIndex("Ring.enqueue", index, objects);
    return (ringEnqueue ??= shim().shim_ring_enqueue)(ring, objects.pointer, index) === 0;
  }

  /**
   * Dequeues one object into place `index` of a table: `rte_ring_dequeue`. The caller owns it then.
   *
   * @returns false when the ring is empty.
   * @throws {RangeError} when index lies outside the table.
   */
  dequeue(objects: Objects, index = 0): boolean {
    const ring = this.#ring ?? this.#disposed();
    if (index >>> 0 !== index || index >= objects.length) badIndex("Ring.dequeue", index, objects);
    return (ringDequeue ??= shim().shim_ring_dequeue)(ring, objects.pointer, index) === 0;
  }

  /**
   * Enqueues `count` objects, from index `from` on, or none: `rte_ring_enqueue_bulk`. Packets leave
   * their {@linkcode Burst}.
   *
   * @param count all from `from` on where left out.
   * @returns `count`, or 0 when they do not all fit; the caller keeps them then.
   * @throws {RangeError} when there are no such objects.
   */
  enqueueBulk(objects: ObjectHolder, count?: number, from = 0): number {
    const ring = this.#ring ?? this.#disposed();
    // a loop's call has nothing to check
    if (count === undefined && from === 0 && objects.holdsPackets) {
      burstEnqueueAllBulk ??= shim().shim_burst_enqueue_all_bulk;
      return burstEnqueueAllBulk(ring, objects.handle);
    }
    const { count: held } = objects;
    const wanted = count ?? held - from;
    if (wanted >>> 0 !== wanted || from >>> 0 !== from || wanted > held - from) {
      badSpan("Ring.enqueueBulk", wanted, from, objects);
    }
    if (objects.holdsPackets) {
      burstEnqueueBulk ??= shim().shim_burst_enqueue_bulk;
      return burstEnqueueBulk(ring, objects.handle, from, wanted);
    }
    ringEnqueueBulk ??= shim().shim_ring_enqueue_bulk;
    return ringEnqueueBulk(ring, objects.pointer, from, wanted);
  }

  /**
   * Dequeues `count` objects or none, into the first places of a table or into an empty
   * {@linkcode Burst}: `rte_ring_dequeue_bulk`. The caller owns them then.
   *
   * @param count the whole size of the table or burst where left out.
   * @returns `count`, or 0 when the ring has fewer.
   * @throws {RangeError} when the table or burst is smaller.
   * @throws {DpdkError} EBUSY when the burst still holds packets.
   */
  dequeueBulk(objects: ObjectHolder, count?: number): number {
    const ring = this.#ring ?? this.#disposed();
    const { room } = objects;
    const wanted = count ?? room;
    if (wanted >>> 0 !== wanted || wanted > room) badRoom("Ring.dequeueBulk", wanted, objects);
    if (objects.holdsPackets) {
      burstDequeueBulk ??= shim().shim_burst_dequeue_bulk;
      return burstDequeueBulk(ring, objects.handle, wanted);
    }
    ringDequeueBulk ??= shim().shim_ring_dequeue_bulk;
    return ringDequeueBulk(ring, objects.pointer, wanted);
  }

  /**
   * Enqueues as many of `count` objects, from index `from` on, as the ring has room for:
   * `rte_ring_enqueue_burst`. Packets that were enqueued leave their {@linkcode Burst}.
   *
   * @param count all from `from` on where left out.
   * @returns how many objects were enqueued, counted from the first; the caller keeps the others.
   * @throws {RangeError} when there are no such objects.
   */
  enqueueBurst(objects: ObjectHolder, count?: number, from = 0): number {
    const ring = this.#ring ?? this.#disposed();
    // a loop's call has nothing to check
    if (count === undefined && from === 0 && objects.holdsPackets) {
      burstEnqueueAllBurst ??= shim().shim_burst_enqueue_all_burst;
      return burstEnqueueAllBurst(ring, objects.handle);
    }
    const { count: held } = objects;
    const wanted = count ?? held - from;
    if (wanted >>> 0 !== wanted || from >>> 0 !== from || wanted > held - from) {
      badSpan("Ring.enqueueBurst", wanted, from, objects);
    }
    if (objects.holdsPackets) {
      burstEnqueueBurst ??= shim().shim_burst_enqueue_burst;
      return burstEnqueueBurst(ring, objects.handle, from, wanted);
    }
    ringEnqueueBurst ??= shim().shim_ring_enqueue_burst;
    return ringEnqueueBurst(ring, objects.pointer, from, wanted);
  }

  /**
   * Dequeues up to `count` objects, into the first places of a table or into an empty
   * {@linkcode Burst}: `rte_ring_dequeue_burst`. The caller owns them then.
   *
   * @param count the whole size of the table or burst where left out.
   * @returns the number of objects dequeued.
   * @throws {RangeError} when the table or burst is smaller.
   * @throws {DpdkError} EBUSY when the burst still holds packets.
   */
  dequeueBurst(objects: ObjectHolder, count?: number): number {
    const ring = this.#ring ?? this.#disposed();
    const { room } = objects;
    const wanted = count ?? room;
    if (wanted >>> 0 !== wanted || wanted > room) badRoom("Ring.dequeueBurst", wanted, objects);
    if (objects.holdsPackets) {
      burstDequeueBurst ??= shim().shim_burst_dequeue_burst;
      return burstDequeueBurst(ring, objects.handle, wanted);
    }
    ringDequeueBurst ??= shim().shim_ring_dequeue_burst;
    return ringDequeueBurst(ring, objects.pointer, wanted);
  }

  /**
   * Copies the oldest objects into the first places of a table, and takes none out of the ring. They
   * still belong to who dequeues them, which another consumer may do at the same time.
   *
   * @returns the number of objects copied; as many as the table has places for, at most.
   *
   * @example Whether a ring has packets
   * ```ts
   * import { Burst, Objects, type Ring } from "denodpdk";
   *
   * function hasPackets(ring: Ring): boolean {
   *   const first = new Objects(32);
   *   const count = ring.peek(first);
   *   return count > 0 && Burst.arePackets(first, count);
   * }
   * ```
   */
  peek(objects: Objects): number {
    const ring = this.#ring ?? disposed(`Ring ${this.name}`);
    return shim().shim_ring_peek(ring, objects.pointer, objects.length);
  }

  /**
   * Empties the ring: `rte_ring_reset`. No process may use the ring meanwhile. The objects in it
   * are not freed.
   */
  reset(): void {
    shim().shim_ring_reset(this.#ring ?? this.#disposed());
  }

  /**
   * Whether an enqueue or a dequeue is in the middle of its update at this instant. If that does
   * not change, the process that began it was killed, and every other user of that side waits for
   * ever: see {@linkcode Ring.repair}.
   */
  get isTorn(): boolean {
    const ring = this.#ring ?? this.#disposed();
    return (ringTorn ??= shim().shim_ring_torn)(ring) !== 0;
  }

  /**
   * Mends the side of the ring, enqueue or dequeue, in which a process was killed in the middle of
   * an update; without that, all users of that side wait for ever. No process may use that side
   * meanwhile; the other side may be in use. The objects that the dead process was moving are in no
   * ring afterwards.
   *
   * @returns whether there was anything to mend.
   */
  repair(side: "producer" | "consumer"): boolean {
    const ring = this.#ring ?? this.#disposed();
    const [producer, consumer] = [Number(side === "producer"), Number(side === "consumer")];
    return shim().shim_ring_repair(ring, producer, consumer) > 0;
  }

  #disposed(): never {
    disposed(`Ring ${this.name}`);
  }

  #end(free: boolean): void {
    this.#ring = null;
    this.#release(free);
  }

  /** The ring as it is now. */
  info(): RingInfo {
    const { name, count, capacity, flags } = this;
    return { name, used: count, capacity, flags };
  }

  /** For `JSON.stringify`: what {@linkcode Ring.info} returns. */
  toJSON(): RingInfo {
    return this.info();
  }

  /** What `console.log` shows. */
  [inspected](): string {
    return shown(`Ring ${this.name}`, () => `${this.count} of ${this.capacity} objects`);
  }

  /** @internal */
  [handedOver](): { kind: string; by: string } {
    return { kind: "Ring", by: this.name };
  }

  /**
   * Frees a ring that this handle created (`rte_ring_free`), forgets one that it looked up.
   * Idempotent.
   */
  [Symbol.dispose](): void {
    this.#end(this.#owned);
  }
}

findHandlesBy("Ring", (name: string) => Ring.lookup(name));
