/** Headers are rewritten as l2fwd does it, at any offset. */

import { Header } from "../../cmd/l2fwd_fork/header.ts";
import { assertEquals } from "../assert.ts";

const FRAME = 64;
const SOURCE = [0xfe, 0xdc, 0xee, 0xdd, 0xcc, 0xbb];
/** With its first two bytes last in a double, a NaN; and one that V8 would make another one of. */
const NAN_SOURCES = [[0xf8, 0x7f, 0, 0, 0, 1], [0xf2, 0xff, 0x12, 0x34, 0x56, 0x78]];

function written(source: readonly number[]): number[] {
  return [0x02, 0, 0, 0, 0, 7, ...source];
}

/** Frames of 0xaa at these offsets, the first `count` of them rewritten; the memory afterwards. */
function rewrite(offsets: number[], count: number, source = SOURCE): Uint8Array {
  const memory = new ArrayBuffer(16 * FRAME);
  const u8 = new Uint8Array(memory).fill(0xaa);
  const u32 = new Uint32Array(memory);
  const f64 = new Float64Array(memory);
  const header = new Header(7, Uint8Array.from(source));
  header.writeTo({ offsets: Uint32Array.from(offsets), count, memory: { u8, u32, f64 } });
  return u8;
}

Deno.test("both addresses of each packet are written, and nothing else", () => {
  for (const count of [0, 1, 3, 4, 5, 8, 11]) {
    const offsets = Array.from({ length: 11 }, (_, i) => (i + 1) * FRAME);
    const expected = new Uint8Array(16 * FRAME).fill(0xaa);
    for (const offset of offsets.slice(0, count)) expected.set(written(SOURCE), offset);
    assertEquals(rewrite(offsets, count), expected);
  }
});

Deno.test("packets at odd offsets are written too; one of another pool is left alone", () => {
  const outside = 0xffff_ffff;
  const offsets = [64, 129, 192, 258, outside, 323, 384];
  const expected = new Uint8Array(16 * FRAME).fill(0xaa);
  for (const offset of offsets) if (offset !== outside) expected.set(written(SOURCE), offset);
  assertEquals(rewrite(offsets, offsets.length), expected);
});

Deno.test("an address whose bytes would be a NaN is written bit by bit as well", () => {
  for (const source of NAN_SOURCES) {
    const offsets = [64, 128, 192, 256, 320];
    const expected = new Uint8Array(16 * FRAME).fill(0xaa);
    for (const offset of offsets) expected.set(written(source), offset);
    assertEquals(rewrite(offsets, offsets.length, source), expected);
  }
});
