/**
 * What is in packets, read and written where it lies: no copies.
 *
 * Hot loops use {@linkcode PacketBurst}, whose offsets index the typed arrays of a
 * {@linkcode OldPacketMemory}; scripts use {@linkcode OldPacket}.
 *
 * @module
 */

import { DpdkError } from "../boundary/errors.ts";
import { mapMemory, unmapMemory } from "../boundary/handles.ts";
import { type Hot, shim } from "../boundary/library.ts";
import { dataRoomOf } from "./mbuf.ts";
import { OUTSIDE } from "./packet_memory.ts";
import type { Mempool } from "../mempool.ts";
import {
  addressOf,
  checkInteger,
  disposed,
  StableMemory,
  toPointer,
  track,
} from "../boundary/native.ts";
import { badCount, badIndex, Objects, OBJECTS_MAX } from "../objects.ts";

const RX_VLAN = 1 << 0;
const RX_RSS_HASH = 1 << 1;

/** Offsets of the fields of `struct rte_mbuf`, bytes. */
interface MbufLayout {
  size: number;
  bufAddr: number;
  dataOff: number;
  nbSegs: number;
  port: number;
  olFlags: number;
  pktLen: number;
  dataLen: number;
  vlanTci: number;
  rssHash: number;
  bufLen: number;
  next: number;
  pool: number;
}

let layout: MbufLayout | undefined;

function mbufLayout(): MbufLayout {
  const offsets = new Uint32Array(13);
  shim().shim_mbuf_layout(offsets, offsets.length);
  const at = (index: number) => offsets[index] ?? 0;
  return {
    size: at(0),
    bufAddr: at(1),
    dataOff: at(2),
    nbSegs: at(3),
    port: at(4),
    olFlags: at(5),
    pktLen: at(6),
    dataLen: at(7),
    vlanTci: at(8),
    rssHash: at(9),
    bufLen: at(10),
    next: at(11),
    pool: at(12),
  };
}

/**
 * The memory of a pool of packet buffers as typed arrays on the hugepages themselves, little
 * endian as the machine. It spans all chunks of the pool; index it only with what
 * {@linkcode PacketBurst} says, since what lies between the chunks is not the pool's.
 *
 * Disposal takes the arrays' memory away from them (their length is 0 then), as does the disposal
 * of the pool; the pool stays. Do not transfer their buffer: the pool could not be freed then.
 *
 * @example Rewrite the destination MAC of every packet that came
 * ```ts
 * import { EthDev, Mempool, PacketBurst, OldPacketMemory } from "denodpdk";
 *
 * using memory = OldPacketMemory.of(Mempool.lookup("mbuf_pool"));
 * const burst = new PacketBurst(memory, 32);
 * const dev = EthDev.of(0);
 * const { u8 } = memory;
 * const n = dev.rxPackets(0, burst, 32);
 * for (let i = 0; i < n; i++) u8[burst.offsets[i]!] = 2;
 * dev.txBurst(0, burst.objs, n);
 * ```
 */
export class OldPacketMemory implements Disposable {
  /** The memory by bytes. */
  readonly u8: Uint8Array<ArrayBuffer>;
  /** The memory by 2 bytes: `u16[offset >>> 1]`, where the offset is even. */
  readonly u16: Uint16Array<ArrayBuffer>;
  /** The memory by 4 bytes: `u32[offset >>> 2]`, where the offset is a multiple of 4. */
  readonly u32: Uint32Array<ArrayBuffer>;
  /**
   * The memory by 8 bytes, as bare patterns: `f64[offset >>> 3]`, where the offset is a multiple of
   * 8. One store for 8 bytes of a header; not for a pattern that is a NaN, of which there are many.
   */
  readonly f64: Float64Array<ArrayBuffer>;
  /** @internal Address of the first byte. */
  readonly base: bigint;
  /** @internal Addresses of the pools. */
  readonly pools: readonly bigint[];
  /** Name of the pool, or of the pools. */
  readonly name: string;

  /** Handles of the pools, which live as long as their memory is used. */
  readonly #held: readonly Mempool[];
  /** Where the pools' memory is, beginning and end; what lies between may be unmapped. */
  readonly #chunks: readonly (readonly [begin: bigint, end: bigint])[];
  /** Take it off the lists of what must end before its memory does. */
  readonly #forget: (() => void)[];
  #ended = false;

