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

/** What each side may be: many (no flag), or one of these. */
const SIDES: readonly (readonly number[])[] = [
  [SP_ENQ, MP_RTS_ENQ, MP_HTS_ENQ],
  [SC_DEQ, MC_RTS_DEQ, MC_HTS_DEQ],
  [EXACT_SZ],
];

/** rte_ring_create() ignores that rte_ring_init() refuses flags, and returns a ring of garbage. */
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
    errno: 22,
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
  /** Objects in the ring. */
  used: number;
  /** Objects that the ring can hold. */
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
let burstEnqueueBulk: Hot<"shim_burst_enqueue_bulk"> | undefined;
let burstDequeueBulk: Hot<"shim_burst_dequeue_bulk"> | undefined;
let burstEnqueueBurst: Hot<"shim_burst_enqueue_burst"> | undefined;
let burstDequeueBurst: Hot<"shim_burst_dequeue_burst"> | undefined;
let ringTorn: Hot<"shim_ring_torn"> | undefined;
let ringCount: Hot<"shim_ring_count"> | undefined;
let ringFreeCount: Hot<"shim_ring_free_count"> | undefined;

/** What helps where a ring of this size could not be made. */
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
 * A created ring is freed by its disposal; a looked-up one only forgets its pointer. All handles of
 * a ring in this process share its life: those of the same thread end with the one that created it,
 * and where a Worker has one too, the ring is freed when that one is disposed of or its thread ends.
 * What other processes have of it is theirs to know, as in C. The ring does not own the objects in
 * it. Any use after disposal throws {@linkcode DpdkError}.
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
  /** Name of the ring: how every process finds it. */
  readonly name: string;

  private constructor(name: string, ring: Deno.PointerObject, owned: boolean) {
    this.#ring = ring;
    this.#owned = owned;
    this.name = name;
    this.#release = holdObject(this, ring, (ring) => ring.#end(false));
  }

  /**
   * Creates a ring: `rte_ring_create`. Works in secondaries too. Its disposal frees it.
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
   * Finds a ring that some process of this primary created: `rte_ring_lookup`. Its disposal
   * forgets the ring and frees nothing.
   *
   * @throws {DpdkError} ENOENT when there is none of that name.
   */
  static lookup(name: string): Ring {
    const ring = unwrapPointer(
      `rte_ring_lookup(${name})`,
      (out) => shim().shim_ring_lookup(cString(name), out),
    );
    return new Ring(name, ring, false);
  }

  /** @internal Where C finds the ring. */
  get pointer(): Deno.PointerObject {
    return this.#ring ?? disposed(`Ring ${this.name}`);
  }

  /** All rings of the running primary, in order of creation, each as it is now. */
  static list(): RingInfo[] {
    return listSnapshots("list of rings", {
      layout: struct_shim_ring_info,
      read: (infos, len) => shim().shim_ring_list(infos, len),
      info: ({ name, used, capacity, flags }) => ({ name, used, capacity, flags }),
    });
  }

  /** How many objects the ring can hold: `rte_ring_get_capacity`. */
  get capacity(): number {
    return shim().shim_ring_capacity(this.#ring ?? disposed(`Ring ${this.name}`));
  }

  /** Objects in the ring: `rte_ring_count`. */
  get count(): number {
    return (ringCount ??= shim().shim_ring_count)(this.#ring ?? disposed(`Ring ${this.name}`));
  }

  /** Objects that still fit: `rte_ring_free_count`. */
  get freeCount(): number {
    return (ringFreeCount ??= shim().shim_ring_free_count)(
      this.#ring ?? disposed(`Ring ${this.name}`),
    );
  }

  /** {@linkcode RingFlags} that the ring was created with. */
  get flags(): number {
    return shim().shim_ring_flags(this.#ring ?? disposed(`Ring ${this.name}`));
  }

  /**
   * Enqueues object `index` of a table: `rte_ring_enqueue`. The ring has it then; when it is full,
   * the caller keeps it.
   *
   * @returns false when the ring is full.
   * @throws {RangeError} when index lies outside the table.
   */
  enqueue(objects: Objects, index = 0): boolean {
    const ring = this.#ring ?? disposed(`Ring ${this.name}`);
    if (index >>> 0 !== index || index >= objects.length) badIndex("Ring.enqueue", index, objects);
    return (ringEnqueue ??= shim().shim_ring_enqueue)(ring, objects.pointer, index) === 0;
  }

  /**
   * Dequeues one object to place `index` of a table: `rte_ring_dequeue`. The caller has it then.
   *
   * @returns false when the ring is empty.
   * @throws {RangeError} when index lies outside the table.
   */
  dequeue(objects: Objects, index = 0): boolean {
    const ring = this.#ring ?? disposed(`Ring ${this.name}`);
    if (index >>> 0 !== index || index >= objects.length) badIndex("Ring.dequeue", index, objects);
    return (ringDequeue ??= shim().shim_ring_dequeue)(ring, objects.pointer, index) === 0;
  }

  /**
   * Enqueues `count` objects from index `from` on, or none: `rte_ring_enqueue_bulk`. The ring has
   * them then, and they leave a `Burst`.
   *
   * @param count all that there are from there on, where left out.
   * @returns `count`, or 0 when they do not all fit; the caller keeps them then.
   * @throws {RangeError} when there are no such objects.
   */
  enqueueBulk(objects: ObjectHolder, count = objects.count, from = 0): number {
    const ring = this.#ring ?? disposed(`Ring ${this.name}`);
    if (count >>> 0 !== count || from >>> 0 !== from || from + count > objects.count) {
      badSpan("Ring.enqueueBulk", count, from, objects);
    }
    if (objects.holdsPackets) {
      burstEnqueueBulk ??= shim().shim_burst_enqueue_bulk;
      return burstEnqueueBulk(ring, objects.handle, from, count);
    }
    ringEnqueueBulk ??= shim().shim_ring_enqueue_bulk;
    return ringEnqueueBulk(ring, objects.pointer, from, count);
  }

  /**
   * Dequeues exactly `count` objects to the front of a table or into an empty `Burst`, or none:
   * `rte_ring_dequeue_bulk`. The caller has them then.
   *
   * @param count as many as there is room for, where left out.
   * @returns `count`, or 0 when the ring has fewer.
   * @throws {RangeError} when there is no room for so many.
   * @throws {DpdkError} EBUSY when the burst still holds packets.
   */
  dequeueBulk(objects: ObjectHolder, count?: number): number {
    const ring = this.#ring ?? disposed(`Ring ${this.name}`);
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
   * Enqueues as many of `count` objects from index `from` on as fit: `rte_ring_enqueue_burst`. The
   * ring has them then, and they leave a `Burst`.
   *
   * @param count all that there are, where left out.
   * @returns how many the ring took, beginning with the first; the caller keeps the others.
   * @throws {RangeError} when there are no such objects.
   */
  enqueueBurst(objects: ObjectHolder, count = objects.count, from = 0): number {
    const ring = this.#ring ?? disposed(`Ring ${this.name}`);
    if (count >>> 0 !== count || from >>> 0 !== from || from + count > objects.count) {
      badSpan("Ring.enqueueBurst", count, from, objects);
    }
    if (objects.holdsPackets) {
      burstEnqueueBurst ??= shim().shim_burst_enqueue_burst;
      return burstEnqueueBurst(ring, objects.handle, from, count);
    }
    ringEnqueueBurst ??= shim().shim_ring_enqueue_burst;
    return ringEnqueueBurst(ring, objects.pointer, from, count);
  }

  /**
   * Dequeues up to `count` objects to the front of a table or into an empty `Burst`:
   * `rte_ring_dequeue_burst`. The caller has them then.
   *
   * @param count as many as there is room for, where left out.
   * @returns how many came.
   * @throws {RangeError} when there is no room for so many.
   * @throws {DpdkError} EBUSY when the burst still holds packets.
   */
  dequeueBurst(objects: ObjectHolder, count?: number): number {
    const ring = this.#ring ?? disposed(`Ring ${this.name}`);
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
   * Empties the ring: `rte_ring_reset`. Nobody may use it meanwhile; what the objects in it
   * were is forgotten.
   */
  reset(): void {
    shim().shim_ring_reset(this.#ring ?? disposed(`Ring ${this.name}`));
  }

  /**
   * Whether one side is in the middle of an update at this instant. Where it stays so, the
   * process that made the update was killed, and every user of that side waits for ever: see
   * {@linkcode Ring.repair}.
   */
  get torn(): boolean {
    const ring = this.#ring ?? disposed(`Ring ${this.name}`);
    return (ringTorn ??= shim().shim_ring_torn)(ring) !== 0;
  }

  /**
   * Mends a side of the ring that a killed process left half-way: its users would wait for ever.
   * Nobody else may use that side meanwhile; the other side may go on. The objects that the dead
   * process was moving are in no ring then.
   *
   * @returns whether there was something to mend.
   */
  repair(side: "producer" | "consumer"): boolean {
    const ring = this.#ring ?? disposed(`Ring ${this.name}`);
    const [producer, consumer] = [Number(side === "producer"), Number(side === "consumer")];
    return shim().shim_ring_repair(ring, producer, consumer) > 0;
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

  /** For JSON: the ring as it is now. */
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

  /** Frees a created ring (`rte_ring_free`), forgets a looked-up one. Idempotent. */
  [Symbol.dispose](): void {
    this.#end(this.#owned);
  }
}

findHandlesBy("Ring", (name: string) => Ring.lookup(name));
