/**
 * The first 12 bytes of a frame: both MAC addresses.
 *
 * @module
 */

import type { Burst, PacketMemory } from "../../ffi/port_core.ts";

/** Number of packets whose headers are written in a turn of the loop. */
const TURN = 4;

/** The part of a {@linkcode Burst} that headers need. */
interface Frames extends Pick<Burst, "offsets" | "count"> {
  memory: Pick<PacketMemory, "u8" | "u32" | "f64">;
}

/**
 * `l2fwd_mac_updating` of the C sample: where frames go on is written into each of them, the
 * destination `02:00:00:00:00:PORT`, and the port's own address as their source.
 */
export class Header {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  /** The first 8 bytes as a double with the same bits; below, the last 4 as an integer. */
  readonly #first: number;
  readonly #last: number;

  /** For frames that leave from this port, whose MAC address is `source`. */
  constructor(port: number, source: Uint8Array) {
    this.#bytes = Uint8Array.of(0x02, 0, 0, 0, 0, port, ...source);
    const view = new DataView(this.#bytes.buffer);
    this.#first = view.getFloat64(0, true);
    this.#last = view.getInt32(8, true);
  }

  /**
   * Writes both addresses into the frames of a burst. A turn of the loop writes four: in each one, V8
   * looks anew whether the arrays are what they were.
   */
  writeTo(burst: Frames): void {
    const { offsets, count, memory: { u8, u32, f64 } } = burst;
    // a double and an integer before the loop, or V8 makes them anew for every packet
    const first = this.#first * 1;
    const last = this.#last | 0;
    // V8 may store another NaN than the one that it was given
    const end = Number.isNaN(first) ? 0 : count - count % TURN;
    let i = 0;
    for (; i < end; i += TURN) {
      const a = offsets[i] ?? 0;
      const b = offsets[i + 1] ?? 0;
      const c = offsets[i + 2] ?? 0;
      const d = offsets[i + 3] ?? 0;
      // no call in this loop: after one, V8 would check the arrays anew for every packet
      if (((a | b | c | d) & 7) !== 0) break;
      f64[a >>> 3] = first;
      u32[(a >>> 2) + 2] = last;
      f64[b >>> 3] = first;
      u32[(b >>> 2) + 2] = last;
      f64[c >>> 3] = first;
      u32[(c >>> 2) + 2] = last;
      f64[d >>> 3] = first;
      u32[(d >>> 2) + 2] = last;
    }
    for (; i < count; i++) this.#writeBytes(u8, offsets[i] ?? 0);
  }

  /**
   * Writes both addresses at any offset. A packet of another pool lies outside the memory and is
   * left alone.
   */
  #writeBytes(u8: Uint8Array, offset: number): void {
    if (offset >= u8.length) return;
    const bytes = this.#bytes;
    for (let i = 0; i < bytes.length; i++) u8[offset + i] = bytes[i] ?? 0;
  }
}
