/**
 * One packet, as scripts and tests see it: `rte_mbuf.h`. Hot loops use the arrays of a `Burst`.
 *
 * @module
 */

import {
  RTE_MBUF_L2_LEN_BITS,
  RTE_MBUF_L3_LEN_BITS,
  RTE_MBUF_L4_LEN_BITS,
  RTE_MBUF_PORT_INVALID,
  SHIM_RX_IP_BAD,
  SHIM_RX_IP_GOOD,
  SHIM_RX_L4_BAD,
  SHIM_RX_L4_GOOD,
  SHIM_RX_RSS_HASH,
  SHIM_RX_TIMESTAMP,
  SHIM_RX_VLAN,
  SHIM_TX_IP_CKSUM,
  SHIM_TX_IPV4,
  SHIM_TX_IPV6,
  SHIM_TX_TCP_CKSUM,
  SHIM_TX_TCP_SEG,
  SHIM_TX_UDP_CKSUM,
  struct_shim_mbuf_layout,
} from "../boundary/constants.ts";
import { DpdkError } from "../boundary/errors.ts";
import { type Hot, shim } from "../boundary/library.ts";
import { checkInteger, disposed, type Members, readStruct, unwrap } from "../boundary/native.ts";
import { inspected } from "../boundary/shown.ts";
import type { Mempool } from "../mempool.ts";
import type { LayerName, ParsedLayer } from "../net/layer.ts";
import { Layered } from "../net/layered.ts";
import type { Parsed, ParseOptions } from "../net/parse.ts";
import type { Burst } from "./burst.ts";
import type { PacketMemory } from "./packet_memory.ts";
import { packetReader } from "./reader.ts";

/** Offsets of the members of `struct rte_mbuf`, bytes. */
type MbufLayout = Members<typeof struct_shim_mbuf_layout>;

let known: MbufLayout | undefined;

function mbufLayout(): MbufLayout {
  return known ??= readStruct(
    struct_shim_mbuf_layout,
    (memory) => shim().shim_mbuf_layout(memory),
  );
}

/** Whether an mbuf of one of the memory's pools lies at an offset, which may be any number. */
export function isPacketAt(memory: PacketMemory, at: number): boolean {
  const { size, pool } = mbufLayout();
  const word = at + pool;
  const { view } = memory;
  // packets of another pool can lie between the chunks of this one
  return memory.isInside(at, size) &&
    memory.isPool(view.getUint32(word, true), view.getUint32(word + 4, true));
}

/** The bits of a number. */
const mask = (bits: number) => 2 ** bits - 1;

/** The largest lengths of headers in an mbuf. */
const L2_MAX = mask(RTE_MBUF_L2_LEN_BITS);
const L3_MAX = mask(RTE_MBUF_L3_LEN_BITS);
const L4_MAX = mask(RTE_MBUF_L4_LEN_BITS);

/** Where these lengths lie in the number that the shim takes. */
const L3_SHIFT = RTE_MBUF_L2_LEN_BITS;
const L4_SHIFT = L3_SHIFT + RTE_MBUF_L3_LEN_BITS;

/**
 * What a port found when it checked a checksum of a received packet: right, wrong, or not checked.
 */
export type ChecksumVerdict = "good" | "bad" | "unknown";

/**
 * What the sending port is asked to compute for a packet: `ol_flags` and `tx_offload` of the mbuf.
 * The port must be opened with the {@linkcode TxOffload} bits for it.
 */
export interface PacketOffload {
  /** IP version of the packet: 4 or 6. */
  ip: 4 | 6;
  /** Whether the port writes the checksum of the IPv4 header; false where left out. */
  ipChecksum?: boolean;
  /** The protocol whose checksum the port writes; none where left out. */
  l4?: "udp" | "tcp";
  /** Bytes of the link header, VLAN tags included, up to 127; 14 where left out. */
  l2Length?: number;
  /** Bytes of the network header, up to 511; 20 for IPv4 and 40 for IPv6 where left out. */
  l3Length?: number;
  /** Bytes of the transport header, up to 255; 8 for UDP and 20 for TCP where left out. */
  l4Length?: number;
  /**
   * Payload bytes of each TCP segment, where the port is asked to cut the packet into segments:
   * `tso_segsz`.
   */
  segmentSize?: number;
}

