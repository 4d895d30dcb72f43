/**
 * Reading packets: bytes in, layers out. It never throws for what a packet contains.
 *
 * @module
 */

import type { LayerName, ParsedLayer } from "./layer.ts";
import { dump, inspect, plain } from "./dump.ts";
import { Layered } from "./layered.ts";
import { line } from "./line.ts";
import { burstBytes, bytesOf, type HasBytes, type HasPackets, viewOf } from "./source.ts";
import { type Stop, walk } from "./walk.ts";

/** Options of {@linkcode parse}. */
export interface ParseOptions {
  /**
   * The kind of the first header; Ethernet where left out. `"ip"` is IPv4 or IPv6, by the version
   * field.
   */
  first?: LayerName | "ip";
}

/**
 * A packet that was read: its layers from the outside to the inside, and the first layer of each
 * kind by its name. It has its own copy of the bytes, and stays valid when the packet is sent or
 * freed.
 */
export class Parsed extends Layered {
  /** The bytes of the whole packet. */
  readonly bytes: Uint8Array;
  /**
   * All layers from the outside to the inside; bytes that no header describes are layers too,
   * payload and padding.
   */
  readonly layers: readonly ParsedLayer[];
  /** Where reading stopped before the end, and why; undefined when everything was read. */
  readonly stop: Stop | undefined;

  /** @internal */
  constructor(bytes: Uint8Array, layers: readonly ParsedLayer[], stop: Stop | undefined) {
    super();
    this.bytes = bytes;
    this.layers = layers;
    this.stop = stop;
  }

  /**
   * The outermost layer of a kind, or layer number `nth` of that kind, counted from 0, for those in
   * tunnels; undefined where there is none.
   */
  override layer<N extends LayerName>(
    name: N,
    nth = 0,
  ): Extract<ParsedLayer, { name: N }> | undefined {
    for (const layer of this.layers) {
      if (isOf(layer, name) && nth-- === 0) return layer;
    }
    return undefined;
  }

  /** One line, as `tcpdump -n` prints it. */
  override toString(): string {
    return line(this.layers);
  }

  /** Several lines of text: each layer with its fields, and a hex dump of all bytes. */
  dump(): string {
    return dump(this);
  }

  /** For `JSON.stringify`: the layers as plain data; bytes are hexadecimal text. */
  toJSON(): { length: number; layers: unknown[]; stop: Stop | undefined } {
    return { length: this.bytes.length, layers: this.layers.map(plain), stop: this.stop };
  }

  /** What `console.log` shows: the line and the layers. */
  [Symbol.for("Deno.customInspect")](): string {
    return inspect(this);
  }
}

function isOf<N extends LayerName>(
  layer: ParsedLayer,
  name: N,
): layer is Extract<ParsedLayer, { name: N }> {
  return layer.name === name;
}

function firstLayer(bytes: Uint8Array, first: LayerName | "ip"): LayerName {
  if (first !== "ip") return first;
  return (bytes[0] ?? 0) >>> 4 === 6 ? "ipv6" : "ipv4";
}

/**
 * Reads a packet into its layers, from its Ethernet header on unless `first` names another header.
 * It follows tunnels. It never throws for what is in the packet: {@linkcode Parsed.stop} tells
 * where it had to stop, and why.
 *
 * @example
 * ```ts
 * import { ether, frame, ipv4, parse, udp } from "denodpdk/net";
 *
 * const packet = parse(frame(ether(), ipv4({ src: "10.0.0.1" }), udp({ dstPort: 53 }), "hello"));
 * console.log(packet.ipv4?.src, packet.udp?.dstPort, packet.stop); // 10.0.0.1 53 undefined
 * console.log(`${packet}`); // IP 10.0.0.1.0 > 0.0.0.0.53: UDP, length 5
 * ```
 */
export function parse(source: Uint8Array | HasBytes, options?: ParseOptions): Parsed;
/**
 * Reads packet `index` of a burst into its layers.
 *
 * @throws {RangeError} when the burst has no such packet in its memory.
 */
export function parse(burst: HasPackets, index: number, options?: ParseOptions): Parsed;
export function parse(
  source: Uint8Array | HasBytes | HasPackets,
  index?: number | ParseOptions,
  options?: ParseOptions,
): Parsed {
  const given = typeof index === "number" ? options : index;
  const bytes = "offsets" in source
    ? burstBytes(source, typeof index === "number" ? index : 0)
    : bytesOf(source);
  const view = viewOf(bytes);
  const { steps, stop } = walk(view, firstLayer(bytes, given?.first ?? "ether"));
  return new Parsed(bytes, steps.map(({ layer }) => layer), stop);
}
