/**
 * Bursts: packets in a program's hands, with their places and lengths for loops.
 *
 * @module
 */

import { SHIM_TOO_LONG } from "../boundary/constants.ts";
import { DpdkError } from "../boundary/errors.ts";
import { type Hot, shim } from "../boundary/library.ts";
import {
  addressOf,
  checkInteger,
  Dependents,
  disposed,
  StableMemory,
  track,
} from "../boundary/native.ts";
import { inspected } from "../boundary/shown.ts";
import { type ObjectHolder, type Objects, OBJECTS_MAX } from "../objects.ts";
import { type Mempool, onPoolFree } from "../mempool.ts";
import { arePackets } from "./are_packets.ts";
import { BURST, TELL, VERDICT } from "./layout.ts";
import { Packet } from "./packet.ts";
import { allPacketMemory, PacketMemory } from "./packet_memory.ts";

/** The verdict that frees packets: they go back to their pools. */
export const DROP: 254 = VERDICT.drop;
/** The verdict that leaves packets in their burst. */
export const KEEP: 255 = VERDICT.keep;

/** Options of a {@linkcode Burst}. */
export interface BurstOptions {
  /**
   * The pools of the packets that the burst will hold. Where left out: all packet pools that exist
   * when the first packet is looked at. Packets of other pools can be sent and freed, but not read.
   */
  pools?: readonly [Mempool, ...Mempool[]];
}

let burstClear: Hot<"shim_burst_clear"> | undefined;
let burstAlloc: Hot<"shim_burst_alloc"> | undefined;
let burstFill: Hot<"shim_burst_fill"> | undefined;
let burstTell: Hot<"shim_burst_tell"> | undefined;
let burstSplit: Hot<"shim_burst_split"> | undefined;
let freeBulk: Hot<"shim_pktmbuf_free_bulk"> | undefined;

// constants of this module: V8 would read what is imported anew at each access
const TOLD = BURST.told;
const { offsets: OFFSETS, lengths: LENGTHS, ports: PORTS } = TELL;
const ALL = OFFSETS | LENGTHS | PORTS;

/** How many packets `console.log` shows of a burst. */
const SHOWN = 8;

/** The bursts of this thread. */
const all = new Dependents();
/** The pool that is just being freed. */
let freed: Deno.PointerObject | undefined;

onPoolFree((pool) => {
  freed = pool;
  all.callAll();
});

/** Writes an address into a member of a structure, as two words. */
function setAddress(words: Uint32Array, member: number, address: bigint): void {
  words[member] = Number(address & 0xffff_ffffn);
  words[member + 1] = Number(address >> 32n);
}

/** The bursts that packets are dealt out to, in the form that C takes: `struct shim_split`. */
interface Targets {
  bursts: readonly Burst[];
  memory: StableMemory;
}

/**
 * Packets in a program's hands: received, dequeued or allocated, and not yet sent, enqueued or
 * freed.
 *
 * A burst owns its packets. What takes packets from the program, such as {@linkcode TxQueue.send}
 * or {@linkcode Ring.enqueueBurst}, takes them out of the burst; disposal frees those that are
 * left. Only an empty burst can be filled, so that no packet is forgotten.
 *
 * A script iterates over a burst: each element is a {@linkcode Packet}. A loop on an lcore reads
 * and writes header fields where they lie, in {@linkcode Burst.view} or in the typed arrays of
 * {@linkcode Burst.memory}; packet `i` begins at `burst.offsets[i]`. That takes no pointer, BigInt
 * or copy. The arrays `offsets`, `lengths` and `ports` are each filled from the first time on that
 * they are read, by every call that fills the burst; one that is never read costs nothing.
 *
 * Make one burst per loop and fill it again and again. One thread at a time.
 *
 * @example Send each packet back to where it came from
 * ```ts
 * import { Burst, type Port } from "denodpdk";
 * import { ether } from "denodpdk/net";
 *
 * function reflect(port: Port, running: () => boolean) {
 *   const rx = port.rxQueue(0);
 *   using tx = port.txQueue(0);
 *   using burst = new Burst(32);
 *   while (running()) {
 *     if (rx.receive(burst) === 0) continue;
 *     const { view, offsets } = burst;
 *     for (let i = 0; i < burst.count; i++) ether.swap(view, offsets[i]!);
 *     tx.send(burst);
 *   }
 * }
 * ```
 */
