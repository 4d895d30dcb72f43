/**
 * Flows: packets that are alike but for some fields.
 *
 * @module
 */

import { viewOf } from "../net/source.ts";
import {
  compileLoop,
  firstState,
  type FlowLoop,
  NOW_AT,
  NUMBER_AT,
  PATTERN_AT,
} from "./flow_code.ts";
import { FrameSizes } from "./frame_sizes.ts";
import type { VaryingFields } from "./places.ts";
import { FCS_BYTES } from "./rate.ts";
import { checkProbeRoom, probeWords } from "./probe.ts";
import { fieldsOf, type FlowField, mend, resized, sumsOf, wordsOf } from "./template.ts";

/** Options of a {@linkcode flow}. */
export interface FlowOptions {
  /**
   * How large the frames are, with the frame check sequence; as the frame is, where left out. The
   * payload is cut or filled with zeros, and lengths and checksums are right for each size.
   */
  sizes?: FrameSizes | string;
  /**
   * Makes each packet a probe of this stream, 0 to 65535: its last 16 bytes say the stream, the number
   * of the packet and when it was sent, for a {@linkcode Receiver}. No probes where left out.
   */
  stream?: number;
  /** How many packets of this flow come for those of others, 1, 2, 3 ...; 1 where left out. */
  weight?: number;
}

/** What a flow writes into: a burst's `view`, or any other. */
export interface FlowMemory {
  /** The bytes. */
  readonly view: DataView;
  /** Where the packets begin. */
  readonly offsets: Uint32Array;
}

/**
 * Packets that are alike but for some fields. Each packet that is written is the next one of the
 * flow; {@linkcode Flow.reset} begins again.
 *
 * The loop that writes them is made for just these fields when the flow is made: it asks nothing
 * per packet, allocates nothing, and keeps the checksums right that are right in the frame, in
 * tunnels too. A checksum that is wrong in the frame, or 0 in its UDP header, stays as it is.
 */
export class Flow {
  /** How many packets of this flow come for those of others. */
  readonly weight: number;
  /** The sizes of the packets in turn, bytes without the frame check sequence: `pkt_len`. */
  readonly lengths: Uint16Array<ArrayBuffer>;
  /** The longest of them. */
  readonly maxLength: number;
  /** The mean of them, bytes with the frame check sequence, for {@linkcode Rate}. */
  readonly meanFrame: number;
  /** The stream that its packets are probes of; undefined where they are none. */
  readonly stream: number | undefined;
  readonly #fields: readonly FlowField[];
  readonly #templates: readonly Uint8Array<ArrayBuffer>[];
  readonly #state: Float64Array;
  readonly #write: FlowLoop;
  readonly #update: FlowLoop;

