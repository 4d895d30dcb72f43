/** What is written is read again; what is broken is read as far as it goes. */

import { gzipSync } from "node:zlib";
import { DpdkError } from "../../../ffi/boundary/errors.ts";
import { ether, frame, ipv4, udp } from "../../../ffi/net/net.ts";
import {
  LINK_TYPE,
  PcapReader,
  PcapWriter,
  type PcapWriterOptions,
} from "../../../ffi/pcap/pcap.ts";
import { Random } from "../../../ffi/traffic/random.ts";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertLess,
  assertMatch,
  assertRejects,
  assertThrows,
} from "../../assert.ts";
import { note } from "../../harness/note.ts";
import { readBytes, readFile, shown } from "./read_all.ts";

function joined(...parts: Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Collects what is written. */
class Memory {
  readonly chunks: Uint8Array[] = [];
  /** Takes some, as a pipe does. */
  writeSync(bytes: Uint8Array): number {
    const some = bytes.slice(0, 50_000);
    this.chunks.push(some);
    return some.length;
  }
  get bytes(): Uint8Array {
    return joined(...this.chunks);
  }
}

const UDP = [1, 2, 3].map((n) => frame(ether(), ipv4(), udp({ dstPort: n }), "x".repeat(n)));
const time = (seconds: number, nanoseconds: number) => ({ seconds, nanoseconds });

/** Three packets in a file of these options. */
function written(options: PcapWriterOptions): Uint8Array {
  const memory = new Memory();
  {
    using writer = PcapWriter.to(memory, options);
    writer.write(UDP[0]!, { time: time(1_700_000_000, 123_456_789) });
    writer.write(UDP[1]!, { time: time(4_294_967_295, 999_999_999), comment: "größer" });
    writer.write(UDP[2]!, { time: time(0, 1000), length: 1500 });
  }
  return memory.bytes;
}

const hex = UDP.map((bytes) => bytes.toHex());
const EXPECTED_NS = [
  `1700000000.123456789 if0 ${hex[0]} of 43`,
  `4294967295.999999999 if0 ${hex[1]} of 44`,
  `0.000001000 if0 ${hex[2]} of 1500`,
];
const EXPECTED_US = [
  `1700000000.123456000 if0 ${hex[0]} of 43`,
  `4294967295.999999000 if0 ${hex[1]} of 44`,
  `0.000001000 if0 ${hex[2]} of 1500`,
];
const commented = (lines: string[]) => lines.map((line, i) => i === 1 ? `${line} größer` : line);

const us = [{ resolution: "us" as const }];
const FORMATS: Record<string, [PcapWriterOptions, string[]]> = {
  "pcap ns": [{ format: "pcap" }, EXPECTED_NS],
  "pcap us": [{ format: "pcap", interfaces: us }, EXPECTED_US],
  "pcapng ns": [{ format: "pcapng" }, commented(EXPECTED_NS)],
  "pcapng us": [{ format: "pcapng", interfaces: us }, commented(EXPECTED_US)],
  "pcap gzip": [{ format: "pcap", gzip: true }, EXPECTED_NS],
  "pcapng gzip": [{ gzip: true }, commented(EXPECTED_NS)],
};

for (const [name, [options, expected]] of Object.entries(FORMATS)) {
  Deno.test(`${name}: written and read, in pieces of any size`, async () => {
    const bytes = written(options);
    for (const piece of [1, 7, 64, 65_536]) {
      const { packets, error, reader } = await readBytes(bytes, piece);
      assertEquals(error, undefined);
      assertEquals(shown(packets), expected);
      assertEquals(reader.format, name.startsWith("pcapng") ? "pcapng" : "pcap");
    }
  });
}

/** The same file with the other byte order; packets' bytes stay. */
function swappedPcap(bytes: Uint8Array): Uint8Array {
  const view = new DataView(Uint8Array.from(bytes).buffer);
  const swap32 = (at: number) => view.setUint32(at, view.getUint32(at, true), false);
  const swap16 = (at: number) => view.setUint16(at, view.getUint16(at, true), false);
  [0, 8, 12, 16, 20].forEach(swap32);
  [4, 6].forEach(swap16);
  for (let at = 24; at < view.byteLength;) {
    const captured = view.getUint32(at + 8, true);
    [at, at + 4, at + 8, at + 12].forEach(swap32);
    at += 16 + captured;
  }
  return new Uint8Array(view.buffer);
}

Deno.test("pcap of the other byte order", async () => {
  for (const interfaces of [us, [{}]]) {
    const { packets, error } = await readBytes(
      swappedPcap(written({ format: "pcap", interfaces })),
    );
    assertEquals(error, undefined);
    assertEquals(shown(packets), interfaces === us ? EXPECTED_US : EXPECTED_NS);
  }
});

/** A pcapng block of big endian words. */
function block(type: number, ...body: (number | Uint8Array)[]): Uint8Array {
  const parts = body.map((part) => {
    if (part instanceof Uint8Array) return part;
    return Uint8Array.of(part >>> 24, part >>> 16, part >>> 8, part);
  });
  const bytes = Uint8Array.from(parts.flatMap((part) => [...part]));
  const fill = new Uint8Array(-bytes.length & 3);
  const total = 12 + bytes.length + fill.length;
  const word = (n: number) => [n >>> 24, n >>> 16, n >>> 8, n];
  return Uint8Array.from([...word(type), ...word(total), ...bytes, ...fill, ...word(total)]);
}

const u8 = (...bytes: number[]) => Uint8Array.from(bytes);
const SECTION = block(0x0a0d0d0a, 0x1a2b3c4d, 0x00010000, 0xffffffff, 0xffffffff);
const ETHERNET = block(1, 0x00010000, 0);
const DATA = u8(1, 2, 3, 4, 5);

Deno.test("pcapng of the other byte order: resolutions, offsets, old and simple packets, what is skipped", async () => {
  const offset = u8(0, 14, 0, 8, 0, 0, 0, 0, 0, 0, 0, 100);
  const binary = u8(0, 9, 0, 1, 0x80 | 10, 0, 0, 0);
  const pico = u8(0, 9, 0, 1, 12, 0, 0, 0);
  const end = u8(0, 0, 0, 0);
  const name = u8(0, 2, 0, 3, 97, 98, 99, 0);
  const bytes = joined(
    SECTION,
    block(1, 0x00010000, 60, name, offset, end),
    block(4, 1, 2, 3),
    block(1, 0x00010000, 0, binary, end),
    block(0xbad, 7, u8(1, 2, 3, 4)),
    block(1, 0x00010000, 0, pico, end),
    block(6, 0, 0, 1_500_000, 5, 5, DATA),
    block(6, 1, 0, 1536, 5, 9, DATA),
    block(6, 2, 0x1000, 7, 5, 5, DATA),
    block(2, 0x00010000, 0, 512, 5, 5, DATA),
    block(3, 5, DATA),
    block(
      5,
      0,
      0,
      0,
      u8(0, 4, 0, 8, 0, 0, 0, 0, 0, 0, 0, 9),
      u8(0, 5, 0, 8, 0, 0, 0, 0, 0, 0, 0, 2),
    ),
    SECTION,
    ETHERNET,
    block(6, 0, 0, 1, 5, 5, DATA),
  );
  const { packets, error, reader } = await readBytes(bytes, 11);
  assertEquals(error, undefined);
  const picoseconds = 0x1000 * 2 ** 32;
  assertEquals(shown(packets), [
    "101.500000000 if0 0102030405 of 5",
    "1.500000000 if1 0102030405 of 9",
    `${Math.floor(picoseconds / 1e12)}.${
      String(Math.floor((picoseconds % 1e12) / 1000)).padStart(9, "0")
    } if2 0102030405 of 5`,
    "0.500000000 if1 0102030405 of 5",
    "0.000000000 if0 0102030405 of 5",
    "0.000001000 if0 0102030405 of 5",
  ]);
  const first = packets[0]?.interface;
  assertEquals([first?.name, first?.snapLength, first?.statistics], ["abc", 60, {
    received: 9,
    dropped: 2,
  }]);
  assertEquals(reader.interfaces.length, 1);
});

Deno.test("a file that ends anywhere gives what can be read, then one error with the place", async () => {
  for (const [name, [options]] of Object.entries(FORMATS)) {
    if (options.gzip) continue;
    const bytes = written(options);
    const whole = await readBytes(bytes);
    let before = 0;
    for (let length = 0; length < bytes.length; length++) {
      const { packets, error } = await readBytes(bytes.subarray(0, length));
      assert(packets.length >= before && packets.length <= 3, name);
      before = packets.length;
      assertEquals(shown(packets), shown(whole.packets).slice(0, packets.length));
      if (error === undefined) continue;
      assertInstanceOf(error, DpdkError);
      const [, place] = /^read x\.pcap: the file ends in .*, at byte (\d+)$/.exec(error.message) ??
        [];
      assert(place !== undefined && Number(place) <= length, error.message);
    }
    // only the last block of a pcapng file is no packet
    assertEquals(before, options.format === "pcap" ? 2 : 3, name);
  }
});

Deno.test("a gzip file that ends early, or is damaged, gives what could be unpacked", async () => {
  const packed = gzipSync(written({ format: "pcap" }));
  const cut = await readBytes(packed.subarray(0, packed.length - 12));
  assert(cut.error instanceof DpdkError && cut.packets.length <= 3);
  const early = await readBytes(packed.subarray(0, packed.length - 4));
  assertEquals(early.packets.length, 3);
  const members = joined(packed, gzipSync(written({ format: "pcap" }).subarray(24)));
  assertEquals((await readBytes(members)).packets.length, 6);
  const damaged = Uint8Array.from(packed);
  damaged.fill(0xff, 20, 40);
  const { error } = await readBytes(damaged);
  assertInstanceOf(error, DpdkError);
  assertMatch(error.message, /^read x\.pcap: .*, at byte \d+$/);
});

const [pcap, pcapng] = [written({ format: "pcap" }), written({ format: "pcapng" })];
const changed = (bytes: Uint8Array, at: number, ...values: number[]) => {
  const copy = Uint8Array.from(bytes);
  copy.set(values, at);
  return copy;
};

const WRONG: [what: string, bytes: Uint8Array, packets: number, reason: RegExp][] = [
  ["nothing", u8(), 0, /the file ends in its first bytes, at byte 0/],
  ["text", new TextEncoder().encode("hello"), 0, /got a file that begins with 68656c6c/],
  ["zstd", u8(0x28, 0xb5, 0x2f, 0xfd), 0, /got a zstd file/],
  ["a modified pcap", u8(0x34, 0xcd, 0xb2, 0xa1), 0, /got a modified pcap file/],
  ["version 3", changed(pcap, 4, 3), 0, /pcap version 3\.4 is not read, at byte 0/],
  [
    "wireless",
    changed(pcap, 20, 127),
    0,
    /link type IEEE 802\.11 with radiotap header \(127\) is not read, at byte 20/,
  ],
  ["an unknown link", changed(pcap, 20, 99), 0, /link type unknown \(99\) is not read/],
  [
    "a huge packet",
    changed(pcap, 24 + 16 + 43 + 8, 0xff, 0xff, 0xff, 0x7f),
    1,
    /packet 1 of 2147483647 bytes, 262144 at most, at byte 83/,
  ],
  ["pcapng without order", changed(pcapng, 8, 0), 0, /a section without a byte order, at byte 0/],
  ["a block of 8 bytes", joined(SECTION, block(7).with(7, 8)), 0, /a block of 8 bytes, at byte 28/],
  [
    "a block of 13 bytes",
    joined(SECTION, block(7).with(7, 13)),
    0,
    /a block of 13 bytes, at byte 28/,
  ],
  [
    "two lengths",
    joined(SECTION, ETHERNET.with(19, 24)),
    0,
    /a block of 20 bytes ends with another length, 24, at byte 28/,
  ],
  [
    "two lengths of what is skipped",
    joined(SECTION, block(9, 1).with(15, 12)),
    0,
    /a block of 16 bytes ends with another length, 12, at byte 40/,
  ],
  [
    "no such interface",
    joined(SECTION, ETHERNET, block(6, 1, 0, 0, 5, 5, DATA)),
    0,
    /packet 0 of interface 1, which is none, at byte 48/,
  ],
  [
    "a packet larger than its block",
    joined(SECTION, ETHERNET, block(6, 0, 0, 0, 9, 9, DATA)),
    0,
    /packet 0 of 9 bytes, 8 at most, at byte 48/,
  ],
  [
    "a huge block",
    joined(SECTION, ETHERNET, block(6).with(4, 0x7f)),
    0,
    /a block of 2130706444 bytes, 16777216 at most/,
  ],
  [
    "an option that leaves its block",
    joined(SECTION, block(1, 0x00010000, 0, u8(0, 2, 0, 9, 1, 2, 3, 4))),
    0,
    /an option leaves its block, at byte 44/,
  ],
  [
    "USB",
    joined(SECTION, block(1, 0x00dc0000, 0), block(6, 0, 0, 0, 5, 5, DATA)),
    0,
    /link type Linux USB \(220\) is not read/,
  ],
  ["a short section", block(0x0a0d0d0a, 0x1a2b3c4d), 0, /a block of 16 bytes, 28 at least/],
];

for (const [what, bytes, count, reason] of WRONG) {
  Deno.test(`refused: ${what}`, async () => {
    const { packets, error } = await readBytes(bytes);
    assertInstanceOf(error, DpdkError);
    assertMatch(error.message, reason);
    assertEquals(packets.length, count);
  });
}

Deno.test("1,500 damaged files end in a DpdkError or are read, none in anything else", async () => {
  const seed = Number(Deno.env.get("DENODPDK_TEST_SEED") ?? Date.now() % 2 ** 32);
  note(`seed ${seed}`);
  const random = new Random(seed);
  const below = (limit: number) => Math.floor(random.below(limit));
  const files = [pcap, pcapng, swappedPcap(pcap), written({ format: "pcapng", interfaces: us })];
  for (let i = 0; i < 1500; i++) {
    const bytes = Uint8Array.from(random.pick(files));
    for (let n = 1 + below(6); n > 0; n--) {
      bytes[below(bytes.length)] = random.pick([0, 255, below(256)]);
    }
    const { packets, error } = await readBytes(bytes, 1 + below(300));
    const why = `seed ${seed}, file ${i}: ${bytes.toHex()}`;
    assert(error === undefined || error instanceof DpdkError, `${why}: ${error}`);
    for (const packet of packets) assert(`${packet}` !== "" && packet.nanoseconds < 1e9, why);
  }
});

Deno.test("a stream of 50 MB needs no more memory than one of 10", async () => {
  const file = written({ format: "pcap" });
  const record = file.subarray(24, 24 + 16 + 43);
  const many = joined(...Array.from({ length: 1500 }, () => record));
  async function* stream(megabytes: number) {
    yield file.slice(0, 24);
    for (let sent = 0; sent < megabytes * 1e6; sent += many.length) yield many.slice();
  }
  let packets = 0;
  const read = async (megabytes: number) => {
    for await (const _ of PcapReader.from(stream(megabytes))) packets++;
    return Deno.memoryUsage().rss;
  };
  const [first, second] = [await read(10), await read(50)];
  assertLess(second - first, 30e6);
  assertEquals(packets > 600_000, true);
});

Deno.test("a large capture is written in pieces, and packets above the snap length are cut", async () => {
  const memory = new Memory();
  {
    using writer = PcapWriter.to(memory, { snapLength: 100, format: "pcap" });
    for (let i = 0; i < 5000; i++) writer.write(new Uint8Array(300), { time: time(i, 0) });
    writer.write(new Uint8Array(262_144), { time: time(1, 2) });
  }
  const { packets, error } = await readBytes(memory.bytes);
  assertEquals(error, undefined);
  assertEquals(packets.length, 5001);
  assertEquals([packets[7]?.data.length, packets[7]?.length, packets[7]?.seconds], [100, 300, 7]);
  const large = new Memory();
  {
    using writer = PcapWriter.to(large);
    writer.write(new Uint8Array(262_144).fill(7), { comment: "large" });
    writer.write(new Uint8Array(262_144).fill(8));
  }
  assertEquals((await readBytes(large.bytes)).packets.map(({ data }) => data[262_143]), [7, 8]);
});

Deno.test("packets of each link type are read from their first header on", async () => {
  const ip = frame(ipv4({ src: "10.0.0.1" }), udp());
  const cooked = u8(0, 4, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0, 8, 0);
  const cooked2 = u8(8, 0, 0, 0, 0, 0, 0, 2, 0, 1, 4, 6, 1, 2, 3, 4, 5, 6, 0, 0);
  const files: [number, Uint8Array, string][] = [
    [LINK_TYPE.ETHERNET, joined(frame(ether({ type: 0x0800 })), ip), "ether ipv4 udp"],
    [LINK_TYPE.RAW, ip, "ipv4 udp"],
    [LINK_TYPE.IPV4, ip, "ipv4 udp"],
    [LINK_TYPE.LINUX_SLL, joined(cooked, ip), "sll ipv4 udp"],
    [LINK_TYPE.LINUX_SLL2, joined(cooked2, ip), "sll2 ipv4 udp"],
  ];
  for (const [linkType, bytes, layers] of files) {
    const memory = new Memory();
    {
      using writer = PcapWriter.to(memory, { format: "pcap", interfaces: [{ linkType }] });
      writer.write(bytes);
    }
    const [packet] = (await readBytes(memory.bytes)).packets;
    const parsed = packet?.parse();
    assertEquals(parsed?.layers.map(({ name }) => name).join(" "), layers);
    assertEquals(parsed?.ipv4?.src, "10.0.0.1");
    assertEquals(frame(...parsed?.layers ?? []).toHex(), bytes.toHex());
    assertMatch(`${packet}`, /^\d+\.\d{9} IP 10\.0\.0\.1\.0 > 0\.0\.0\.0\.0: UDP, length 0$/);
  }
});

Deno.test("files that cannot be opened, and misuse, are one line", () => {
  assertThrows(() => PcapReader.open("/nonexistent/x"), DpdkError, "read /nonexistent/x: ");
  assertThrows(() => PcapReader.readSync("/nonexistent/x"), DpdkError, "read /nonexistent/x: ");
  assertThrows(() => PcapWriter.create("/nonexistent/x"), DpdkError, "write /nonexistent/x: ");
  const memory = new Memory();
  assertThrows(() => PcapWriter.to(memory, { snapLength: 0 }), RangeError, "snapLength");
  assertThrows(() => PcapWriter.to(memory, { format: "pcap", interfaces: [{}, {}] }), RangeError);
  const writer = PcapWriter.to(memory);
  assertThrows(() => writer.write(new Uint8Array(1), { interface: 1 }), RangeError, "interface 1");
  writer[Symbol.dispose]();
  writer[Symbol.dispose]();
  assertThrows(() => writer.write(new Uint8Array(1)), DpdkError, "the file is closed");
  const full = {
    writeSync: () => {
      throw new Error("No space left on device");
    },
  };
  const failing = PcapWriter.to(full);
  assertThrows(() => failing.flush(), DpdkError, "write capture: No space left on device");
});

Deno.test("after a break reading goes on, and behind the end or a disposal nothing comes", async () => {
  const path = Deno.makeTempFileSync({ prefix: "denodpdk-pcap-", suffix: ".pcap" });
  try {
    Deno.writeFileSync(path, pcap);
    await using reader = PcapReader.open(path);
    const ports: (number | undefined)[] = [];
    for await (const packet of reader) {
      ports.push(packet.parse().udp?.dstPort);
      break;
    }
    for await (const packet of reader) ports.push(packet.parse().udp?.dstPort);
    for await (const packet of reader) ports.push(packet.parse().udp?.dstPort);
    assertEquals(ports, [1, 2, 3]);
    const early = PcapReader.open(path);
    await early[Symbol.asyncDispose]();
    await early[Symbol.asyncDispose]();
    await assertRejects(
      () => Array.fromAsync(early),
      DpdkError,
      "the reader is closed",
    );
  } finally {
    Deno.removeSync(path);
  }
});

Deno.test("the name tells the format", async () => {
  const folder = Deno.makeTempDirSync({ prefix: "denodpdk-pcap-" });
  try {
    const formats: string[] = [];
    for (const name of ["a.pcap", "a.cap", "a.pcapng", "a", "a.pcap.gz", "a.pcapng.gz"]) {
      {
        using writer = PcapWriter.create(`${folder}/${name}`);
        writer.write(UDP[0]!);
      }
      const { packets, reader, error } = await readFile(`${folder}/${name}`);
      assertEquals([packets.length, error], [1, undefined]);
      assertEquals(shown(PcapReader.readSync(`${folder}/${name}`)), shown(packets));
      const [head] = Deno.readFileSync(`${folder}/${name}`);
      formats.push(`${reader.format}${head === 0x1f ? " packed" : ""}`);
    }
    assertEquals(formats, [
      ...["pcap", "pcap", "pcapng", "pcapng"],
      ...["pcap packed", "pcapng packed"],
    ]);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("a packet of a file is shown as a line, and as JSON without its bytes in numbers", () => {
  const frames = [frame(ether(), ipv4({ src: "10.0.0.1" }), udp({ dstPort: 9 }), "hi")];
  const path = Deno.makeTempFileSync({ suffix: ".pcapng" });
  try {
    {
      using writer = PcapWriter.create(path, { interfaces: [{ name: "a" }] });
      const time = { seconds: 5, nanoseconds: 7 };
      for (const bytes of frames) writer.write(bytes, { time, comment: "one" });
    }
    const [packet] = PcapReader.readSync(path);
    assertEquals(Deno.inspect(packet), "5.000000007 IP 10.0.0.1.0 > 0.0.0.0.9: UDP, length 2");
    const { layers, ...rest } = JSON.parse(JSON.stringify(packet));
    assertEquals(rest, { time: "5.000000007", interface: "a", length: 44, comment: "one" });
    assertEquals(layers.at(-1).bytes, "6869");
  } finally {
    Deno.removeSync(path);
  }
});