export class Burst implements Disposable, Iterable<Packet>, ObjectHolder {
  /** The most packets that the burst can hold. */
  readonly size: number;
  readonly #offsets: Uint32Array;
  readonly #lengths: Uint32Array;
  readonly #ports: Uint16Array;
  /** The addresses of the mbufs: as doubles with the same 64 bits, and below as halves. */
  readonly #slots: Float64Array;
  readonly #halves: Uint32Array;
  /**
   * The number of packets, in an array of one element: an exchange has the numbers of its bursts
   * side by side.
   */
  readonly #count: Uint32Array;
  /** `struct shim_burst`; below, memory that C has pointers to. */
  readonly #head: Uint32Array;
  readonly #held: readonly StableMemory[];
  readonly #pools: BurstOptions["pools"];
  #memory: PacketMemory | undefined;
  /** Removes the burst from the lists of its memory and of this thread. */
  #forget: (() => void) | undefined;
  readonly #forgetAll: readonly (() => void)[];
  #handle: Deno.PointerObject | null;
  readonly #table: Deno.PointerObject;
  #targets: Targets | undefined;

  /**
   * An empty burst with room for `size` packets.
   *
   * @param size the most packets that it holds, 1 to {@linkcode Objects.MAX}; DPDK's samples have
   * 32.
   * @throws {RangeError} when size is no integer in range.
   * @throws {DpdkError} EINVAL when one of the pools holds no packets; EFBIG when they lie 4 GiB or
   * more apart.
   */
  constructor(size = 32, { pools }: BurstOptions = {}, count?: Uint32Array<SharedArrayBuffer>) {
    this.size = checkInteger("Burst size", size, 1, OBJECTS_MAX);
    const objs = new StableMemory(size * Float64Array.BYTES_PER_ELEMENT);
    const offsets = new StableMemory(size * Uint32Array.BYTES_PER_ELEMENT);
    const lengths = new StableMemory(size * Uint32Array.BYTES_PER_ELEMENT);
    const ports = new StableMemory(size * Uint16Array.BYTES_PER_ELEMENT);
    const own = new StableMemory(Uint32Array.BYTES_PER_ELEMENT);
    const head = new StableMemory(BURST.bytes);
    this.#slots = new Float64Array(objs.buffer);
    this.#halves = new Uint32Array(objs.buffer);
    this.#offsets = new Uint32Array(offsets.buffer);
    this.#lengths = new Uint32Array(lengths.buffer);
    this.#ports = new Uint16Array(ports.buffer);
    this.#count = count ?? new Uint32Array(own.buffer);
    this.#head = new Uint32Array(head.buffer);
    const counted = count ? addressOf(count.buffer) + BigInt(count.byteOffset) : own.address;
    setAddress(this.#head, BURST.objs, objs.address);
    setAddress(this.#head, BURST.offsets, offsets.address);
    setAddress(this.#head, BURST.lengths, lengths.address);
    setAddress(this.#head, BURST.ports, ports.address);
    setAddress(this.#head, BURST.count, counted);
    this.#head[BURST.size] = size;
    this.#held = [objs, offsets, lengths, ports, own, head];
    this.#table = objs.pointer;
    this.#handle = head.pointer;
    this.#pools = pools;
    if (pools) this.#bind(PacketMemory.map(...pools));
    this.#forgetAll = [
      track(this, (burst) => burst.#end()),
      all.add(this, (burst) => burst.#forgetFreed()),
    ];
  }

  /**
   * Whether objects are packets: whether each is an mbuf of one of the pools of packets that the running
   * primary has. Nothing outside these pools is read, so the objects may be anything. It is for a look
   * before packets are taken out of a ring that another program fills, see {@linkcode Ring.peek}.
   *
   * @param count how many objects of the table are looked at; all where left out.
   * @throws {DpdkError} EFBIG when the pools lie 4 GiB or more apart.
   * @throws {RangeError} when the table has fewer objects.
   *
   * @example Take the packets of a ring, and leave anything else where it is
   * ```ts
   * import { Burst, Objects, type Ring } from "denodpdk";
   *
   * function take(ring: Ring, burst: Burst): number {
   *   const first = new Objects(burst.size);
   *   const count = ring.peek(first);
   *   return Burst.arePackets(first, count) ? ring.dequeueBurst(burst, count) : 0;
   * }
   * ```
   */
  static arePackets(objects: Objects, count: number = objects.length): boolean {
    return arePackets(objects, count);
  }

  /** Number of packets in the burst. */
  get count(): number {
    return this.#count[0] ?? 0;
  }

  /**
   * Where the data of each packet begins in {@linkcode Burst.memory}, bytes;
   * {@linkcode PacketMemory.OUTSIDE} for a packet of a pool that is not among
   * {@linkcode BurstOptions.pools}. Always the same array, of {@linkcode Burst.size} elements; the
   * first {@linkcode Burst.count} are valid.
   *
   * @throws {DpdkError} as {@linkcode Burst.memory}.
   */
  get offsets(): Uint32Array {
    if ((this.#head[TOLD]! & OFFSETS) === 0) this.#tell(OFFSETS);
    return this.#offsets;
  }

  /**
   * Bytes in the first segment of each packet, `data_len`; an array like {@linkcode Burst.offsets}.
   */
  get lengths(): Uint32Array {
    if ((this.#head[TOLD]! & LENGTHS) === 0) this.#tell(ALL);
    return this.#lengths;
  }

  /**
   * Id of the port that received each packet, `mbuf->port`, 65535 where none did; an array like
   * {@linkcode Burst.offsets}.
   */
  get ports(): Uint16Array {
    if ((this.#head[TOLD]! & PORTS) === 0) this.#tell(PORTS);
    return this.#ports;
  }

  /**
   * The memory that the packets lie in, as typed arrays on the packets themselves, no copies.
   *
   * @throws {DpdkError} ENOENT when there is no pool of packets; EFBIG when all that there are lie
   * 4 GiB or more apart: name those of this burst then.
   */
  get memory(): PacketMemory {
    return this.#memory ?? this.#bindAll();
  }

  /**
   * The memory that the packets lie in, as a `DataView`, no copy:
   * `burst.view.getUint16(burst.offsets[i] + 12)` is the EtherType of packet `i`.
   */
  get view(): DataView<ArrayBuffer> {
    return (this.#memory ?? this.#bindAll()).view;
  }

  /**
   * Packet `index`, 0 to `count - 1`, to read and to write. Valid until packets leave the burst.
   *
   * @throws {RangeError} when the burst holds no such packet.
   * @throws {DpdkError} EINVAL when the packet is of a pool that is not among
   * {@linkcode BurstOptions.pools}.
   */
  packet(index: number): Packet {
    if (index >>> 0 !== index || index >= this.count) {
      throw new RangeError(`Burst.packet: the burst holds ${this.count} packets, got ${index}`);
    }
    let memory = this.memory;
    const [low, high] = [this.#halves[2 * index] ?? 0, this.#halves[2 * index + 1] ?? 0];
    if (!this.#pools && !memory.isInside(memory.offsetOf(low, high), 1)) {
      // the packet's pool was made by another thread or process after this memory was mapped
      memory[Symbol.dispose]();
      memory = this.memory;
    }
    return Packet.at(memory, memory.offsetOf(low, high), this);
  }

  /** The packets in their order. Each is valid until packets leave the burst. */
  [Symbol.iterator](): IterableIterator<Packet> {
    let index = 0;
    return {
      next: () =>
        index < this.count
          ? { done: false, value: this.packet(index++) }
          : { done: true, value: undefined },
      [Symbol.iterator]() {
        return this;
      },
    };
  }

  /**
   * Fills the burst, which must be empty, with new packets of a pool, and sets their lengths:
   * `rte_mempool_get_bulk`, as testpmd's txonly mode does it, `pkt_len` and `data_len`. What is in
   * them is what was there before.
   * This is one native call; a loop writes the packets in {@linkcode Burst.view} and sends them.
   *
   * @param pool a pool of packets.
   * @param lengths bytes of each packet, without the frame check sequence.
   * @param count how many packets; as many as there are lengths, where left out.
   * @returns `count`, or 0 when the pool has fewer packets left.
   * @throws {RangeError} when there is no room for so many packets, or one is longer than an mbuf of
   * the pool.
   * @throws {DpdkError} EBUSY when the burst holds packets; EINVAL when the pool has none.
   *
   * @example Send 32 packets of 60 bytes
   * ```ts
   * import { Burst, type Mempool, type TxQueue } from "denodpdk";
   * import { ether } from "denodpdk/net";
   *
   * const LENGTHS = new Uint16Array(32).fill(60);
   *
   * function send(pool: Mempool, burst: Burst, tx: TxQueue) {
   *   burst.allocate(pool, LENGTHS);
   *   const { view, offsets } = burst;
   *   for (let i = 0; i < burst.count; i++) ether.setDst(view, offsets[i]!, 0x020000000001);
   *   tx.send(burst);
   * }
   * ```
   */
  allocate(
    pool: Mempool,
    lengths: Uint16Array<ArrayBuffer>,
    count: number = lengths.length,
  ): number {
    const handle = this.empty;
    if (count >>> 0 !== count || count > this.size || count > lengths.length) {
      throw new RangeError(
        `Burst.allocate: room for ${this.size}, ${lengths.length} lengths, got a count of ${count}`,
      );
    }
    // of a pool that holds no packets, reading this throws
    if (count === 0 || pool.dataRoom === 0) return 0;
    const got = (burstAlloc ??= shim().shim_burst_alloc)(pool.pointer, handle, lengths, count);
    if (got !== SHIM_TOO_LONG) return got;
    const longest = Math.max(...lengths.subarray(0, count));
    throw new RangeError(
      `Burst.allocate: ${longest} bytes do not fit into an mbuf of ${pool.name}`,
    );
  }

  /**
   * Writes bytes into all packets of the burst, into each as many as its first segment has. This is
   * one native call, for packets that lie in other memory already.
   *
   * @param bytes the bytes of all packets.
   * @param places where in there each packet begins; at least as many as there are packets.
   * @throws {RangeError} when there are too few places, or a packet is not within the bytes; those
   * before it were written.
   *
   * @example Packets of a capture file that was read into memory
   * ```ts
   * import type { Burst, Mempool, TxQueue } from "denodpdk";
   *
   * function send(
   *   { bytes, places, lengths }: {
   *     bytes: Uint8Array<ArrayBuffer>;
   *     places: Uint32Array<ArrayBuffer>;
   *     lengths: Uint16Array<ArrayBuffer>;
   *   },
   *   { pool, burst, tx }: { pool: Mempool; burst: Burst; tx: TxQueue },
   * ): number {
   *   if (burst.allocate(pool, lengths) === 0) return 0;
   *   burst.fill(bytes, places);
   *   return tx.send(burst);
   * }
   * ```
   */
  fill(bytes: Uint8Array<ArrayBufferLike>, places: Uint32Array<ArrayBuffer>): void {
    const handle = this.#handle ?? disposed("Burst");
    const { count } = this;
    if (places.length < count) {
      throw new RangeError(`Burst.fill: ${count} packets, ${places.length} places`);
    }
    // Deno takes shared memory, although its types do not say so
    const from = bytes as Uint8Array<ArrayBuffer>;
    const filled = (burstFill ??= shim().shim_burst_fill)(handle, from, bytes.length, places);
    if (filled === count) return;
    throw new RangeError(
      `Burst.fill: packet ${filled}, from byte ${
        places[filled]
      } on, ends behind the ${bytes.length} bytes`,
    );
  }

  /**
   * Frees all packets, each into its own pool: `rte_pktmbuf_free_bulk`. The burst is empty then.
   */
  clear(): void {
    if (this.#count[0] === 0) return;
    (burstClear ??= shim().shim_burst_clear)(this.#handle ?? disposed("Burst"));
  }

  /**
   * Frees packet `index`, or `count` packets from `index` on; the packets behind them move up.
   *
   * @throws {RangeError} when the burst holds no such packets.
   */
  drop(index: number, count = 1): void {
    this.checkSpan("Burst.drop", count, index);
    (freeBulk ??= shim().shim_pktmbuf_free_bulk)(this.pointer, index, count);
    this.went(count, index);
  }

  /**
   * Moves each packet where its verdict says: packet `i` is added to `bursts[verdicts[i]]`, freed
   * where the verdict is {@linkcode DROP}, or stays where it is {@linkcode KEEP}. A packet also
   * stays when that burst is full or does not exist. This is one native call. Pass the same array
   * of bursts each time: another array is prepared anew.
   *
   * @param verdicts a number for each packet: an index into `bursts`, {@linkcode DROP} or
   * {@linkcode KEEP}.
   * @param bursts up to 254 other bursts.
   * @returns the number of packets that stay.
   * @throws {RangeError} when there are fewer verdicts than packets, too many bursts, or this burst
   * among them.
   */
  split(verdicts: Uint8Array<ArrayBuffer>, bursts: readonly Burst[]): number {
    const handle = this.#handle ?? disposed("Burst");
    if (verdicts.length < this.count) {
      throw new RangeError(`Burst.split: ${this.count} packets, ${verdicts.length} verdicts`);
    }
    if (this.#targets?.bursts !== bursts) this.#targets = this.#prepare(bursts);
    return (burstSplit ??= shim().shim_burst_split)(
      handle,
      verdicts,
      this.#targets!.memory.pointer,
    );
  }

  /** For `JSON.stringify`: the size of the burst, and its packets. */
  toJSON(): { size: number; packets: Packet[] } {
    if (this.#handle === null) disposed("Burst");
    return { size: this.size, packets: [...this] };
  }

  /** What `console.log` shows: a line for each of the first packets. */
  [inspected](): string {
    if (this.#handle === null) return "Burst (disposed)";
    const { count } = this;
    const first = `Burst of ${count} packet${count === 1 ? "" : "s"}, room for ${this.size}`;
    const lines = Array.from({ length: Math.min(count, SHOWN) }, (_, i) => this.#line(i));
    const more = count > SHOWN ? [`      ${count - SHOWN} more`] : [];
    return [first, ...lines, ...more].join("\n");
  }

  /** The line that `console.log` shows for a packet. */
  #line(index: number): string {
    const number = String(index).padStart(5);
    try {
      const packet = this.packet(index);
      return `${number} ${String(packet.length).padStart(5)}  ${packet}`;
    } catch (error) {
      if (!(error instanceof DpdkError)) throw error;
      return `${number}        ${error.reason}`;
    }
  }

  /** @internal `struct shim_burst`, for calls that fill the burst or take all packets. */
  get handle(): Deno.PointerObject {
    return this.#handle ?? disposed("Burst");
  }

  /** @internal `struct shim_burst` for calls that fill the burst; throws when it is not empty. */
  get empty(): Deno.PointerObject {
    if (this.#count[0] !== 0) this.#stillHolds();
    return this.#handle ?? disposed("Burst");
  }

  /**
   * @internal The table of mbufs, for calls that take packets out or put packets in;
   * {@linkcode Burst.went} or {@linkcode Burst.came} must follow.
   */
  get pointer(): Deno.PointerObject {
    if (this.#handle === null) disposed("Burst");
    return this.#table;
  }

  /** @internal How many packets can be put in; throws when the burst is not empty. */
  get room(): number {
    if (this.#count[0] !== 0) this.#stillHolds();
    return this.size;
  }

  /** @internal True: the objects are packets, which are allocated and freed in another way. */
  get holdsPackets(): true {
    return true;
  }

  /** @internal A number that changes whenever packets leave; only {@linkcode Burst.watch} makes sure. */
  get epoch(): number {
    return this.#head[BURST.epoch]!;
  }

  /** @internal The epoch, for a `Packet` that ends with it: from now on C counts it in each call. */
  watch(): number {
    this.#head[BURST.wants] = this.#head[BURST.wants]! | TELL.packets;
    return this.#head[BURST.epoch]!;
  }

  /** @internal Called when `count` packets were put into the first places. */
  came(count: number): void {
    this.#count[0] = count;
    this.#head[BURST.told] = 0;
    if (count > 0 && this.#head[BURST.wants] !== 0) this.#tell(0);
  }

  /**
   * @internal Called when `count` packets were taken, from index `from` on; the packets behind them
   * move up.
   */
  went(count: number, from: number): void {
    if (count === 0) return;
    const held = this.count;
    const head = this.#head;
    if (from + count < held) {
      this.#slots.copyWithin(from, from + count, held);
      head[BURST.told] = 0;
    }
    this.#count[0] = held - count;
    head[BURST.epoch] = head[BURST.epoch]! + 1;
  }

  /**
   * @internal Called when a packet was chained to another one. `Packet`s of the other packets stay
   * valid.
   */
  release(offset: number): void {
    const held = this.count;
    for (let i = 0; i < held; i++) {
      if (this.memory.offsetOf(this.#halves[2 * i]!, this.#halves[2 * i + 1]!) !== offset) continue;
      this.#slots.copyWithin(i, i + 1, held);
      this.#count[0] = held - 1;
      this.#head[BURST.told] = 0;
      return;
    }
  }

  /** @internal Whether the packet at an offset is in this burst. */
  has(offset: number): boolean {
    for (let i = 0; i < this.count; i++) {
      const at = this.memory.offsetOf(this.#halves[2 * i]!, this.#halves[2 * i + 1]!);
      if (at === offset) return true;
    }
    return false;
  }

  /** @internal Called when a packet's data begins elsewhere now, or has another length. */
  moved(): void {
    this.#head[BURST.told] = 0;
  }

  /** @internal Throws for a span of packets that the burst does not hold. */
  checkSpan(operation: string, count: number, from: number): void {
    if (count >>> 0 === count && from >>> 0 === from && from + count <= this.count) return;
    throw new RangeError(
      `${operation}: ${count} from ${from} on are not among the ${this.count} packets in hand`,
    );
  }

  /** Frees the packets that are left: `rte_pktmbuf_free_bulk`. Idempotent. */
  [Symbol.dispose](): void {
    if (this.#handle === null) return;
    this.clear();
    this.#end();
  }

  /** Ends the burst, which is empty, or whose packets are gone because EAL has ended. */
  #end(): void {
    this.#count[0] = 0;
    this.#handle = null;
    this.#forget?.();
    for (const forget of this.#forgetAll) forget();
    this.#memory = undefined;
  }

  /** Forgets packets whose pool is just being freed. */
  #forgetFreed(): void {
    const { count } = this;
    if (count === 0 || this.#handle === null || !freed) return;
    const left = shim().shim_pktmbuf_forget(freed, this.#table, count);
    // the other packets moved up, so no `Packet` is valid any more
    if (left < count) this.went(count - left, left);
  }

  #bind(memory: PacketMemory): PacketMemory {
    this.#memory = memory;
    setAddress(this.#head, BURST.base, memory.base);
    setAddress(this.#head, BURST.len, BigInt(memory.length));
    this.#forget = memory.dependents.add(this, (burst) => burst.#unbind());
    return memory;
  }

  /** Forgets the memory, which is unmapped. The next look at a packet maps it again. */
  #unbind(): void {
    this.#memory = undefined;
    setAddress(this.#head, BURST.base, 0n);
    setAddress(this.#head, BURST.len, 0n);
    // what was told is not true any more; that packets leave is still to be counted
    this.#head[BURST.wants] = this.#head[BURST.wants]! & TELL.packets;
    this.#head[BURST.told] = 0;
  }

  #bindAll(): PacketMemory {
    if (this.#handle === null) disposed("Burst");
    if (this.#pools) disposed("memory of the burst's pools");
    return this.#bind(allPacketMemory());
  }

  /**
   * Fills one of the arrays `offsets`, `lengths` and `ports` for the packets in the burst, and from
   * now on for all that come.
   */
  #tell(what: number): void {
    const handle = this.#handle ?? disposed("Burst");
    if (what & TELL.offsets && !this.#memory) this.#bindAll();
    this.#head[BURST.wants] = this.#head[BURST.wants]! | what;
    (burstTell ??= shim().shim_burst_tell)(handle);
  }

  #prepare(bursts: readonly Burst[]): Targets {
    checkInteger("number of bursts", bursts.length, 0, VERDICT.drop);
    if (bursts.includes(this)) throw new RangeError("Burst.split: a burst is split to others");
    const addresses = bursts.map((burst) => Deno.UnsafePointer.value(burst.handle));
    const memory = new StableMemory(8 + 8 * bursts.length);
    new Uint32Array(memory.buffer)[0] = bursts.length;
    new BigUint64Array(memory.buffer).set(addresses, 1);
    return { bursts, memory };
  }

  #stillHolds(): never {
    throw new DpdkError({
      operation: "Burst",
      code: "EBUSY",
      reason: `it still holds ${this.count} packets, and only an empty one can be filled`,
      hint: "send, enqueue or clear() it first",
    });
  }
}
