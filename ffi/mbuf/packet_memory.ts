/**
 * The memory of packets as typed arrays, so that headers are read and written where they lie.
 *
 * @module
 */

import { SHIM_OUTSIDE } from "../boundary/constants.ts";
import { DpdkError } from "../boundary/errors.ts";
import { mapMemory, unmapMemory } from "../boundary/handles.ts";
import { Dependents, toPointer, track } from "../boundary/native.ts";
import { hexText, inspected } from "../boundary/shown.ts";
import { Mempool } from "../mempool.ts";
import { isPacketPool, onPacketPool } from "./pool.ts";

const HALF = 0x1_0000_0000;

/** Beginning and end of memory, as addresses. */
interface Span {
  begin: bigint;
  end: bigint;
}

/** The smallest span that contains all these. */
function hull(spans: readonly Span[]): Span {
  const min = (a: bigint, b: bigint) => a < b ? a : b;
  const max = (a: bigint, b: bigint) => a > b ? a : b;
  return {
    begin: spans.map(({ begin }) => begin).reduce(min),
    end: spans.map(({ end }) => end).reduce(max),
  };
}

/**
 * The memory of one packet pool or several, as typed arrays on the hugepages themselves, without
 * copies. The arrays are little endian, as the machine is; network fields are big endian, which
 * {@linkcode PacketMemory.view} reads. What lies between the pools' chunks belongs to others: use
 * only the offsets that {@linkcode Burst.offsets} gives.
 *
 * Disposal detaches the arrays, whose length is 0 then, and leaves the pools alone. The disposal of
 * one of the pools detaches them as well. Do not transfer the arrays' buffer to another thread: the
 * pools could not be freed any more.
 *
 * @example Count the IPv4 packets of a burst
 * ```ts
 * import type { Burst } from "denodpdk";
 *
 * function countIpv4(burst: Burst): number {
 *   const { offsets, memory: { u16 } } = burst;
 *   let ipv4 = 0;
 *   for (let i = 0; i < burst.count; i++) {
 *     // the EtherType lies 12 bytes behind an even offset, in network byte order
 *     if (u16[(offsets[i]! + 12) >>> 1] === 0x0008) ipv4++;
 *   }
 *   return ipv4;
 * }
 * ```
 */
export class PacketMemory implements Disposable {
  /** The value in {@linkcode Burst.offsets} of a packet that does not lie in the burst's memory. */
  static readonly OUTSIDE: number = SHIM_OUTSIDE;

  /** The memory, for fields of any size and byte order: `view.getUint16(offset + 12)`. */
  readonly view: DataView<ArrayBuffer>;
  /** The memory by bytes. */
  readonly u8: Uint8Array<ArrayBuffer>;
  /** The memory by 2 bytes: `u16[offset >>> 1]`, where the offset is even. */
  readonly u16: Uint16Array<ArrayBuffer>;
  /** The memory by 4 bytes: `u32[offset >>> 2]`, where the offset is a multiple of 4. */
  readonly u32: Uint32Array<ArrayBuffer>;
  /**
   * The memory by 8 bytes, to copy 8 bytes of a header in one step: `f64[offset >>> 3]`, where the
   * offset is a multiple of
   * 8. One store for 8 bytes of a header; not for a pattern that is a NaN, of which there are many.
   */
  readonly f64: Float64Array<ArrayBuffer>;
  /** The names of the pools, separated by commas. */
  readonly name: string;
  /** @internal Address of the first byte. */
  readonly base: bigint;
  /** @internal Pointer to the first byte, for C. */
  readonly pointer: Deno.PointerObject;
  /** @internal Wrappers that use offsets into this memory, and must end before it. */
  readonly dependents: Dependents = new Dependents();

  /** Handles of the pools, which keep the pools alive as long as their memory is used. */
  readonly #held: readonly Mempool[];
  /** The chunks of the pools' memory; the gaps between them may be unmapped. */
  readonly #chunks: readonly Span[];
  /** Addresses of the pools, each as its two halves. */
  readonly #pools: readonly (readonly [low: number, high: number])[];
  readonly #baseLow: number;
  readonly #baseHigh: number;
  /** Functions that remove this object from the lists of what must end before the pools. */
  readonly #forget: (() => void)[];
  #ended = false;

