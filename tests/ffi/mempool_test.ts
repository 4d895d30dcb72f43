/** Mempools: whose the elements are, what is left, and the elements' own bytes. */

import {
  DpdkError,
  type Eal,
  Mempool,
  MempoolFlags,
  type MempoolOptions,
  Memzone,
  Objects,
  Ring,
} from "../../mod.ts";
import { Lcore, releaseMainLcore } from "../../ffi/eal_api.ts";
import {
  assert,
  assertEquals,
  assertGreater,
  assertMatch,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "../assert.ts";
import { ealArgs, initTestEal, otherPrefix, PREFIX, test } from "./eal.ts";
import { ask, Peer, type Refused } from "./peer.ts";
import { chunkCount } from "./packets.ts";

const eal: Eal = initTestEal("0@0,1@1");

/** Available and in use. */
function counts(pool: Mempool): [number, number] {
  return [pool.availableCount, pool.inUseCount];
}

const KINDS: [kind: string, ops: string, options: MempoolOptions][] = [
  ["plain", "ring_mp_mc", {}],
  ["cached", "ring_mp_mc", { cacheSize: 16 }],
  ["SP/SC", "ring_sp_sc", { flags: MempoolFlags.SP_PUT | MempoolFlags.SC_GET }],
  ["SP/MC", "ring_sp_mc", { flags: MempoolFlags.SP_PUT }],
  ["MP/SC", "ring_mp_sc", { flags: MempoolFlags.SC_GET }],
  ["not aligned", "ring_mp_mc", { flags: MempoolFlags.NO_CACHE_ALIGN | MempoolFlags.NO_SPREAD }],
  ["private data", "ring_mp_mc", { privateSize: 100 }],
];

for (const [kind, ops, options] of KINDS) {
  test(`${kind}: get and put single elements`, () => {
    using pool = Mempool.create("P", 63, 128, options);
    assertEquals([pool.name, pool.size, pool.elementSize], ["P", 63, 128]);
    assertEquals(counts(pool), [63, 0]);
    const objs = new Objects(4);
    assertStrictEquals(pool.get(objs), true);
    assertStrictEquals(pool.get(objs, 3), true);
    assertEquals([objs.addresses[1], objs.addresses[2]], [0n, 0n]);
    assert(objs.addresses[0] !== objs.addresses[3]);
    assertEquals(counts(pool), [61, 2]);
    pool.put(objs, 3);
    assertEquals(counts(pool), [62, 1]);
    pool.put(objs);
    assertEquals(counts(pool), [63, 0]);
    const { name, size, elementSize, available, inUse, cacheSize, ops: is } = pool.info();
    assertEquals(
      { name, size, elementSize, available, inUse, cacheSize, is },
      {
        name: "P",
        size: 63,
        elementSize: 128,
        available: 63,
        inUse: 0,
        cacheSize: options.cacheSize ?? 0,
        is: ops,
      },
    );
  });

  test(`${kind}: bulk is all or nothing, and a pool can be exhausted`, () => {
    using pool = Mempool.create("P", 63, 128, options);
    const objs = new Objects(64);
    assertStrictEquals(pool.getBulk(objs, 64), 0);
    assertStrictEquals(pool.getBulk(objs, 40), 40);
    assertEquals(counts(pool), [23, 40]);
    const more = new Objects(24);
    assertStrictEquals(pool.getBulk(more, 24), 0);
    assertEquals(counts(pool), [23, 40]);
    let n = 0;
    while (pool.get(more, n)) n++;
    assertEquals([n, ...counts(pool)], [23, 0, 63]);
    const all = new Set([...objs.addresses.subarray(0, 40), ...more.addresses.subarray(0, 23)]);
    assertStrictEquals(all.size, 63, "an element was given twice");
    pool.putBulk(objs, 40);
    pool.putBulk(more, 23);
    assertEquals(counts(pool), [63, 0]);
  });
}

test("none are always there to be got, and to be put", () => {
  for (const cacheSize of [0, 8]) {
    using pool = Mempool.create("P", 63, 64, { cacheSize });
    const objs = new Objects(1);
    assertStrictEquals(pool.getBulk(objs, 0), 0, `cache ${cacheSize}`);
    pool.putBulk(objs, 0);
    assertEquals([objs.addresses[0], ...counts(pool)], [0n, 63, 0]);
  }
});

test("an lcore's elements wait in its cache; a thread without lcore has none", () => {
  using pool = Mempool.create("P", 255, 64, { cacheSize: 32 });
  const objs = new Objects(8);
  assertStrictEquals(Lcore.current, 0);
  pool.getBulk(objs, 8);
  const { cached, available, inUse } = pool.info();
  assertEquals(Object.keys(cached), ["0"]);
  assertGreater(cached[0] ?? 0, 0);
  assertEquals([available, inUse], [247, 8]);

  releaseMainLcore();
  try {
    const before = pool.info().cached;
    pool.putBulk(objs, 8);
    assertEquals(pool.info().cached, before, "went through a cache");
    assertEquals(counts(pool), [255, 0]);
    pool.getBulk(objs, 8);
    assertEquals(pool.info().cached, before, "came from a cache");
    assertEquals(counts(pool), [247, 8]);
  } finally {
    // for the rest of the process, so that the tests below have it
    Lcore.adopt(0);
  }
  pool.putBulk(objs, 8);
  assertEquals(pool.info().cached[0], (cached[0] ?? 0) + 8);
  assertEquals(counts(pool), [255, 0]);
});

test("a pool without caches has nothing in caches", () => {
  using pool = Mempool.create("P", 63, 64);
  const objs = new Objects(8);
  pool.getBulk(objs, 8);
  pool.putBulk(objs, 8);
  assertEquals(pool.info().cached, {});
});

test("elements are rounded up to whole words", () => {
  using pool = Mempool.create("P", 7, 100);
  assertStrictEquals(pool.elementSize, 104);
});

test("bytes are the element itself", () => {
  using pool = Mempool.create("P", 7, 104);
  const objs = new Objects(7);
  pool.getBulk(objs, 7);
  for (let i = 0; i < 7; i++) {
    const bytes = pool.bytes(objs, i);
    assertStrictEquals(bytes.length, 104);
    const address = Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes));
    assertStrictEquals(address, objs.addresses[i] ?? 0n);
    bytes.fill(i + 1);
  }
  using other = Mempool.lookup("P");
  for (let i = 0; i < 7; i++) {
    assertEquals(other.bytes(objs, i), new Uint8Array(104).fill(i + 1));
  }
  pool.putBulk(objs, 7);
});

