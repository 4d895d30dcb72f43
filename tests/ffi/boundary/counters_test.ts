/** Counters: 64 bits in two halves, as C reads them. */

import { Counters } from "../../../ffi/eal_api.ts";
import { assertEquals, assertStrictEquals, assertThrows } from "../../assert.ts";
import { test } from "../eal.ts";

test("each counter is a uint64_t of its own", () => {
  const memory = new ArrayBuffer(32);
  const counters = new Counters(memory, 8, 2);
  assertStrictEquals(counters.length, 2);
  counters.add(0, 5);
  counters.add(1, 7);
  counters.add(1, 0);
  counters.add(1, 1);
  assertEquals([...new BigUint64Array(memory)], [0n, 5n, 8n, 0n]);
  assertEquals([counters.get(0), counters.get(1)], [5, 8]);
});

test("the sum carries into the upper half, whatever is added", () => {
  const memory = new ArrayBuffer(8);
  const counters = new Counters(memory);
  let sum = 0n;
  for (const n of [0xffff_ffff, 1, 0xffff_ffff, 0xffff_ffff, 2, 0x8000_0000]) {
    counters.add(0, n);
    sum += BigInt(n);
    assertStrictEquals(new BigUint64Array(memory)[0], sum);
    assertStrictEquals(BigInt(counters.get(0)), sum);
  }
});

test("what C counted goes on", () => {
  const memory = new BigUint64Array([0x1_ffff_fffen]);
  const counters = new Counters(memory.buffer);
  counters.add(0, 3);
  assertStrictEquals(memory[0], 0x2_0000_0001n);
});

test("beyond the last counter nothing is written or read", () => {
  const memory = new ArrayBuffer(24);
  const counters = new Counters(memory, 0, 2);
  counters.add(2, 1);
  counters.add(-1, 1);
  assertEquals([...new BigUint64Array(memory)], [0n, 0n, 0n]);
  assertEquals([counters.get(2), counters.get(-1)], [0, 0]);
});

test("counters that do not lie in the memory are refused", () => {
  const memory = new ArrayBuffer(16);
  assertThrows(() => new Counters(memory, 4), RangeError, "multiple of 8");
  assertThrows(() => new Counters(memory, 24), RangeError, "byteOffset");
  assertThrows(() => new Counters(memory, 0, 3), RangeError, "length");
  assertThrows(() => new Counters(memory, 0, 1.5), RangeError, "length");
});