let mbufPrepend: Hot<"shim_mbuf_prepend"> | undefined;
let mbufAppend: Hot<"shim_mbuf_append"> | undefined;
let mbufAdj: Hot<"shim_mbuf_adj"> | undefined;
let mbufTrim: Hot<"shim_mbuf_trim"> | undefined;
let mbufRx: Hot<"shim_mbuf_rx"> | undefined;
let mbufOffload: Hot<"shim_mbuf_offload"> | undefined;

/** A segment and all that follow. */
function* segmentsFrom(first: Packet): Generator<Packet> {
  for (let segment: Packet | undefined = first; segment; segment = segment.next) yield segment;
}

/** The parts that are there as one text, separated by commas. */
const listed = (parts: readonly (string | false | undefined)[]) =>
  parts.filter((part) => part !== false && part !== undefined).join(", ");

/**
 * One packet of a {@linkcode Burst}, `struct rte_mbuf`. Its bytes are read and written where they
 * lie, without copies. The object is valid until packets leave the burst, by sending, freeing or
 * otherwise; after that every use throws, and {@linkcode Burst.packet} gives a valid one.
 *
 * Headers have their names, `packet.ipv4?.src`. As text, `${packet}`, a packet is one line, as
 * `tcpdump -n` prints it; `console.log` shows all fields, and {@linkcode Packet.dump} the bytes
 * too. Each of these reads the whole packet anew: to look at several headers, call
 * {@linkcode Packet.parse} once and keep the result. Loops on lcores use the functions of
 * `denodpdk/net` over (view, offset) instead.
 *
 * @example Who asks for which host
 * ```ts
 * import type { Burst } from "denodpdk";
 *
 * function show(burst: Burst) {
 *   for (const packet of burst) {
 *     const { ipv4, udp, payload } = packet.parse();
 *     if (ipv4 && udp?.dstPort === 53) console.log(`${ipv4.src} asks, ${payload.length} bytes`);
 *   }
 * }
 * ```
 */
export class Packet extends Layered {
  readonly #memory: PacketMemory;
  readonly #burst: Burst;
  readonly #epoch: number;
  /** Where the mbuf lies in the memory. */
  readonly #at: number;
  readonly #layout: MbufLayout;
  /** Whether this packet was chained to another one, and belongs to that. */
  #chained = false;

  private constructor(memory: PacketMemory, at: number, burst: Burst) {
    super();
    this.#memory = memory;
    this.#burst = burst;
    this.#epoch = burst.watch();
    this.#at = at;
    this.#layout = mbufLayout();
  }

  /** @internal The packet whose mbuf lies there. */
  static at(memory: PacketMemory, at: number, burst: Burst): Packet {
    if (isPacketAt(memory, at)) return new Packet(memory, at, burst);
    throw new DpdkError({
      operation: "packet of a burst",
      code: "EINVAL",
      reason: `the packet is not of ${memory.name}`,
      hint: "name all pools of the packets: new Burst(size, { pools })",
    });
  }

  /**
   * The bytes of this segment, no copy. Do not use them after the packet was sent or freed: the
   * memory is another packet's then.
   *
   * @throws {DpdkError} EINVAL when they lie outside the burst's memory.
   */
  get data(): Uint8Array<ArrayBuffer> {
    const start = this.offset;
    return this.#memory.u8.subarray(start, start + this.#u16(this.#layout.data_len));
  }

