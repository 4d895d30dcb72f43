/** The bench's forwarder rewrites headers as l2fwd does, at any offset. */

import { Header } from "../../cmd/bench/forward/header.ts";
import { assertEquals } from "../assert.ts";

const FRAME = 64;
const SOURCE = Uint8Array.of(0xfe, 0xff, 0xee, 0xdd, 0xcc, 0xbb);
const WRITTEN = [0x02, 0, 0, 0, 0, 7, ...SOURCE];

/** Frames of 0xaa at these offsets, the first `count` of them rewritten; the memory afterwards. */
function rewrite(offsets: number[], count: number): Uint8Array {
  const memory = new ArrayBuffer(16 * FRAME);
  const u8 = new Uint8Array(memory).fill(0xaa);
  const u32 = new Uint32Array(memory);
  new Header(7, SOURCE).writeTo({ u8, u32 }, { offsets: Uint32Array.from(offsets) }, count);
  return u8;
}

Deno.test("both addresses of each packet are written, and nothing else", () => {
  for (const count of [0, 1, 3, 4, 5, 8, 11]) {
    const offsets = Array.from({ length: 11 }, (_, i) => (i + 1) * FRAME);
    const expected = new Uint8Array(16 * FRAME).fill(0xaa);
    for (const offset of offsets.slice(0, count)) expected.set(WRITTEN, offset);
    assertEquals(rewrite(offsets, count), expected);
  }
});

Deno.test("packets at odd offsets are written too; one of another pool is left alone", () => {
  const outside = 0xffff_ffff;
  const offsets = [64, 129, 192, 258, outside, 323, 384];
  const expected = new Uint8Array(16 * FRAME).fill(0xaa);
  for (const offset of offsets) if (offset !== outside) expected.set(WRITTEN, offset);
  assertEquals(rewrite(offsets, offsets.length), expected);
});
