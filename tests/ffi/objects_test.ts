/** Tables of object pointers. */

import { Objects } from "../../mod.ts";
import { assertEquals, assertStrictEquals, assertThrows } from "../assert.ts";

Deno.test("a new table holds null pointers", () => {
  const objs = new Objects(3);
  assertStrictEquals(objs.length, 3);
  assertEquals([...objs.addresses], [0n, 0n, 0n]);
});

Deno.test("its pointer is where C finds the addresses", () => {
  for (const length of [1, 2, 8, 512, Objects.MAX]) {
    const objs = new Objects(length);
    objs.addresses[length - 1] = 0x1234_5678_9abcn;
    const view = new Deno.UnsafePointerView(objs.pointer);
    assertStrictEquals(view.getBigUint64((length - 1) * 8), 0x1234_5678_9abcn);
  }
});

for (const length of [0, -1, 1.5, NaN, Infinity, Objects.MAX + 1]) {
  Deno.test(`no table of ${length} objects`, () => {
    assertThrows(
      () => new Objects(length),
      RangeError,
      `Objects length must be an integer from 1 to 65535, got ${length}`,
    );
  });
}