  /** Where the data of this segment begins in {@linkcode Burst.view}, bytes. */
  get offset(): number {
    const low = this.#u32(this.#layout.buf_addr);
    const high = this.#u32(this.#layout.buf_addr + 4);
    const at = this.#memory.offsetOf(low, high) + this.#u16(this.#layout.data_off);
    if (at >= 0 && at + this.#u16(this.#layout.data_len) <= this.#memory.length) return at;
    throw new DpdkError({
      operation: "Packet.data",
      code: "EINVAL",
      reason: `the data lies outside ${this.#memory.name}`,
    });
  }

  /**
   * Bytes of the whole packet, all segments together: `pkt_len`. Valid in the first segment only.
   */
  get length(): number {
    return this.#u32(this.#layout.pkt_len);
  }

  /** Number of segments: `nb_segs`. Valid in the first segment only. */
  get segments(): number {
    return this.#u16(this.#layout.nb_segs);
  }

  /** Id of the port that received the packet; 65535 where none did. */
  get port(): number {
    return this.#u16(this.#layout.port);
  }

  /** The packet's RSS hash, 32 bits, `hash.rss`; undefined where the port gave none. */
  get rssHash(): number | undefined {
    return this.#rx() & SHIM_RX_RSS_HASH ? this.#u32(this.#layout.rss_hash) : undefined;
  }

  /**
   * The VLAN tag that the port took off this packet: 16 bits, priority and VLAN id, `vlan_tci`;
   * undefined where it took none off. A tag that is still in the packet is {@linkcode Packet.vlan}.
   */
  get vlanTag(): number | undefined {
    return this.#rx() & SHIM_RX_VLAN ? this.#u16(this.#layout.vlan_tci) : undefined;
  }

  /**
   * When the port received the packet, in ticks of the port's own clock, exact to 2^53; undefined
   * where the port does not tell.
   */
  get timestamp(): number | undefined {
    if ((this.#rx() & SHIM_RX_TIMESTAMP) === 0) return undefined;
    return shim().shim_mbuf_timestamp(this.#memory.pointer, this.#at);
  }

  /**
   * What the port found when it checked the checksum of the IPv4 header:
   * `RTE_MBUF_F_RX_IP_CKSUM_*`.
   */
  get ipChecksum(): ChecksumVerdict {
    const rx = this.#rx();
    return rx & SHIM_RX_IP_GOOD ? "good" : rx & SHIM_RX_IP_BAD ? "bad" : "unknown";
  }

  /** What the port found when it checked the checksum of TCP or UDP: `RTE_MBUF_F_RX_L4_CKSUM_*`. */
  get l4Checksum(): ChecksumVerdict {
    const rx = this.#rx();
    return rx & SHIM_RX_L4_GOOD ? "good" : rx & SHIM_RX_L4_BAD ? "bad" : "unknown";
  }

  /** What the sending port is asked to compute; undefined where nothing is. */
  get offload(): PacketOffload | undefined {
    const what = shim().shim_mbuf_tx(this.#memory.pointer, this.#here());
    if ((what & (SHIM_TX_IPV4 | SHIM_TX_IPV6)) === 0) return undefined;
    const lengths = shim().shim_mbuf_tx_lengths(this.#memory.pointer, this.#at);
    const segmentSize = shim().shim_mbuf_tx_segment(this.#memory.pointer, this.#at);
    return {
      ip: what & SHIM_TX_IPV4 ? 4 : 6,
      ipChecksum: (what & SHIM_TX_IP_CKSUM) !== 0,
      ...what & SHIM_TX_UDP_CKSUM
        ? { l4: "udp" }
        : what & (SHIM_TX_TCP_CKSUM | SHIM_TX_TCP_SEG)
        ? { l4: "tcp" }
        : {},
      l2Length: lengths & L2_MAX,
      l3Length: (lengths >>> L3_SHIFT) & L3_MAX,
      l4Length: (lengths >>> L4_SHIFT) & L4_MAX,
      ...what & SHIM_TX_TCP_SEG ? { segmentSize } : {},
    };
  }

  /**
   * Asks the sending port to compute something, and prepares the packet as ports expect it: the IP
   * header's checksum becomes 0, and that of UDP or TCP becomes the sum over the pseudo header
   * (`rte_net_intel_cksum_prepare`). The headers must be complete, and lie in the first segment.
   *
   * @throws {RangeError} when a length is out of range.
   * @throws {DpdkError} EINVAL or ENOTSUP when the packet's headers are not those that were named.
   *
   * @example Let the port write all checksums of a UDP packet
   * ```ts
   * import type { Packet } from "denodpdk";
   *
   * function finish(packet: Packet) {
   *   packet.offload = { ip: 4, ipChecksum: true, l4: "udp" };
   * }
   * ```
   */
  set offload(wanted: PacketOffload | undefined) {
    const { ip, ipChecksum = false, l4, segmentSize } = wanted ?? { ip: 4 };
    const {
      l2Length = 14,
      l3Length = ip === 4 ? 20 : 40,
      l4Length = l4 === "tcp" ? 20 : l4 === "udp" ? 8 : 0,
    } = wanted ?? { l2Length: 0, l3Length: 0 };
    checkInteger("l2Length", l2Length, 0, L2_MAX);
    checkInteger("l3Length", l3Length, 0, L3_MAX);
    checkInteger("l4Length", l4Length, 0, L4_MAX);
    checkInteger("segmentSize", segmentSize ?? 0, 0, 0xffff);
    const what = wanted
      ? (ip === 4 ? SHIM_TX_IPV4 : SHIM_TX_IPV6) | (ipChecksum ? SHIM_TX_IP_CKSUM : 0) |
        (segmentSize
          ? SHIM_TX_TCP_SEG
          : l4 === "tcp"
          ? SHIM_TX_TCP_CKSUM
          : l4 === "udp"
          ? SHIM_TX_UDP_CKSUM
          : 0)
      : 0;
    const lengths = l2Length | l3Length << L3_SHIFT | l4Length << L4_SHIFT;
    mbufOffload ??= shim().shim_mbuf_offload;
    const memory = this.#memory.pointer;
    unwrap(
      "Packet.offload",
      mbufOffload(memory, this.#here(), what, lengths, segmentSize ?? 0),
      "its headers must be complete and in its first segment",
    );
  }

  /**
   * Asks the sending port to insert a VLAN tag behind the MAC addresses: `RTE_MBUF_F_TX_VLAN`. The
   * port must be opened with `TxOffload.VLAN_INSERT`.
   *
   * @param tag 16 bits: priority and VLAN id, `vlan_tci`.
   * @throws {RangeError} when the tag is no number of 16 bits.
   */
  insertVlan(tag: number): void {
    checkInteger("VLAN tag", tag, 0, 0xffff);
    shim().shim_mbuf_tag(this.#memory.pointer, this.#here(), tag);
  }

  /**
   * The next segment of this packet; undefined after the last one.
   *
   * @throws {DpdkError} EINVAL when that segment is of a pool that is not among
   * {@linkcode BurstOptions.pools}.
   */
  get next(): Packet | undefined {
    const low = this.#u32(this.#layout.next);
    const high = this.#u32(this.#layout.next + 4);
    if (low === 0 && high === 0) return undefined;
    return Packet.at(this.#memory, this.#memory.offsetOf(low, high), this.#burst);
  }

  /**
   * Reads all headers of the packet, in all segments: `parse` of `denodpdk/net`.
   *
   * @returns the headers and a copy of the bytes, which stay valid when the packet is sent or
   * freed.
   */
  parse(options?: ParseOptions): Parsed {
    return packetReader().parse(this, options);
  }

  /**
   * All layers from the outside to the inside; bytes that no header describes are layers too,
   * payload and padding.
   */
  get layers(): readonly ParsedLayer[] {
    return this.parse().layers;
  }

  /**
   * The outermost layer of a kind, or layer number `nth` of that kind, counted from 0, for those in
   * tunnels; undefined where there is none.
   */
  override layer<N extends LayerName>(
    name: N,
    nth = 0,
  ): Extract<ParsedLayer, { name: N }> | undefined {
    return this.parse().layer(name, nth);
  }

  /** One line, as `tcpdump -n` prints it: `IP 10.0.0.1.1024 > 10.0.0.2.53: UDP, length 5`. */
  override toString(): string {
    return this.parse().toString();
  }

  /**
   * Several lines of text: what the receiving port said about the packet, each layer with its
   * fields, and a hex dump of all bytes.
   *
   * @example Look at what came
   * ```ts
   * import { Burst, type RxQueue } from "denodpdk";
   *
   * function show(rx: RxQueue) {
   *   using burst = new Burst(32);
   *   rx.receive(burst);
   *   for (const packet of burst) console.log(packet.dump());
   * }
   * ```
   */
  dump(): string {
    return packetReader().dump(this.parse(), this.#notes());
  }

  /**
   * For `JSON.stringify`: what the receiving port said about the packet, and its layers; bytes are
   * hexadecimal text.
   */
  toJSON(): unknown {
    const { length, segments, port, rssHash, vlanTag, timestamp, ipChecksum, l4Checksum } = this;
    const { layers, stop } = this.parse().toJSON();
    const said = { length, segments, port, rssHash, vlanTag, timestamp, ipChecksum, l4Checksum };
    return { ...said, offload: this.offload, layers, stop };
  }

  /** What `console.log` shows: the line and the layers. */
  [inspected](): string {
    try {
      return packetReader().inspect(this.parse(), this.#notes());
    } catch (error) {
      if (!(error instanceof DpdkError)) throw error;
      return error.code ? `Packet (${error.message})` : `Packet (disposed: ${error.reason})`;
    }
  }

  /** A copy of the whole packet's bytes, all segments. */
  bytes(): Uint8Array<ArrayBuffer> {
    const copy = new Uint8Array(this.length);
    let at = 0;
    for (const { data } of segmentsFrom(this)) {
      copy.set(data, at);
      at += data.length;
    }
    return copy;
  }

  /** @internal Overwrites bytes from a place in the packet on, in whatever segments they lie. */
  patch(bytes: Uint8Array, at: number): void {
    let from = at;
    let left = bytes;
    for (const { data } of segmentsFrom(this)) {
      const here = left.subarray(0, Math.max(0, data.length - from));
      data.set(here, Math.min(from, data.length));
      left = left.subarray(here.length);
      from = Math.max(0, from - data.length);
    }
  }

  /**
   * Replaces the contents of the packet by `bytes`. The packet must have one segment.
   *
   * @throws {RangeError} when the bytes do not fit behind the headroom, or the packet has several
   * segments.
   */
  write(bytes: Uint8Array): void {
    const room = this.#u16(this.#layout.buf_len) - this.#u16(this.#layout.data_off);
    if (this.segments !== 1 || bytes.length > room) {
      throw new RangeError(
        `Packet.write: ${bytes.length} bytes into ${this.segments} segment(s) of ${room} bytes`,
      );
    }
    const { view } = this.#memory;
    this.#memory.u8.set(bytes, this.offset);
    view.setUint16(this.#at + this.#layout.data_len, bytes.length, true);
    view.setUint32(this.#at + this.#layout.pkt_len, bytes.length, true);
    this.#burst.moved();
  }

  /**
   * Adds `length` bytes before the packet's data, for a header: `rte_pktmbuf_prepend`.
   *
   * @returns the added bytes, to be written: they contain what lay there before.
   * @throws {RangeError} when the headroom is smaller.
   */
  prepend(bytes: number): Uint8Array<ArrayBuffer> {
    checkInteger("Packet.prepend", bytes, 0, 0xffff);
    mbufPrepend ??= shim().shim_mbuf_prepend;
    const result = mbufPrepend(this.#memory.pointer, this.#here(), bytes);
    this.#changed("prepend", result, bytes, "free before it");
    const start = this.offset;
    return this.#memory.u8.subarray(start, start + bytes);
  }

  /**
   * Adds `length` bytes behind the packet's data, in its last segment: `rte_pktmbuf_append`.
   *
   * @returns these bytes, whose contents are what lay there before.
   * @throws {RangeError} when the last segment has less room.
   */
  append(bytes: number): Uint8Array<ArrayBuffer> {
    checkInteger("Packet.append", bytes, 0, 0xffff);
    mbufAppend ??= shim().shim_mbuf_append;
    const result = mbufAppend(this.#memory.pointer, this.#here(), bytes);
    this.#changed("append", result, bytes, "free behind it");
    const { data } = this.#last();
    return data.subarray(data.length - bytes);
  }

  /**
   * Removes `length` bytes from the packet's beginning: `rte_pktmbuf_adj`.
   *
   * @throws {RangeError} when the first segment has fewer.
   */
  adjust(bytes: number): void {
    checkInteger("Packet.adjust", bytes, 0, 0xffff);
    mbufAdj ??= shim().shim_mbuf_adj;
    const result = mbufAdj(this.#memory.pointer, this.#here(), bytes);
    this.#changed("adjust", result, bytes, "in its first segment");
  }

  /**
   * Removes `length` bytes from the packet's end: `rte_pktmbuf_trim`.
   *
   * @throws {RangeError} when the last segment has fewer.
   */
  trim(bytes: number): void {
    checkInteger("Packet.trim", bytes, 0, 0xffff);
    mbufTrim ??= shim().shim_mbuf_trim;
    const result = mbufTrim(this.#memory.pointer, this.#here(), bytes);
    this.#changed("trim", result, bytes, "in its last segment");
  }

  /**
   * Copies all segments into the first one: `rte_pktmbuf_linearize`.
   *
   * @throws {RangeError} when the first segment has no room for all bytes.
   */
  linearize(): void {
    const done = shim().shim_mbuf_linearize(this.#memory.pointer, this.#here());
    this.#burst.moved();
    if (done < 0) {
      throw new RangeError(`Packet.linearize: ${this.length} bytes do not fit into one segment`);
    }
  }

  /**
   * Clones this packet and adds the clone to a burst, behind its packets: `rte_pktmbuf_clone`. The
   * two share their bytes: what is written into one is in both. Each has its own length and
   * offloads, and each must be sent or freed.
   *
   * @param pool the pool that the clone's mbuf comes from.
   * @param into the burst that owns the clone: this packet's burst or another one.
   * @returns the clone.
   * @throws {DpdkError} ENOMEM when the pool is empty, or the burst is full.
   */
  clone(pool: Mempool, into: Burst): Packet {
    const operation = "rte_pktmbuf_clone";
    if (into.count === into.size) {
      throw new DpdkError({ operation, code: "ENOMEM", reason: "the burst is full" });
    }
    const memory = this.#memory.pointer;
    unwrap(
      operation,
      shim().shim_mbuf_clone(memory, this.#here(), pool.pointer, into.handle),
      `mempool ${pool.name} is empty`,
    );
    return into.packet(into.count - 1);
  }

  /**
   * Appends another packet as further segments of this one: `rte_pktmbuf_chain`. The other packet
   * leaves its burst.
   *
   * @throws {RangeError} when there would be more than 65535 segments, or a packet is chained to
   * itself.
   * @throws {DpdkError} EINVAL when the other packet is of a pool that is not among
   * {@linkcode BurstOptions.pools}.
   */
  chain(tail: Packet): void {
    this.#here();
    const at = tail.#here();
    if (this.#last().#address === tail.#last().#address || !tail.#burst.has(at)) {
      throw new RangeError("Packet.chain: the packets are one already");
    }
    // the other packet's burst may map the same pool at another place
    const here = Packet.at(this.#memory, Number(tail.#address - this.#memory.base), this.#burst);
    if (shim().shim_mbuf_chain(this.#memory.pointer, this.#at, here.#at) < 0) {
      throw new RangeError("Packet.chain: too many segments");
    }
    tail.#burst.release(at);
    tail.#chained = true;
  }

  /**
   * The line about what the receiving port said about the packet, and what the sending port is
   * asked to do.
   */
  #notes(): string[] {
    const { segments, port, rssHash, vlanTag, timestamp, ipChecksum, l4Checksum, offload } = this;
    const checked = ipChecksum !== "unknown" || l4Checksum !== "unknown";
    const noted = listed([
      port !== RTE_MBUF_PORT_INVALID && `port ${port}`,
      segments !== 1 && `${segments} segments`,
      checked && `checksums: IP ${ipChecksum}, L4 ${l4Checksum}`,
      vlanTag !== undefined && `VLAN tag 0x${vlanTag.toString(16).padStart(4, "0")} taken off`,
      rssHash !== undefined && `RSS hash 0x${rssHash.toString(16).padStart(8, "0")}`,
      timestamp !== undefined && `time stamp ${timestamp}`,
      offload && `left to the port: ${this.#wanted(offload)}`,
    ]);
    return noted === "" ? [] : [`      ${noted}`];
  }

  #wanted({ ipChecksum, l4, segmentSize }: PacketOffload): string {
    return listed([
      ipChecksum && "IP checksum",
      l4 && `${l4.toUpperCase()} checksum`,
      segmentSize !== undefined && `segments of ${segmentSize} bytes`,
    ]);
  }

  get #address(): bigint {
    return this.#memory.base + BigInt(this.#at);
  }

  /**
   * Takes notice that the packet's data begins elsewhere now, or has another length; throws where
   * the change was refused.
   */
  #changed(name: string, result: number, bytes: number, where: string): void {
    if (result < 0) throw new RangeError(`Packet.${name}: there are not ${bytes} bytes ${where}`);
    this.#burst.moved();
  }

  /** Where the mbuf lies; throws once packets have left the burst. */
  #here(): number {
    if (this.#burst.epoch !== this.#epoch || this.#chained) this.#gone();
    if (this.#memory.length === 0) disposed(`memory of ${this.#memory.name}`);
    return this.#at;
  }

  #gone(): never {
    throw new DpdkError({
      operation: "Packet",
      reason: this.#chained
        ? "it belongs to the packet that it was chained to"
        : "packets of its burst have been sent or dropped, maybe this one too",
      hint: "get the packet from its burst again",
    });
  }

  #rx(): number {
    return (mbufRx ??= shim().shim_mbuf_rx)(this.#memory.pointer, this.#here());
  }

  #last(): Packet {
    return [...segmentsFrom(this)].at(-1) ?? this;
  }

  #u16(offset: number): number {
    return this.#memory.view.getUint16(this.#here() + offset, true);
  }

  #u32(offset: number): number {
    return this.#memory.view.getUint32(this.#here() + offset, true);
  }
}
