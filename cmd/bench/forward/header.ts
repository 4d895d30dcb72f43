/**
 * The first 12 bytes of a frame: both MAC addresses.
 *
 * @module
 */

import type { PacketBurst, PacketMemory } from "../../../mod.ts";

/** `l2fwd_mac_updating` of the C sample: where frames go on is written into each of them. */
export class Header {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #low: number;
  readonly #middle: number;
  readonly #high: number;

  /** For frames that leave from this port, whose MAC address is `source`. */
  constructor(port: number, source: Uint8Array) {
    this.#bytes = Uint8Array.of(0x02, 0, 0, 0, 0, port, ...source);
    const words = new Uint32Array(this.#bytes.buffer);
    [this.#low = 0, this.#middle = 0, this.#high = 0] = words;
  }

  /**
   * Writes both addresses into the first `count` frames. A turn of the loop writes four: in each
   * one, V8 looks anew whether the arrays are what they were.
   */
  writeTo(
    memory: Pick<PacketMemory, "u8" | "u32">,
    burst: Pick<PacketBurst, "offsets">,
    count: number,
  ): void {
    const u32 = memory.u32;
    const offsets = burst.offsets;
    // an integer before the loop, or V8 makes one of it, by way of a double, for every packet
    const low = this.#low | 0;
    const middle = this.#middle | 0;
    const high = this.#high | 0;
    let i = 0;
    for (; i + 4 <= count; i += 4) {
      const a = offsets[i] ?? 0;
      const b = offsets[i + 1] ?? 0;
      const c = offsets[i + 2] ?? 0;
      const d = offsets[i + 3] ?? 0;
      // no call in this loop: after one, V8 would check both arrays anew for every packet
      if (((a | b | c | d) & 3) !== 0) break;
      write(u32, a >>> 2, low, middle, high);
      write(u32, b >>> 2, low, middle, high);
      write(u32, c >>> 2, low, middle, high);
      write(u32, d >>> 2, low, middle, high);
    }
    for (; i < count; i++) this.#writeBytes(memory, offsets[i] ?? 0);
  }

  /** The same at any offset; one of another pool lies outside the memory and is left alone. */
  #writeBytes({ u8 }: Pick<PacketMemory, "u8">, offset: number): void {
    if (offset < u8.length) u8.set(this.#bytes, offset);
  }
}

/** At an index of 4 bytes; V8 puts it in place of the call. */
function write(u32: Uint32Array, at: number, low: number, middle: number, high: number): void {
  u32[at] = low;
  u32[at + 1] = middle;
  u32[at + 2] = high;
}
