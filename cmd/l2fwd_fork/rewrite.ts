/**
 * The addresses of packets that leave: destination `02:00:00:00:00:PORT`, source the port's own.
 *
 * @module
 */

import type { PacketBurst, PacketMemory } from "../../mod.ts";

/** Both addresses, as they lie in memory: three little endian words. */
export type AddressWords = readonly [number, number, number];

/** The addresses of packets that leave by a port. */
export function addressWords(port: number, mac: Uint8Array): AddressWords {
  const bytes = Uint8Array.of(2, 0, 0, 0, 0, port, ...mac);
  const [first = 0, second = 0, third = 0] = new Uint32Array(bytes.buffer);
  return [first, second, third];
}

/** Gives the first `count` packets of a burst these addresses. */
export function rewrite(
  { u32, u16, u8 }: Pick<PacketMemory, "u32" | "u16" | "u8">,
  { offsets }: Pick<PacketBurst, "offsets">,
  count: number,
  [first, second, third]: AddressWords,
): void {
  for (let i = 0; i < count; i++) {
    const offset = offsets[i] ?? 0;
    if ((offset & 3) === 0) {
      const at = offset >>> 2;
      u32[at] = first;
      u32[at + 1] = second;
      u32[at + 2] = third;
    } else if ((offset & 1) === 0) {
      const at = offset >>> 1;
      u16[at] = first;
      u16[at + 1] = first >>> 16;
      u16[at + 2] = second;
      u16[at + 3] = second >>> 16;
      u16[at + 4] = third;
      u16[at + 5] = third >>> 16;
    } else {
      // also a packet of another pool, which has no place in this memory and stays as it is
      bytewise(u8, offset, [first, second, third]);
    }
  }
}

/** The same at an odd address. */
function bytewise(u8: Uint8Array, offset: number, words: AddressWords): void {
  const bytes = new Uint8Array(Uint32Array.from(words).buffer);
  if (offset + bytes.length <= u8.length) u8.set(bytes, offset);
}
