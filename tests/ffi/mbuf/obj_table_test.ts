/** Tables of object pointers. */

import { OBJ_TABLE_MAX, ObjTable } from "../../../mod.ts";
import { assertEquals, assertStrictEquals, assertThrows } from "../../assert.ts";

Deno.test("a new table holds null pointers", () => {
  const objs = new ObjTable(3);
  assertStrictEquals(objs.length, 3);
  assertEquals([...objs.addresses], [0n, 0n, 0n]);
});

Deno.test("its pointer is where C finds the addresses", () => {
  for (const length of [1, 2, 8, 512, OBJ_TABLE_MAX]) {
    const objs = new ObjTable(length);
    objs.addresses[length - 1] = 0x1234_5678_9abcn;
    const view = new Deno.UnsafePointerView(objs.pointer);
    assertStrictEquals(view.getBigUint64((length - 1) * 8), 0x1234_5678_9abcn);
  }
});

for (const length of [0, -1, 1.5, NaN, Infinity, OBJ_TABLE_MAX + 1]) {
  Deno.test(`no table of ${length} objects`, () => {
    assertThrows(
      () => new ObjTable(length),
      RangeError,
      `ObjTable length must be an integer from 1 to 65535, got ${length}`,
    );
  });
}

/** A table 1, 2, 3 ... */
function numbered(length: number): ObjTable {
  const objs = new ObjTable(length);
  objs.addresses.set(Array.from({ length }, (_, i) => BigInt(i + 1)));
  return objs;
}

const MOVES: [from: number, to: number, count: number, result: bigint[]][] = [
  [3, 0, 2, [4n, 5n, 3n, 4n, 5n]],
  [1, 0, 4, [2n, 3n, 4n, 5n, 5n]],
  [0, 1, 4, [1n, 1n, 2n, 3n, 4n]],
  [0, 0, 5, [1n, 2n, 3n, 4n, 5n]],
  [2, 4, 0, [1n, 2n, 3n, 4n, 5n]],
  [5, 0, 0, [1n, 2n, 3n, 4n, 5n]],
];

for (const [from, to, count, result] of MOVES) {
  Deno.test(`move ${count} from ${from} to ${to}`, () => {
    const objs = numbered(5);
    objs.move(from, to, count);
    assertEquals([...objs.addresses], result);
  });
}

const BAD_MOVES: [from: number, to: number, count: number][] = [
  [0, 0, 6],
  [3, 0, 3],
  [0, 3, 3],
  [0, 0, -1],
  [0, 0, 0.5],
  [0, 0, NaN],
  [6, 0, 0],
  [-1, 0, 2],
  [0, -1, 2],
  [0.5, 0, 1],
  [0, NaN, 1],
];

for (const [from, to, count] of BAD_MOVES) {
  Deno.test(`a move of ${count} from ${from} to ${to} is refused and changes nothing`, () => {
    const objs = numbered(5);
    assertThrows(() => objs.move(from, to, count), RangeError, "ObjTable.move");
    assertEquals(objs.addresses, numbered(5).addresses);
  });
}
