/**
 * Building packets: layers in, bytes out.
 *
 * @module
 */

import { CODECS, sizeOf, writeLayer } from "./codecs.ts";
import { putSum } from "./fields.ts";
import type { Layer, Under } from "./layer.ts";
import { bytesOf, type HasBytes } from "./source.ts";
import { underNext } from "./under.ts";

/**
 * The bytes of a packet that {@linkcode frame} built: a `Uint8Array` with {@linkcode Frame.size}.
 */
export class Frame extends Uint8Array<ArrayBuffer> {
  /** @internal */
  constructor(bytes: number) {
    super(new ArrayBuffer(bytes));
  }

  /** Slices and mapped copies of a frame are plain `Uint8Array`s. */
  static get [Symbol.species](): Uint8ArrayConstructor {
    return Uint8Array;
  }

  /**
   * A copy of this frame that is `bytes` long, filled with zeros at its end, as Ethernet fills a
   * short frame; lengths in the headers stay. The size is that of `pkt_len`, without the 4 bytes of
   * the frame check sequence: 60 is what testers call a 64-byte frame.
   *
   * @throws {RangeError} when the frame is longer than that.
   */
  size(bytes: number): Frame {
    if (!Number.isInteger(bytes) || bytes < this.length) {
      throw new RangeError(`Frame.size: the frame has ${this.length} bytes already, got ${bytes}`);
    }
    const padded = new Frame(bytes);
    padded.set(this);
    return padded;
  }
}

/**
 * A part of a packet to build: a header, or payload as bytes, as text (UTF-8) or as another packet.
 */
export type FramePart = Layer | Uint8Array | string | HasBytes;

function layerOf(part: FramePart): Layer {
  if (typeof part === "string") return { name: "payload", bytes: new TextEncoder().encode(part) };
  if (part instanceof Uint8Array) return { name: "payload", bytes: part };
  if ("name" in part) return part;
  return { name: "payload", bytes: bytesOf(part) };
}

/** Whether a checksum was given, or said not to be there, so that none is filled. */
function hasOwnChecksum(layer: Layer): boolean {
  if (layer.name === "gre" && layer.hasChecksum === false) return true;
  return "checksum" in layer && layer.checksum !== undefined;
}

/**
 * Builds a packet from its headers, outermost first, and its payload. Fields that are left out are
 * filled: types and protocols from what follows, lengths, header lengths, and checksums, the
 * innermost first. Fields that are given are written as they are, right or wrong. The layers of a
 * parsed packet give the same bytes again.
 *
 * @throws {RangeError} when a value does not fit its field, or an address cannot be read.
 *
 * @example A packet in a tunnel
 * ```ts
 * import { ether, frame, ipv4, udp, vxlan } from "denodpdk/net";
 *
 * const inner = [ether(), ipv4({ src: "192.168.0.1", dst: "192.168.0.2" }), udp({ dstPort: 9 })];
 * const outer = [ether(), ipv4({ src: "10.0.0.1", dst: "10.0.0.2" }), udp(), vxlan({ vni: 42 })];
 * console.log(frame(...outer, ...inner, "hello").length); // 97
 * ```
 */
export function frame(...parts: readonly FramePart[]): Frame {
  const layers = parts.map(layerOf);
  const sizes = layers.map((layer) => sizeOf(layer));
  const bytes = new Frame(sizes.reduce((sum, size) => sum + size, 0));
  const view = new DataView(bytes.buffer);
  let end = bytes.length;
  for (let i = layers.length - 1; layers[i]?.name === "padding"; i--) end -= sizes[i] ?? 0;
  const starts: number[] = [];
  const unders: (Under | undefined)[] = [];
  let at = 0;
  let under: Under | undefined;
  for (const [i, layer] of layers.entries()) {
    const body = at + (sizes[i] ?? 0);
    writeLayer(layer, { view, at, body, end, next: layers[i + 1], second: layers[i + 2] });
    starts.push(at);
    unders.push(under);
    // what is built here is all of it, fragment or not
    const below = underNext(layer, at, under);
    under = below && { ...below, fragment: false };
    at = body;
  }
  // a checksum covers those inside: they come first
  for (let i = layers.length - 1; i >= 0; i--) {
    const layer = layers[i];
    if (!layer || hasOwnChecksum(layer)) continue;
    const sum = CODECS[layer.name].checksum?.(view, starts[i] ?? 0, end, unders[i]);
    if (sum) putSum(view, sum);
  }
  return bytes;
}