  private constructor(name: string, pools: readonly Mempool[], base: bigint, length: number) {
    const memory = mapMemory(toPointer(base), length, this);
    this.name = name;
    this.#held = pools;
    this.pools = pools.map(({ pointer }) => BigInt(Deno.UnsafePointer.value(pointer)));
    this.#chunks = pools.flatMap((pool) => pool.chunks());
    this.base = base;
    this.u8 = new Uint8Array(memory);
    this.u16 = new Uint16Array(memory);
    this.u32 = new Uint32Array(memory);
    this.f64 = new Float64Array(memory);
    const end = (memory: OldPacketMemory) => memory[Symbol.dispose]();
    this.#forget = [track(this, end), ...pools.map((pool) => pool.dependents.add(this, end))];
  }

  /**
   * Maps the memory of a pool, or of several: packets of each of them can meet in one burst then.
   *
   * @throws {DpdkError} EINVAL when a pool holds no packets; EFBIG when its chunks, or the pools,
   * lie 4 GiB or more apart.
   */
  static of(pool: Mempool, ...others: readonly Mempool[]): OldPacketMemory {
    const pools = [pool, ...others];
    const name = pools.map(({ name }) => name).join(", ");
    let { base, length } = pool.span();
    for (const one of pools) {
      dataRoomOf(one);
      const span = one.span();
      const end = base + BigInt(length);
      const spanEnd = span.base + BigInt(span.length);
      if (span.base < base) base = span.base;
      length = Number((spanEnd > end ? spanEnd : end) - base);
    }
    if (length >= OUTSIDE) {
      throw new DpdkError({
        operation: `OldPacketMemory.of(${name})`,
        code: "EFBIG",
        reason: `the memory of ${name} spans ${length} bytes, offsets reach 4 GiB`,
        hint: "make it smaller, or several of it",
      });
    }
    return new OldPacketMemory(name, pools, base, length);
  }

  /**
   * The packet `objs[index]`, to read and write. Valid while the caller has the mbuf.
   *
   * @throws {DpdkError} EINVAL when it is of another pool.
   * @throws {RangeError} when index lies outside the table.
   */
  packet(objs: Objects, index = 0): OldPacket {
    const address = objs.addresses[index];
    if (address === undefined) badIndex("OldPacketMemory.packet", index, objs);
    return new OldPacket(this, address);
  }

  /** @internal Whether all bytes from `address` on are a pool's. */
  has(address: bigint, length: number): boolean {
    return this.#chunks.some(([begin, end]) => address >= begin && address + BigInt(length) <= end);
  }