/** Whether the kernel happens to have given pages that are side by side, by `/proc/self/pagemap`. */
function isOnePiece(addresses: BigUint64Array): boolean {
  using file = Deno.openSync("/proc/self/pagemap");
  const entry = new BigUint64Array(1);
  const frameOf = (address: bigint) => {
    file.seekSync((address >> 12n) * 8n, Deno.SeekMode.Start);
    file.readSync(new Uint8Array(entry.buffer));
    return entry[0]! & (1n << 55n) - 1n;
  };
  const [first, ...rest] = [...addresses].map((address) => frameOf(address) - (address >> 12n));
  return rest.every((distance) => distance === first);
}

test("a pool of many pieces of memory: every element can be written and read", () => {
  // more than two hugepages; where devices see pages apart from each other, pieces of its own each
  using pool = Mempool.create("P", 700, 10_000);
  const objs = new Objects(700);
  assertStrictEquals(pool.getBulk(objs, 700), 700);
  for (let i = 0; i < 700; i++) {
    const bytes = pool.bytes(objs, i);
    assertStrictEquals(bytes.length, 10_000);
    new DataView(bytes.buffer, bytes.byteOffset).setUint32(0, i);
    bytes[9_999] = i & 255;
  }
  for (let i = 0; i < 700; i++) {
    const bytes = pool.bytes(objs, i);
    assertStrictEquals(new DataView(bytes.buffer, bytes.byteOffset).getUint32(0), i);
    assertStrictEquals(bytes[9_999], i & 255);
  }
  pool.putBulk(objs, 700);
  assertEquals(counts(pool), [700, 0]);
  const physical = Memzone.list().some(({ address, iova }) => address !== iova);
  if (physical && !isOnePiece(objs.addresses)) assertGreater(chunkCount("P"), 1);
});

test("an address in no pool has no bytes", () => {
  using pool = Mempool.create("P", 7, 64);
  using other = Mempool.create("OTHER", 7, 64);
  const objs = new Objects(3);
  other.get(objs, 0);
  objs.addresses[1] = 0xdead_beefn;
  for (const index of [0, 1, 2]) {
    const error = assertThrows(() => pool.bytes(objs, index), DpdkError);
    assertStrictEquals(error.code, "EINVAL");
    const address = objs.addresses[index] ?? 0n;
    assertStrictEquals(
      error.message,
      `Mempool.bytes(P): EINVAL: 0x${address.toString(16)} is no element of this pool`,
    );
  }
  other.put(objs);
});

