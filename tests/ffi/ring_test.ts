/** Rings: what goes in comes out, what does not fit stays with the caller. */

import { DpdkError, Memzone, Objects, Ring, RingFlags, type RingOptions } from "../../mod.ts";
import {
  assert,
  assertEquals,
  assertGreater,
  assertMatch,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "../assert.ts";
import { ealArgs, initTestEal, PREFIX, test } from "./eal.ts";
import { ask, type Refused } from "./peer.ts";

initTestEal("0@0,1@1");

/** A table with these numbers for pointers, behind them nulls. */
function table(length: number, ...numbers: number[]): Objects {
  const objs = new Objects(length);
  objs.addresses.set(numbers.map(BigInt));
  return objs;
}

function numbers(objs: Objects, count = objs.length): number[] {
  return Array.from(objs.addresses.subarray(0, count), Number);
}

/** Empties a ring by single dequeues. */
function drain(ring: Ring): number[] {
  const objs = new Objects(1);
  const all: number[] = [];
  while (ring.dequeue(objs)) all.push(Number(objs.addresses[0]));
  return all;
}

const KINDS: [kind: string, flags: number][] = [
  ["MP/MC", 0],
  ["SP/SC", RingFlags.SP_ENQ | RingFlags.SC_DEQ],
  ["SP/MC", RingFlags.SP_ENQ],
  ["MP/SC", RingFlags.SC_DEQ],
  ["RTS", RingFlags.MP_RTS_ENQ | RingFlags.MC_RTS_DEQ],
  ["HTS", RingFlags.MP_HTS_ENQ | RingFlags.MC_HTS_DEQ],
  ["exact size", RingFlags.EXACT_SZ],
  ["exact SP/SC", RingFlags.EXACT_SZ | RingFlags.SP_ENQ | RingFlags.SC_DEQ],
];

for (const [kind, flags] of KINDS) {
  test(`${kind}: single objects, FIFO, full and empty`, () => {
    using ring = Ring.create("R", 8, { flags });
    const room = flags & RingFlags.EXACT_SZ ? 8 : 7;
    assertEquals([ring.name, ring.capacity, ring.flags], ["R", room, flags]);
    assertEquals([ring.count, ring.freeCount], [0, room]);

    const objs = table(9, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    for (let i = 0; i < room; i++) assertStrictEquals(ring.enqueue(objs, i), true);
    assertEquals([ring.count, ring.freeCount], [room, 0]);
    assertStrictEquals(ring.enqueue(objs, 8), false);
    assertEquals(numbers(objs), [1, 2, 3, 4, 5, 6, 7, 8, 9]);

    const out = new Objects(3);
    assertStrictEquals(ring.dequeue(out), true);
    assertStrictEquals(ring.dequeue(out, 2), true);
    assertEquals(numbers(out), [1, 0, 2]);
    assertEquals(drain(ring), [3, 4, 5, 6, 7, 8].slice(0, room - 2));
    assertStrictEquals(ring.dequeue(out, 1), false);
    assertEquals(numbers(out), [1, 0, 2]);
  });

  test(`${kind}: bulk is all or nothing`, () => {
    using ring = Ring.create("R", 8, { flags });
    const room = ring.capacity;
    const objs = table(10, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    assertStrictEquals(ring.enqueueBulk(objs, 5), 5);
    assertStrictEquals(ring.enqueueBulk(objs, room - 5 + 1), 0);
    assertStrictEquals(ring.count, 5);
    assertStrictEquals(ring.enqueueBulk(objs, room - 5), room - 5);

    const out = new Objects(10);
    assertStrictEquals(ring.dequeueBulk(out, room + 1), 0);
    assertEquals(numbers(out, 1), [0]);
    assertStrictEquals(ring.dequeueBulk(out, 6), 6);
    assertEquals(numbers(out, 7), [1, 2, 3, 4, 5, 1, 0]);
    assertStrictEquals(ring.count, room - 6);
  });

  test(`${kind}: a burst takes what it can`, () => {
    using ring = Ring.create("R", 8, { flags });
    const room = ring.capacity;
    const objs = table(10, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    assertStrictEquals(ring.enqueueBurst(objs, 10), room);
    assertStrictEquals(ring.enqueueBurst(objs, 1), 0);
    const out = new Objects(10);
    assertStrictEquals(ring.dequeueBurst(out, 3), 3);
    assertEquals(numbers(out, 4), [1, 2, 3, 0]);
    assertStrictEquals(ring.dequeueBurst(out, 10), room - 3);
    assertEquals(numbers(out, room - 3), [4, 5, 6, 7, 8].slice(0, room - 3));
    assertStrictEquals(ring.dequeueBurst(out, 10), 0);
  });
}

test("order and pointers survive many rounds", () => {
  using ring = Ring.create("R", 16);
  const objs = new Objects(16);
  let sent = 0;
  let seen = 0;
  for (let round = 0; round < 2000; round++) {
    const n = round % 13 + 1;
    for (let i = 0; i < n; i++) objs.addresses[i] = 0xffff_0000_0000_0000n + BigInt(sent + i);
    sent += ring.enqueueBurst(objs, n);
    const got = ring.dequeueBurst(objs, round % 11 + 1);
    for (let i = 0; i < got; i++) {
      assertStrictEquals(objs.addresses[i], 0xffff_0000_0000_0000n + BigInt(seen++));
    }
  }
  assertStrictEquals(ring.count, sent - seen);
});

test("a count of 0 moves nothing", () => {
  using ring = Ring.create("R", 8);
  const objs = table(1, 1);
  assertStrictEquals(ring.enqueueBulk(objs, 0), 0);
  assertStrictEquals(ring.enqueueBurst(objs, 0), 0);
  assertStrictEquals(ring.dequeueBulk(objs, 0), 0);
  assertStrictEquals(ring.dequeueBurst(objs, 0), 0);
  assertStrictEquals(ring.count, 0);
});

test("counts and indexes outside the table throw and move nothing", () => {
  using ring = Ring.create("R", 64);
  const objs = table(4, 1, 2, 3, 4);
  ring.enqueueBulk(objs, 4);
  const calls: [name: string, call: (n: number) => unknown][] = [
    ["Ring.enqueueBulk: count", (n) => ring.enqueueBulk(objs, n)],
    ["Ring.dequeueBulk: count", (n) => ring.dequeueBulk(objs, n)],
    ["Ring.enqueueBurst: count", (n) => ring.enqueueBurst(objs, n)],
    ["Ring.dequeueBurst: count", (n) => ring.dequeueBurst(objs, n)],
    ["Ring.enqueue: index", (n) => ring.enqueue(objs, n)],
    ["Ring.dequeue: index", (n) => ring.dequeue(objs, n)],
  ];
  for (const [name, call] of calls) {
    const most = name.endsWith("count") ? 4 : 3;
    for (const n of [most + 1, -1, 0.5, NaN, Infinity, 2 ** 32, 2 ** 32 + 1, -(2 ** 32)]) {
      const { message } = assertThrows(() => call(n), RangeError);
      assertStrictEquals(message, `${name} must be an integer from 0 to ${most}, got ${n}`);
    }
  }
  assertStrictEquals(ring.count, 4);
});

test("reset empties a ring", () => {
  using ring = Ring.create("R", 8);
  ring.enqueueBulk(table(3, 1, 2, 3), 3);
  ring.reset();
  assertEquals([ring.count, ring.freeCount], [0, 7]);
  assertStrictEquals(ring.enqueue(table(1, 9)), true);
  assertEquals(drain(ring), [9]);
});

test("lookup finds the same ring; only the creator's disposal frees it", () => {
  const ring = Ring.create("R", 8);
  ring.enqueue(table(1, 42));
  {
    using other = Ring.lookup("R");
    assertEquals([other.name, other.capacity, other.count], ["R", 7, 1]);
    assertEquals(drain(other), [42]);
  }
  assertStrictEquals(ring.enqueue(table(1, 43)), true);
  {
    using again = Ring.lookup("R");
    assertEquals(drain(again), [43]);
  }
  ring[Symbol.dispose]();
  const error = assertThrows(() => Ring.lookup("R"), DpdkError);
  assertStrictEquals(error.code, "ENOENT");
  assertMatch(error.message, /^rte_ring_lookup\(R\): ENOENT: [^\n]+$/);
});

test("a disposed ring throws, and disposing it twice is harmless", () => {
  const ring = Ring.create("R", 8);
  ring[Symbol.dispose]();
  using same = Ring.create("R", 8);
  ring[Symbol.dispose]();
  assertStrictEquals(same.count, 0);
  const objs = table(1, 1);
  for (
    const use of [
      () => ring.count,
      () => ring.freeCount,
      () => ring.flags,
      () => ring.capacity,
      () => ring.enqueue(objs),
      () => ring.dequeue(objs),
      () => ring.enqueueBulk(objs, 1),
      () => ring.dequeueBulk(objs, 1),
      () => ring.enqueueBurst(objs, 1),
      () => ring.dequeueBurst(objs, 1),
      () => ring.reset(),
    ]
  ) {
    assertStrictEquals(
      assertThrows(use, DpdkError).message,
      "Ring R: used after disposal",
    );
  }
  assertStrictEquals(ring.name, "R");
  assertThrows(
    () => {
      const looked = Ring.lookup("R");
      looked[Symbol.dispose]();
      looked.enqueue(objs);
    },
    DpdkError,
    "used after disposal",
  );
  assertStrictEquals(same.count, 0);
});

const IMPOSSIBLE: [name: string, count: number, options: RingOptions, code: string][] = [
  ["R".repeat(29), 8, {}, "ENAMETOOLONG"],
  ["é".repeat(15), 8, {}, "ENAMETOOLONG"],
  ["R", 7, {}, "EINVAL"],
  ["R", 2 ** 31, {}, "EINVAL"],
  ["R", 2 ** 32 - 1, {}, "EINVAL"],
  ["R", 2 ** 30, {}, "ENOMEM"],
  ["R", 8, { flags: 0x80 }, "EINVAL"],
  ["R", 8, { flags: 2 ** 31 }, "EINVAL"],
  ["R", 8, { flags: RingFlags.SP_ENQ | RingFlags.MP_RTS_ENQ }, "EINVAL"],
  ["R", 8, { flags: RingFlags.SC_DEQ | RingFlags.MC_HTS_DEQ }, "EINVAL"],
  ["R", 8, { flags: RingFlags.MC_RTS_DEQ | RingFlags.MC_HTS_DEQ }, "EINVAL"],
  ["TAKEN", 8, {}, "EEXIST"],
];

for (const [name, count, options, code] of IMPOSSIBLE) {
  test(`no ring '${name}' of ${count} ${JSON.stringify(options)}: ${code}`, () => {
    using _taken = Ring.create("TAKEN", 8);
    const before = Ring.list();
    const error = assertThrows(() => {
      using _ring = Ring.create(name, count, options);
    }, DpdkError);
    assertStrictEquals(error.code, code);
    assert(error.errno > 0);
    assertMatch(error.message, /^[^\n]+$/);
    assertStringIncludes(error.message, `rte_ring_create(${name}): ${code}: `);
    assertEquals(Ring.list(), before);
  });
}

test("the longest name has 28 bytes", () => {
  const name = "R".repeat(28);
  using _ring = Ring.create(name, 8);
  using found = Ring.lookup(name);
  assertStrictEquals(found.name, name);
});

test("names may be UTF-8 but not contain a NUL", () => {
  using _ring = Ring.create("größe", 8);
  using found = Ring.lookup("größe");
  assertStrictEquals(found.name, "größe");
  assertStrictEquals(Ring.list().some(({ name }) => name === "größe"), true);
  assertThrows(() => Ring.create("A\0B", 8), RangeError, "NUL");
  assertThrows(() => Ring.lookup("größe\0"), RangeError, "NUL");
});

test("numbers that C would wrap are refused", () => {
  for (const count of [0, -8, 8.5, NaN, 2 ** 32]) {
    assertThrows(() => Ring.create("R", count), RangeError, "ring count must be an integer");
  }
  for (const flags of [-1, 0.5, 2 ** 32]) {
    assertThrows(() => Ring.create("R", 8, { flags }), RangeError, "ring flags");
  }
  for (const socket of [-2, 0.5, 2 ** 31]) {
    assertThrows(() => Ring.create("R", 8, { socket }), RangeError, "socket");
  }
  assertThrows(() => Ring.lookup("R"), DpdkError, "ENOENT");
});

test("exact sizes need be no power of two", () => {
  using ring = Ring.create("R", 5, { flags: RingFlags.EXACT_SZ });
  assertStrictEquals(ring.capacity, 5);
  assertStrictEquals(ring.enqueueBurst(table(9, 1, 2, 3, 4, 5, 6, 7, 8, 9), 9), 5);
  assertEquals(drain(ring), [1, 2, 3, 4, 5]);
});

test("list tells all rings in order of creation, as they are now", () => {
  const before = Ring.list();
  using a = Ring.create("A", 8, { flags: RingFlags.SP_ENQ });
  using _b = Ring.create("B", 100, { flags: RingFlags.EXACT_SZ });
  a.enqueueBulk(table(3, 1, 2, 3), 3);
  assertEquals(Ring.list().slice(before.length), [
    { name: "A", used: 3, capacity: 7, flags: RingFlags.SP_ENQ },
    { name: "B", used: 0, capacity: 100, flags: RingFlags.EXACT_SZ },
  ]);
});

test("list tells more rings than fit its first guess", () => {
  const before = Ring.list().length;
  using stack = new DisposableStack();
  for (let i = 0; i < 200; i++) stack.use(Ring.create(`MANY_${i}`, 2));
  assertEquals(
    Ring.list().slice(before).map(({ name }) => name),
    Array.from({ length: 200 }, (_, i) => `MANY_${i}`),
  );
});

for (const drivers of ["system", "core"]) {
  test(`a secondary (${drivers}) uses the rings and makes one`, async () => {
    using there = Ring.create("THERE", 64);
    using back = Ring.create("BACK", 64);
    there.enqueueBulk(table(3, 7, 8, 9), 3);
    const said = await ask<{ found: number[]; created: number; missing: Refused }>(
      "ring_peer",
      [drivers, ...ealArgs("2@0", PREFIX, "--proc-type=secondary")],
    );
    assertEquals(said.found, [7, 8, 9]);
    assertStrictEquals(said.created, 7);
    assertThrows(() => Ring.lookup("NEW"), DpdkError, "ENOENT");
    assertStrictEquals(said.missing.code, "ENOENT");
    assertEquals(drain(back), [9, 8, 7]);
    assertStrictEquals(there.count, 0);
  });
}

/** The head of a side, whose head and tail stand side by side and have this value now. */
function headOf(words: Uint32Array, value: number): number {
  const found = words.findIndex((word, i) => word === value && words[i + 1] === value);
  assert(found >= 0, `no head and tail of ${value} in the ring's memory`);
  return found;
}

test("a side that a killed process left half-way works again after repair", () => {
  using ring = Ring.create("TORN", 128);
  using zone = Memzone.lookup("RG_TORN");
  const words = new Uint32Array(zone.buffer);
  const objs = new Objects(40);
  for (let i = 0; i < 40; i++) objs.addresses[i] = BigInt(1000 + i);
  assertEquals(ring.enqueueBulk(objs, 37), 37);
  assertEquals(ring.dequeueBulk(objs, 11), 11);

  assertEquals([ring.repair("producer"), ring.repair("consumer")], [false, false]);
  // as if killed while it took two, and another while it put three
  const consumer = headOf(words, 11);
  const producer = headOf(words, 37);
  words[consumer] = 13;
  words[producer] = 40;
  assertEquals(ring.repair("consumer"), true);
  assertEquals([words[consumer], words[consumer + 1]], [13, 13]);
  assertEquals([words[producer], words[producer + 1]], [40, 37]);
  assertEquals(ring.repair("producer"), true);

  assertEquals(ring.count, 24);
  assert(ring.dequeue(objs));
  assertEquals(objs.addresses[0], 1013n);
  objs.addresses[0] = 5n;
  assert(ring.enqueue(objs));
  assertEquals(ring.dequeueBurst(objs, 40), 24);
  assertEquals([objs.addresses[22], objs.addresses[23]], [1036n, 5n]);
});

const { MP_HTS_ENQ, MC_HTS_DEQ, MP_RTS_ENQ, MC_RTS_DEQ } = RingFlags;

/** Where a side of a ring keeps its head and its tail, behind each other, both with `value`. */
const LAYOUTS: readonly [name: string, flags: number, side: (value: number) => number[]][] = [
  ["HTS", MP_HTS_ENQ | MC_HTS_DEQ, (value) => [value, value]],
  // the count of updates, then the position: of the tail, and two words on, of the head
  ["RTS", MP_RTS_ENQ | MC_RTS_DEQ, (value) => [1, value]],
];

for (const [name, flags, side] of LAYOUTS) {
  test(`a side of a ring with ${name} synchronisation works again after repair`, () => {
    using ring = Ring.create("TORN", 64, { flags });
    using zone = Memzone.lookup("RG_TORN");
    const words = new Uint32Array(zone.buffer);
    const objs = new Objects(40);
    for (let i = 0; i < 40; i++) objs.addresses[i] = BigInt(1000 + i);
    assertStrictEquals(ring.enqueueBulk(objs, 37), 37);
    assertStrictEquals(ring.dequeueBulk(objs, 11), 11);
    const find = (value: number) => {
      const [first, second] = side(value);
      const at = words.findIndex((word, i) => word === first && words[i + 1] === second);
      assertGreater(at, 0);
      // a head before its tail, or four words behind it
      return name === "HTS" ? at : at + 4;
    };
    const move = (value: number, to: number) => {
      const at = find(value);
      words.set(name === "HTS" ? [to] : [2, to], at);
    };
    assertStrictEquals(ring.isTorn, false);
    move(11, 13);
    move(37, 40);
    assertStrictEquals(ring.isTorn, true);
    assertEquals([ring.repair("consumer"), ring.repair("producer")], [true, true]);
    assertEquals([ring.isTorn, ring.count], [false, 24]);
    assertEquals([ring.repair("consumer"), ring.repair("producer")], [false, false]);
    objs.addresses[0] = 5n;
    assertStrictEquals(ring.enqueue(objs), true);
    assertStrictEquals(ring.dequeueBurst(objs, 40), 25);
    assertEquals([objs.addresses[0], objs.addresses[24]], [1013n, 5n]);
  });
}

for (const [kind, flags] of KINDS) {
  test(`${kind}: a peek sees the oldest objects, also around the end, and takes none`, () => {
    using ring = Ring.create("R", 8, { flags });
    const objs = table(8, 1, 2, 3, 4, 5, 6);
    const seen = new Objects(4);
    assertEquals(ring.peek(seen), 0);
    ring.enqueueBulk(objs, 6);
    assertEquals(ring.dequeueBulk(objs, 5), 5);
    ring.enqueueBulk(objs, 5);
    assertEquals([ring.peek(seen), numbers(seen)], [4, [6, 1, 2, 3]]);
    assertEquals([ring.peek(objs), numbers(objs, 6)], [6, [6, 1, 2, 3, 4, 5]]);
    assertEquals([ring.count, drain(ring)], [6, [6, 1, 2, 3, 4, 5]]);
  });
}