  /** Takes the memory away from the views. Idempotent. */
  [Symbol.dispose](): void {
    if (this.#ended) return;
    this.#ended = true;
    if (!unmapMemory(this.u8.buffer)) { for (const pool of this.#held) pool.keep(); }
    for (const forget of this.#forget) forget();
  }
}

/** Options of a {@linkcode PacketBurst}. */
export interface PacketBurstOptions {
  /**
   * Tell where each packet lies and nothing more: `lengths` and `ports` are empty. A loop that
   * rewrites headers and does nothing else is 4 % faster so.
   */
  offsetsOnly?: boolean;
}

let nativeLocate: Hot<"shim_mbuf_locate"> | undefined;

/**
 * A preallocated burst: a table of mbufs, and of each where its packet lies, so that a loop reads
 * and writes headers without a pointer, a BigInt or a copy. Make one per loop; `EthDev.rxPackets`
 * fills it. It must not be used by two threads at once.
 */
export class PacketBurst {
  /** How many packets the burst can hold. */
  readonly length: number;
  /** The mbufs, for `EthDev`, `Ring`, `TxBuffer` and `pktmbufFreeBulk`. */
  readonly objs: Objects;
  /** Byte offset of each packet's data in {@linkcode OldPacketMemory.u8}; {@linkcode OUTSIDE} for one that lies elsewhere. */
  readonly offsets: Uint32Array;
  /** Bytes of each packet's first segment: `data_len`. Empty where only offsets are wanted. */
  readonly lengths: Uint32Array;
  /** Port that each packet came from: `mbuf->port`. Empty where only offsets are wanted. */
  readonly ports: Uint16Array;
  /** @internal Where C finds the burst. */
  readonly pointer: Deno.PointerObject;

  /**
   * A burst of `length` packets in this memory.
   *
   * @throws {RangeError} when length is not an integer from 1 to `OBJECTS_MAX`.
   * @throws {DpdkError} when the memory is disposed of.
   */
  constructor(memory: OldPacketMemory, length: number, options: PacketBurstOptions = {}) {
    const told = options.offsetsOnly ? 0 : length;
    this.length = checkInteger("PacketBurst length", length, 1, OBJECTS_MAX);
    if (memory.u8.length === 0) disposed(`OldPacketMemory ${memory.name}`);
    this.#memory = memory;
    this.objs = new Objects(length);
    this.offsets = new Uint32Array(new SharedArrayBuffer(length * Uint32Array.BYTES_PER_ELEMENT));
    this.lengths = new Uint32Array(new SharedArrayBuffer(told * Uint32Array.BYTES_PER_ELEMENT));
    this.ports = new Uint16Array(new SharedArrayBuffer(told * Uint16Array.BYTES_PER_ELEMENT));
    // struct shim_burst
    const head = BigUint64Array.of(
      memory.base,
      BigInt(memory.u8.length),
      Deno.UnsafePointer.value(this.objs.pointer),
      addressOf(this.offsets.buffer),
      told ? addressOf(this.lengths.buffer) : 0n,
      told ? addressOf(this.ports.buffer) : 0n,
    );
    this.#head = new StableMemory(head.byteLength);
    new BigUint64Array(this.#head.buffer).set(head);
    this.pointer = this.#head.pointer;
  }

  /** Memory that {@linkcode PacketBurst.pointer} points to: as long as the burst lives. */
  readonly #head: StableMemory;
  readonly #memory: OldPacketMemory;

  /**
   * Fills offsets, lengths and ports of the first `count` mbufs of the table, which came from a
   * ring, as `EthDev.rxPackets` does for those from a port. The caller must have them all.
   *
   * @throws {RangeError} when count exceeds the burst.
   * @throws {DpdkError} when the memory is disposed of.
   */
  locate(count: number): void {
    if (this.#memory.u8.length === 0) disposed(`OldPacketMemory ${this.#memory.name}`);
    if (count >>> 0 !== count || count > this.length) {
      badCount("PacketBurst.locate", count, this.objs);
    }
    (nativeLocate ??= shim().shim_mbuf_locate)(this.pointer, count);
  }
}

/** A segment and all that follow. */
function* segmentsFrom(first: OldPacket): Generator<OldPacket> {
  for (let segment: OldPacket | undefined = first; segment; segment = segment.next) yield segment;
}

/**
 * One packet, `struct rte_mbuf`: a view on shared memory for scripts and tests, valid while the
 * caller has the mbuf. Hot loops use {@linkcode PacketBurst}.
 */
export class OldPacket {
  readonly #memory: OldPacketMemory;
  readonly #at: number;
  readonly #view: DataView<ArrayBuffer>;
  readonly #layout: MbufLayout;

  /** @internal The packet of an mbuf's address. */
  constructor(memory: OldPacketMemory, address: bigint) {
    const layout_ = layout ??= mbufLayout();
    if (memory.u8.length === 0) disposed(`OldPacketMemory ${memory.name}`);
    const at = address - memory.base;
    const { buffer } = memory.u8;
    const inside = memory.has(address, layout_.size);
    const view = inside ? new DataView(buffer, Number(at), layout_.size) : undefined;
    // another pool's packets can lie between the chunks of this one
    if (!view || !memory.pools.includes(view.getBigUint64(layout_.pool, true))) {
      throw new DpdkError({
        operation: "OldPacketMemory.packet",
        code: "EINVAL",
        reason: `0x${address.toString(16)} is no mbuf of pool ${memory.name}`,
      });
    }
    this.#layout = layout_;
    this.#memory = memory;
    this.#at = Number(at);
    this.#view = view;
  }

  /** The bytes of this segment, no copy. */
  get data(): Uint8Array<ArrayBuffer> {
    const start = this.#dataAt();
    return this.#memory.u8.subarray(start, start + this.#u16(this.#layout.dataLen));
  }

  /** Bytes of the whole packet, all segments: `pkt_len`. Meaningful in the first segment. */
  get length(): number {
    return this.#view.getUint32(this.#layout.pktLen, true);
  }

  /** Segments: `nb_segs`. Meaningful in the first one. */
  get segments(): number {
    return this.#u16(this.#layout.nbSegs);
  }

  /** Input port; 65535 where there is none. */
  get port(): number {
    return this.#u16(this.#layout.port);
  }

  /** RSS hash, where the device gave one: `hash.rss`. */
  get rssHash(): number | undefined {
    return this.#has(RX_RSS_HASH) ? this.#view.getUint32(this.#layout.rssHash, true) : undefined;
  }

  /** VLAN tag control information, where the device gave one: `vlan_tci`. */
  get vlan(): number | undefined {
    return this.#has(RX_VLAN) ? this.#u16(this.#layout.vlanTci) : undefined;
  }

  /**
   * The next segment, undefined after the last one.
   *
   * @throws {DpdkError} EINVAL when it is of another pool.
   */
  get next(): OldPacket | undefined {
    const next = this.#view.getBigUint64(this.#layout.next, true);
    return next === 0n ? undefined : new OldPacket(this.#memory, next);
  }

  /** A copy of the whole packet's bytes, all segments. */
  bytes(): Uint8Array<ArrayBuffer> {
    const copy = new Uint8Array(this.length);
    let at = 0;
    for (const segment of segmentsFrom(this)) {
      copy.set(segment.data, at);
      at += segment.data.length;
    }
    return copy;
  }

  /**
   * Makes `bytes` the only contents of this packet of one segment.
   *
   * @throws {RangeError} when they do not fit behind the headroom, or the packet has more segments.
   */
  write(bytes: Uint8Array): void {
    const room = this.#u16(this.#layout.bufLen) - this.#u16(this.#layout.dataOff);
    if (this.segments !== 1 || bytes.length > room) {
      throw new RangeError(
        `OldPacket.write: ${bytes.length} bytes into ${this.segments} segment(s) of ${room} bytes`,
      );
    }
    this.#memory.u8.set(bytes, this.#dataAt());
    this.#view.setUint16(this.#layout.dataLen, bytes.length, true);
    this.#view.setUint32(this.#layout.pktLen, bytes.length, true);
  }

  /**
   * Appends another packet, whose mbuf belongs to this one then: `rte_pktmbuf_chain`.
   *
   * @throws {RangeError} when there would be more than 65535 segments, or a circle.
   */
  chain(tail: OldPacket): void {
    const segments = this.segments + tail.segments;
    if (segments > 0xffff) throw new RangeError("OldPacket.chain: too many segments");
    const last = this.#last();
    if (last.#address === tail.#last().#address) {
      throw new RangeError("OldPacket.chain: the packets are one already");
    }
    last.#view.setBigUint64(this.#layout.next, tail.#address, true);
    this.#view.setUint16(this.#layout.nbSegs, segments, true);
    this.#view.setUint32(this.#layout.pktLen, this.length + tail.length, true);
  }

  get #address(): bigint {
    return this.#memory.base + BigInt(this.#at);
  }

  #last(): OldPacket {
    return [...segmentsFrom(this)].at(-1) ?? this;
  }

  #u16(offset: number): number {
    return this.#view.getUint16(offset, true);
  }

  #has(flag: number): boolean {
    // all flags of reception are in the lower half
    return (this.#view.getUint32(this.#layout.olFlags, true) & flag) !== 0;
  }

  /** Where the data lies in the pool's memory. */
  #dataAt(): number {
    const buffer = this.#view.getBigUint64(this.#layout.bufAddr, true);
    const at = Number(buffer - this.#memory.base) + this.#u16(this.#layout.dataOff);
    if (at >= 0 && at + this.#u16(this.#layout.dataLen) <= this.#memory.u8.length) return at;
    throw new DpdkError({
      operation: "OldPacket.data",
      code: "EINVAL",
      reason: `the data lies outside pool ${this.#memory.name}`,
    });
  }
}