  private constructor(pools: readonly Mempool[], { begin, end }: Span) {
    const memory = mapMemory(toPointer(begin), Number(end - begin), this);
    this.name = pools.map(({ name }) => name).join(", ");
    this.#held = pools;
    this.#chunks = pools.flatMap((pool) => pool.chunks().map(([begin, end]) => ({ begin, end })));
    this.#pools = pools.map(({ pointer }) => {
      const address = Deno.UnsafePointer.value(pointer);
      return [Number(address & 0xffff_ffffn), Number(address >> 32n)];
    });
    this.base = begin;
    this.pointer = toPointer(begin);
    this.#baseLow = Number(begin & 0xffff_ffffn);
    this.#baseHigh = Number(begin >> 32n);
    this.view = new DataView(memory);
    this.u8 = new Uint8Array(memory);
    this.u16 = new Uint16Array(memory);
    this.u32 = new Uint32Array(memory);
    this.f64 = new Float64Array(memory);
    const stop = (memory: PacketMemory) => memory[Symbol.dispose]();
    this.#forget = [track(this, stop), ...pools.map((pool) => pool.dependents.add(this, stop))];
  }

  /**
   * Maps the memory of one packet pool or several, so that packets of all of them can be in one
   * burst.
   *
   * @throws {DpdkError} EINVAL when a pool holds no packets; EFBIG when its chunks, or the pools,
   * lie 4 GiB or more apart.
   */
  static map(...pools: readonly [Mempool, ...Mempool[]]): PacketMemory {
    // throws for a pool that holds no packets
    for (const pool of pools) pool.dataRoom;
    const span = hull(pools.map((pool) => {
      const { base, length } = pool.span();
      return { begin: base, end: base + BigInt(length) };
    }));
    const bytes = Number(span.end - span.begin);
    if (bytes < SHIM_OUTSIDE) return new PacketMemory(pools, span);
    const names = pools.map(({ name }) => name).join(", ");
    throw new DpdkError({
      operation: `memory of ${names}`,
      code: "EFBIG",
      reason: `the pools span ${bytes} bytes, and offsets reach 4 GiB only`,
      hint: pools.length > 1
        ? "name only the pools that this burst's packets come from: new Burst(size, { pools })"
        : "make the pool smaller, or several of it",
    });
  }

  /** For `JSON.stringify`: the names of the pools and the size, not the contents. */
  toJSON(): { name: string; address: string; length: number } {
    return { name: this.name, address: hexText(this.base), length: this.length };
  }

  /** What `console.log` shows. */
  [inspected](): string {
    const name = `PacketMemory of ${this.name}`;
    if (this.length === 0) return `${name} (disposed)`;
    return `${name}: ${this.length} bytes at ${hexText(this.base)}`;
  }

  /** @internal Bytes of the memory; 0 once it is unmapped. */
  get length(): number {
    return this.u8.length;
  }

  /** @internal Whether the elements of this pool lie in here. */
  has(pool: Mempool): boolean {
    const address = Deno.UnsafePointer.value(pool.pointer);
    return !this.#ended &&
      this.isPool(Number(address & 0xffff_ffffn), Number(address >> 32n));
  }

  /** @internal Whether this is the address of one of the pools. */
  isPool(low: number, high: number): boolean {
    for (const [poolLow, poolHigh] of this.#pools) {
      if (low === poolLow && high === poolHigh) return true;
    }
    return false;
  }

  /**
   * @internal The offset of an address; negative or too large for an address outside of this
   * memory.
   */
  offsetOf(low: number, high: number): number {
    return low - this.#baseLow + (high - this.#baseHigh) * HALF;
  }

  /** @internal Whether all these bytes belong to one of the pools. */
  isInside(offset: number, length: number): boolean {
    if (offset < 0 || offset + length > this.length) return false;
    const begin = this.base + BigInt(offset);
    const end = begin + BigInt(length);
    return this.#chunks.some((chunk) => begin >= chunk.begin && end <= chunk.end);
  }

  /** Takes the memory away from the arrays. Idempotent. */
  [Symbol.dispose](): void {
    if (this.#ended) return;
    this.#ended = true;
    if (!unmapMemory(this.u8.buffer)) { for (const pool of this.#held) pool.keep(); }
    for (const forget of this.#forget) forget();
    this.dependents.detachAll();
  }
}

/** The memory of all packet pools that this thread knows. */
let shared: PacketMemory | undefined;

/** Pools of packets that the running primary has. */
function packetPools(): Mempool[] {
  return Mempool.list().flatMap(({ name }) => {
    try {
      const pool = Mempool.lookup(name);
      if (isPacketPool(pool)) return [pool];
      pool[Symbol.dispose]();
    } catch (error) {
      // the pool was freed meanwhile, or is of another DPDK: no packets of it can come here
      if (!(error instanceof DpdkError)) throw error;
    }
    return [];
  });
}

/**
 * The memory of all existing packet pools, for bursts that were given no pools. It is mapped again
 * when a new pool lies outside of it; older arrays are detached then.
 *
 * @throws {DpdkError} ENOENT when there are none; EFBIG when they lie 4 GiB or more apart.
 */
export function allPacketMemory(): PacketMemory {
  if (shared && shared.length > 0) return shared;
  const [first, ...others] = packetPools();
  if (!first) {
    throw new DpdkError({
      operation: "memory of packets",
      code: "ENOENT",
      reason: "there is no pool of packets",
      hint: "open a port, or call createPktmbufPool(), first",
    });
  }
  return shared = PacketMemory.map(first, ...others);
}

/** A pool that this thread did not know: the memory of all pools must be mapped again. */
onPacketPool((pool) => {
  if (shared?.has(pool) === false) shared[Symbol.dispose]();
});
