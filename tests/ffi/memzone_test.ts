/** Memory zones: the same bytes in every process, and none after disposal. */

import { DpdkError, Memzone, type MemzoneOptions } from "../../mod.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "../assert.ts";
import { ealArgs, initTestEal, PREFIX, test } from "./eal.ts";
import { ask, Peer } from "./peer.ts";
import { until } from "../harness/wait.ts";

initTestEal("0@0,1@1");

test("a zone is memory that can be written and read", () => {
  using zone = Memzone.reserve("Z", 4096);
  assertEquals([zone.name, zone.length], ["Z", 4096]);
  const bytes = new Uint8Array(zone.buffer);
  assertStrictEquals(bytes.length, 4096);
  bytes.fill(0xa5);
  assertStrictEquals(bytes[4095], 0xa5);
  assertStrictEquals(zone.buffer, zone.buffer);
});

test("lookup finds the same memory; only the reserver's disposal frees it", () => {
  const zone = Memzone.reserve("Z", 128);
  new Uint32Array(zone.buffer)[5] = 0xdead_beef;
  {
    using other = Memzone.lookup("Z");
    assertEquals([other.name, other.length, other.socket], ["Z", 128, zone.socket]);
    assertStrictEquals(other.info().address, zone.info().address);
    const words = new Uint32Array(other.buffer);
    assertStrictEquals(words[5], 0xdead_beef);
    words[6] = 6;
  }
  assertStrictEquals(new Uint32Array(zone.buffer)[6], 6);
  using again = Memzone.lookup("Z");
  assertStrictEquals(new Uint32Array(again.buffer)[6], 6);
  zone[Symbol.dispose]();
  const error = assertThrows(() => Memzone.lookup("Z"), DpdkError);
  assertStrictEquals(error.code, "ENOENT");
  assertMatch(error.message, /^rte_memzone_lookup\(Z\): ENOENT: [^\n]+$/);
});

for (const align of [64, 128, 4096, 65_536, 2 ** 20]) {
  test(`a zone aligned to ${align}`, () => {
    using zone = Memzone.reserve("Z", 100, { align });
    assertStrictEquals(zone.info().address % BigInt(align), 0n);
    new Uint8Array(zone.buffer).fill(1);
  });
}

test("an alignment below a cache line is a cache line's", () => {
  for (const align of [0, 1, 2, 32]) {
    using zone = Memzone.reserve("Z", 100, { align });
    assertStrictEquals(zone.info().address % 64n, 0n);
  }
});

/** `RTE_CACHE_LINE_SIZE`: EAL rounds up to it. */
const LINE = Deno.build.arch === "aarch64" ? 128 : 64;

test("info tells where a zone lies", () => {
  using zone = Memzone.reserve("Z", 300, { socket: 0 });
  const { address, iova, pageSize, ...rest } = zone.info();
  assertEquals(rest, { name: "Z", length: Math.ceil(300 / LINE) * LINE, socket: 0, flags: 0 });
  assertStrictEquals(address, Deno.UnsafePointer.value(Deno.UnsafePointer.of(zone.buffer)));
  assert(address >= 0x5000_0000_0000n, `0x${address.toString(16)}`);
  assert(iova !== 0n);
  assertStrictEquals(pageSize, 2 * 1024 * 1024);
});

test("a zone larger than a page is one piece", () => {
  using zone = Memzone.reserve("Z", 5 * 1024 * 1024);
  const words = new Uint32Array(zone.buffer);
  for (let i = 0; i < words.length; i += 1024) words[i] = i;
  for (let i = 0; i < words.length; i += 1024) assertStrictEquals(words[i], i);
});

test("of a disposed zone the buffer is detached and every use throws", () => {
  const zone = Memzone.reserve("Z", 4096);
  const { buffer } = zone;
  const bytes = new Uint8Array(buffer);
  bytes[0] = 1;
  using other = Memzone.lookup("Z");
  const theirs = new Uint8Array(other.buffer);
  zone[Symbol.dispose]();
  zone[Symbol.dispose]();
  assertEquals([buffer.byteLength, buffer.detached, bytes.length], [0, true, 0]);
  assertStrictEquals(bytes[0], undefined);
  assertThrows(() => zone.buffer, DpdkError, "Memzone Z: used after disposal");
  assertThrows(() => zone.info(), DpdkError, "Memzone Z: used after disposal");

  other[Symbol.dispose]();
  assertStrictEquals(theirs.length, 0);
  assertThrows(() => other.buffer, DpdkError, "used after disposal");
});