test("an element that would reach past the pool's memory has no bytes", () => {
  using pool = Mempool.create("P", 7, 64);
  const objs = new Objects(1);
  pool.get(objs);
  const held = objs.addresses[0] ?? 0n;
  // the last byte of some piece: there is no room for an element behind it
  const [, end = 0n] = pool.chunks()[0] ?? [];
  objs.addresses[0] = end - 1n;
  assertThrows(() => pool.bytes(objs), DpdkError, "EINVAL");
  objs.addresses[0] = held;
  pool.put(objs);
});

test("counts and indexes outside the table throw and move nothing", () => {
  using pool = Mempool.create("P", 63, 64);
  const objs = new Objects(4);
  pool.getBulk(objs, 4);
  const calls: [name: string, call: (n: number) => unknown][] = [
    ["Mempool.getBulk: count", (n) => pool.getBulk(objs, n)],
    ["Mempool.putBulk: count", (n) => pool.putBulk(objs, n)],
    ["Mempool.get: index", (n) => pool.get(objs, n)],
    ["Mempool.put: index", (n) => pool.put(objs, n)],
    ["Mempool.bytes: index", (n) => pool.bytes(objs, n)],
  ];
  for (const [name, call] of calls) {
    const most = name.endsWith("count") ? 4 : 3;
    for (const n of [most + 1, -1, 0.5, NaN, Infinity, 2 ** 32, 2 ** 32 + 1]) {
      const { message } = assertThrows(() => call(n), RangeError);
      assertStrictEquals(message, `${name} must be an integer from 0 to ${most}, got ${n}`);
    }
  }
  assertEquals(counts(pool), [59, 4]);
  pool.putBulk(objs, 4);
});

test("of a disposed pool the elements' bytes are empty and every use throws", () => {
  const pool = Mempool.create("P", 7, 64);
  const objs = new Objects(1);
  pool.get(objs);
  const bytes = pool.bytes(objs);
  bytes.fill(1);
  const looked = Mempool.lookup("P");
  const theirs = looked.bytes(objs);
  assertStrictEquals(theirs[63], 1);
  looked[Symbol.dispose]();
  assertEquals([theirs.length, theirs[63]], [0, undefined]);
  assertStrictEquals(bytes[63], 1);

  pool[Symbol.dispose]();
  assertEquals([bytes.length, bytes[0]], [0, undefined]);
  using same = Mempool.create("P", 15, 64);
  pool[Symbol.dispose]();
  looked[Symbol.dispose]();
  assertEquals(counts(same), [15, 0]);
  for (const gone of [pool, looked]) {
    for (
      const use of [
        () => gone.size,
        () => gone.elementSize,
        () => gone.availableCount,
        () => gone.inUseCount,
        () => gone.info(),
        () => gone.get(objs),
        () => gone.put(objs),
        () => gone.getBulk(objs, 1),
        () => gone.putBulk(objs, 1),
        () => gone.bytes(objs),
        () => gone.audit(),
      ]
    ) {
      assertStrictEquals(
        assertThrows(use, DpdkError).message,
        "Mempool P: used after disposal",
      );
    }
  }
});

test("only the creator's disposal frees a pool", () => {
  const pool = Mempool.create("P", 7, 64);
  for (let i = 0; i < 3; i++) {
    using other = Mempool.lookup("P");
    assertEquals([other.size, other.elementSize, ...counts(other)], [7, 64, 7, 0]);
  }
  pool[Symbol.dispose]();
  const error = assertThrows(() => Mempool.lookup("P"), DpdkError);
  assertStrictEquals(error.code, "ENOENT");
  assertMatch(error.message, /^rte_mempool_lookup\(P\): ENOENT: [^\n]+$/);
});

const IMPOSSIBLE: [
  name: string,
  count: number,
  elementSize: number,
  options: MempoolOptions,
  code: string,
][] = [
  ["TAKEN", 7, 64, {}, "EEXIST"],
  ["P".repeat(26), 7, 64, {}, "ENAMETOOLONG"],
  ["P", 1023, 64, { cacheSize: 513 }, "EINVAL"],
  ["P", 31, 64, { cacheSize: 32 }, "EINVAL"],
  ["P", 7, 64, { flags: 2 ** 31 }, "EINVAL"],
  ["P", 1_000_000, 1_000_000, {}, "ENOMEM"],
  ["P", 7, 64, { socket: 9 }, "ENOMEM"],
];

for (const [name, count, size, options, code] of IMPOSSIBLE) {
  test(`no pool '${name}' of ${count} x ${size} ${JSON.stringify(options)}: ${code}`, () => {
    using _taken = Mempool.create("TAKEN", 7, 64);
    const before = Mempool.list();
    const error = assertThrows(() => {
      using _pool = Mempool.create(name, count, size, options);
    }, DpdkError);
    assertStrictEquals(error.code, code);
    assertMatch(error.message, /^[^\n]+$/);
    assertStringIncludes(error.message, `rte_mempool_create(${name}): ${code}: `);
    assertEquals(Mempool.list(), before);
  });
}