  /** @internal Use {@linkcode flow}. */
  constructor(frame: Uint8Array, given: VaryingFields, { sizes, weight = 1, stream }: FlowOptions) {
    if (!Number.isInteger(weight) || weight < 1) {
      throw new RangeError(`flow: expected a weight of 1, 2, 3 ..., got ${weight}`);
    }
    const mix = typeof sizes === "string" ? FrameSizes.parse(sizes) : sizes;
    this.weight = weight;
    this.lengths = mix ? mix.pattern.map((size) => size - FCS_BYTES) : Uint16Array.of(frame.length);
    const distinct = [...new Set(this.lengths)].sort((a, b) => a - b);
    this.maxLength = Math.max(...distinct);
    this.meanFrame = this.lengths.reduce((sum, length) => sum + length, 0) / this.lengths.length +
      FCS_BYTES;
    this.#templates = distinct.map((length) => {
      const bytes = length === frame.length ? frame.slice() : resized(frame, length);
      fieldsOf(bytes, given);
      // other lengths, and all 16 bytes of an address
      mend(frame, bytes);
      return bytes;
    });
    this.#fields = fieldsOf(this.#templates[0]!, given);
    this.stream = stream;
    const words = [...wordsOf(this.#fields), ...probeWords(stream)];
    if (stream !== undefined) this.#templates.forEach(checkProbeRoom);
    const plan = {
      words,
      sums: sumsOf(this.#templates, words),
      templates: this.#templates,
      pattern: this.lengths.map((length) => distinct.indexOf(length)),
    };
    this.#write = compileLoop({ ...plan, whole: true });
    this.#update = compileLoop({ ...plan, whole: false });
    this.#state = firstState(this.#fields);
  }

  /**
   * The bytes that all packets have, of the longest ones. {@linkcode Flow.update} needs them in
   * memory before, for packets of all sizes.
   */
  get template(): Uint8Array<ArrayBuffer> {
    return this.#templates.at(-1)!.slice();
  }

  /**
   * The length of a packet to come, `pkt_len`: memory must have so many bytes before it is written.
   *
   * @param ahead 0 for the next packet, 1 for the one behind it.
   */
  lengthOf(ahead: number): number {
    const { lengths } = this;
    return lengths[(this.#state[PATTERN_AT]! + ahead) % lengths.length]!;
  }

  /**
   * Writes the next packets, all bytes of them, into memory that may hold anything.
   *
   * @param memory a burst, or any other memory with the packets' places.
   * @param from the first of the places; 0 where left out.
   * @param to the place behind the last one; all where left out.
   * @param now the clock, in cycles, that probes say.
   */
  write(memory: FlowMemory, from = 0, to = memory.offsets.length, now = 0): void {
    this.#state[NOW_AT] = now;
    this.#write(memory.view, memory.offsets, from, to, this.#state);
  }

  /**
   * Writes what differs from packet to packet into memory that has the template. That is faster
   * than {@linkcode Flow.write}: packets of a pool that nobody else writes to keep their template,
   * as those that are sent on a network card. Ports of `net_ring` hand the very packet to whoever
   * receives it, who may change it: use `write` there, and for probes of several sizes, whose last
   * bytes are others' payload.
   */
  update(memory: FlowMemory, from = 0, to = memory.offsets.length, now = 0): void {
    this.#state[NOW_AT] = now;
    this.#update(memory.view, memory.offsets, from, to, this.#state);
  }

  /** Whether {@linkcode Flow.update} is enough, where the template stays. */
  get keepsTemplate(): boolean {
    return this.stream === undefined || this.#templates.length === 1;
  }

  /**
   * The next packet as bytes of its own.
   *
   * @param now the clock, in cycles, that a probe says.
   */
  next(now = 0): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(this.lengthOf(0));
    this.write({ view: viewOf(bytes), offsets: new Uint32Array(1) }, 0, 1, now);
    return bytes;
  }

  /**
   * Notes that the last packets that were written were not sent: the next ones are probes of their
   * numbers, so that a receiver does not take for lost what never left.
   */
  unsent(count: number): void {
    this.#state[NUMBER_AT]! -= count;
  }

  /** Begins again with the first packet. */
  reset(): void {
    this.#state.set(firstState(this.#fields));
  }
}

/**
 * A flow: a frame, and the fields of it that differ from packet to packet.
 *
 * @param frame the packet, from its Ethernet header on, as `frame` of `denodpdk/net` makes it.
 * @param fields what differs: {@linkcode range}, {@linkcode list}, {@linkcode random},
 * {@linkcode counter}, or a constant.
 * @throws {RangeError} when the frame has no such header, a value does not fit its field, the frame
 * does not fit a size, or a checksum cannot be kept right.
 *
 * @example 65536 flows of a UDP packet, in frames of all sizes
 * ```ts
 * import { ether, frame, ipv4, parse, udp } from "denodpdk/net";
 * import { flow, random, range } from "denodpdk/traffic";
 *
 * const packets = flow(
 *   frame(ether({ dst: "02:00:00:00:00:02" }), ipv4({ dst: "192.0.2.1" }), udp({ dstPort: 9 })),
 *   { ipv4: { src: range("10.0.0.0", 65536) }, udp: { srcPort: random(1024, 64512, 7) } },
 *   { sizes: "imix" },
 * );
 * for (let i = 0; i < 3; i++) console.log(`${parse(packets.next())}`);
 * ```
 */
export function flow(
  frame: Uint8Array,
  fields: VaryingFields = {},
  options: FlowOptions = {},
): Flow {
  return new Flow(frame, fields, options);
}