test("a disposed zone whose buffer nobody took", () => {
  const zone = Memzone.reserve("Z", 4096);
  zone[Symbol.dispose]();
  using _again = Memzone.reserve("Z", 4096);
  zone[Symbol.dispose]();
  using found = Memzone.lookup("Z");
  assertStrictEquals(found.length, 4096);
});

const IMPOSSIBLE: [name: string, length: number, options: MemzoneOptions, code: string][] = [
  ["TAKEN", 64, {}, "EEXIST"],
  ["Z".repeat(32), 64, {}, "ENAMETOOLONG"],
  ["Z", 64, { align: 3 }, "EINVAL"],
  ["Z", 64, { align: 2 ** 32 - 1 }, "EINVAL"],
  ["Z", 2 ** 40, {}, "ENOMEM"],
  ["Z", Number.MAX_SAFE_INTEGER, {}, "ENOMEM"],
  ["Z", 64, { socket: 9 }, "ENOMEM"],
];

for (const [name, length, options, code] of IMPOSSIBLE) {
  test(`no zone '${name}' of ${length} bytes ${JSON.stringify(options)}: ${code}`, () => {
    using _taken = Memzone.reserve("TAKEN", 64);
    const before = Memzone.list();
    const error = assertThrows(() => {
      using _zone = Memzone.reserve(name, length, options);
    }, DpdkError);
    assertStrictEquals(error.code, code);
    assertMatch(error.message, /^[^\n]+$/);
    assertStringIncludes(error.message, `rte_memzone_reserve(${name}): ${code}: `);
    assertEquals(Memzone.list(), before);
  });
}

test("the longest name has 31 bytes", () => {
  const name = "Z".repeat(31);
  using _zone = Memzone.reserve(name, 64);
  using found = Memzone.lookup(name);
  assertStrictEquals(found.name, name);
});

test("a name cannot contain a NUL, nor a number be out of range", () => {
  assertThrows(() => Memzone.reserve("A\0", 64), RangeError, "NUL");
  assertThrows(() => Memzone.lookup("A\0"), RangeError, "NUL");
  for (const length of [-1, 0.5, NaN, 2 ** 53]) {
    assertThrows(() => Memzone.reserve("Z", length), RangeError, "memzone length");
  }
  for (const align of [-1, 0.5, 2 ** 32]) {
    assertThrows(() => Memzone.reserve("Z", 64, { align }), RangeError, "memzone alignment");
  }
  for (const flags of [-1, 0.5, 2 ** 32]) {
    assertThrows(() => Memzone.reserve("Z", 64, { flags }), RangeError, "memzone flags");
  }
  assertThrows(() => Memzone.reserve("Z", 64, { socket: -2 }), RangeError, "socket");
});

test("list tells all zones", () => {
  using a = Memzone.reserve("A", 64);
  using b = Memzone.reserve("B", 128, { align: 4096 });
  const ours = Memzone.list().filter(({ name }) => name === "A" || name === "B");
  assertEquals(ours.sort((x, y) => x.length - y.length), [a.info(), b.info()]);
});

for (const drivers of ["system", "core"]) {
  test(`a secondary (${drivers}) counts in the same memory at the same time`, async () => {
    using zone = Memzone.reserve("COUNT", 64);
    const words = new Uint32Array(zone.buffer);
    words.fill(0);
    const args = ealArgs("2@0", PREFIX, "--proc-type=secondary");
    const peer = ask<{ address: string }>("memzone_peer", [drivers, "COUNT", ...args]);
    // it begins when it sees us, and we when we see it
    Atomics.store(words, 1, 1);
    await until(() => Atomics.load(words, 2) !== 0, "the peer to begin");
    for (let i = 0; i < 100_000; i++) Atomics.add(words, 0, 1);
    const { address } = await peer;
    assertStrictEquals(words[0], 200_000);
    assertStrictEquals(BigInt(address), zone.info().address);
  });
}

test("a zone that a secondary reserves is there until the secondary frees it", async () => {
  const args = ealArgs("2@0", PREFIX, "--proc-type=secondary");
  await using peer = new Peer("memzone_maker", ["OF_SECONDARY", ...args]);
  assertEquals(await peer.next(), "reserved");
  using zone = Memzone.lookup("OF_SECONDARY");
  assertStrictEquals(new TextDecoder().decode(zone.buffer.slice(0, 5)), "hello");
  assertStrictEquals((await peer.end()).code, 0);
  assertThrows(() => Memzone.lookup("OF_SECONDARY"), DpdkError, "ENOENT");
});