test("the longest name has 25 bytes", () => {
  const name = "P".repeat(25);
  using _pool = Mempool.create(name, 7, 64);
  using found = Mempool.lookup(name);
  assertEquals(counts(found), [7, 0]);
});

test("numbers that C would wrap are refused", () => {
  for (const n of [0, -1, 0.5, NaN, 2 ** 32]) {
    assertThrows(() => Mempool.create("P", n, 64), RangeError, "mempool count");
    assertThrows(() => Mempool.create("P", 7, n), RangeError, "mempool element size");
  }
  for (const n of [-1, 0.5, NaN, 2 ** 32]) {
    assertThrows(() => Mempool.create("P", 7, 64, { cacheSize: n }), RangeError, "cache size");
    assertThrows(() => Mempool.create("P", 7, 64, { privateSize: n }), RangeError, "private size");
    assertThrows(() => Mempool.create("P", 7, 64, { flags: n }), RangeError, "mempool flags");
  }
  assertThrows(() => Mempool.create("P", 7, 64, { socket: -2 }), RangeError, "socket");
  assertThrows(() => Mempool.create("P\0", 7, 64), RangeError, "NUL");
  assertThrows(() => Mempool.lookup("P"), DpdkError, "ENOENT");
});

test("list tells all pools in order of creation, as they are now", () => {
  using a = Mempool.create("A", 63, 64, { cacheSize: 8 });
  using b = Mempool.create("B", 7, 32, { flags: MempoolFlags.SP_PUT | MempoolFlags.SC_GET });
  const objs = new Objects(3);
  b.getBulk(objs, 3);
  assertEquals(Mempool.list(), [a.info(), b.info()]);
  assertEquals(Mempool.list()[1], {
    name: "B",
    size: 7,
    elementSize: 32,
    available: 4,
    inUse: 3,
    cached: {},
    cacheSize: 0,
    ops: "ring_sp_sc",
  });
  b.putBulk(objs, 3);
});

interface Attached {
  counts: [number, number];
  ops: string;
  read: string;
  created: Refused;
  missing: Refused;
}

/** What a secondary must have found in a pool of 63 of which its primary holds one. */
function checkAttached({ counts, ops, read, created, missing }: Attached): void {
  assertEquals([counts, ops, read], [[62, 1], "ring_mp_mc", "hello from the primary"]);
  assertStrictEquals(created.code, "E_RTE_SECONDARY");
  assertMatch(
    created.error,
    /^rte_mempool_create\(NEW\): E_RTE_SECONDARY: .* \(only the primary process can do this\)$/,
  );
  assertStrictEquals(missing.code, "ENOENT");
}

for (const drivers of ["system", "core"]) {
  test(`a secondary (${drivers}) has the same pool: elements go there and back`, async () => {
    using pool = Mempool.create("MSG", 63, 128, { cacheSize: 8 });
    using there = Ring.create("THERE", 8);
    using back = Ring.create("BACK", 8);
    const objs = new Objects(2);
    pool.get(objs);
    new TextEncoder().encodeInto("hello from the primary\0", pool.bytes(objs));
    there.enqueue(objs);
    checkAttached(
      await ask<Attached>("mempool_peer", [
        drivers,
        ...ealArgs("2@0", PREFIX, "--proc-type=secondary"),
      ]),
    );
    // ours with the answer, and one that it got
    assertStrictEquals(back.dequeueBulk(objs, 2), 2);
    const texts = [0, 1].map((i) => new TextDecoder().decode(pool.bytes(objs, i)).split("\0")[0]);
    assertEquals(texts, ["HELLO FROM THE PRIMARY", "one of my own"]);
    assertStrictEquals(pool.inUseCount, 2);
    pool.putBulk(objs, 2);
    assertEquals(counts(pool), [63, 0]);
    assertEquals(pool.audit().lost, 0);
  });

  test(`a secondary (${drivers}) of a primary without drivers has the same pool`, async () => {
    const prefix = otherPrefix();
    await using primary = new Peer("mempool_primary", ["core", ...ealArgs("0@0", prefix)]);
    assertStrictEquals(await primary.next<string>(), "ready");
    checkAttached(
      await ask<Attached>("mempool_peer", [
        drivers,
        ...ealArgs("2@0", prefix, "--proc-type=secondary"),
      ]),
    );
    assertStrictEquals((await primary.end()).code, 0);
  });
}

test("after the tests everything is free again", () => {
  assertEquals(Mempool.list(), []);
  assertStrictEquals(eal.processType, "primary");
});
