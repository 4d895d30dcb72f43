/** Capture files that are read ahead, without ports: what is found in them, and how they end. */

import { ether, frame, ipv4, udp } from "../../../ffi/net/net.ts";
import { LINK_TYPE, PcapWriter } from "../../../ffi/pcap/pcap.ts";
import { ReplayRingReader } from "../../../ffi/traffic/replay_ring.ts";
import { ReplayFile, type ReplayFileOptions } from "../../../ffi/traffic/traffic.ts";
import { assert, assertEquals, assertLess, assertRejects } from "../../assert.ts";

const FOLDER = Deno.makeTempDirSync({ prefix: "denodpdk-replay-" });
globalThis.addEventListener("unload", () => Deno.removeSync(FOLDER, { recursive: true }));
const at = (name: string) => `${FOLDER}/${name}`;

const MIB = 1024 * 1024;

function packet(id: number, bytes = 10): Uint8Array {
  const to = ether({ dst: "02:00:00:00:00:02", src: "02:00:00:00:00:01" });
  return frame(to, ipv4({ src: "10.0.0.1", dst: "10.0.0.2", id }), udp(), new Uint8Array(bytes));
}

/** Writes packets at these microseconds behind a second. */
function write(name: string, times: readonly number[], bytes = 10, second = 1_700_000_000): string {
  const path = at(name);
  using writer = PcapWriter.create(path);
  times.forEach((us, i) => {
    const seconds = second + Math.floor(us / 1e6);
    const nanoseconds = (us - 1e6 * Math.floor(us / 1e6)) * 1000;
    writer.write(packet(i & 0xffff, bytes), { time: { seconds, nanoseconds } });
  });
  return path;
}

/** Reads a file as an lcore does; what came: the ids and times of packets, in microseconds. */
async function readAll(
  path: string,
  options: ReplayFileOptions = {},
): Promise<{ seen: string[]; file: ReplayFile }> {
  await using file = await ReplayFile.open(path, options);
  const reader = new ReplayRingReader(file.memory);
  const view = new DataView(reader.bytes.buffer, reader.bytes.byteOffset);
  const seen: string[] = [];
  for (;;) {
    if (!reader.look()) {
      reader.release();
      await file.fill();
      continue;
    }
    const time = reader.time / 1000;
    if (reader.isPacket) {
      seen.push(`${view.getUint16(reader.place + 18)}@${time}`);
      reader.skip();
    } else if (reader.isAgain) {
      seen.push(`again@${time}`);
      if (!reader.goRound()) return { seen, file };
    } else {
      seen.push("end");
      return { seen, file };
    }
  }
}

Deno.test("replay file: times begin at the first packet; a clock that was put back makes no gap", async () => {
  const { seen, file } = await readAll(write("clock.pcapng", [500, 1500, 900, 1000, 3000]));
  assertEquals(seen, ["0@0", "1@1000", "2@1000", "3@1100", "4@3100", "end"]);
  assertEquals([file.first, file.report().read], [
    { seconds: 1_700_000_000, nanoseconds: 500_000 },
    5,
  ]);
});

for (const name of ["loop.pcap", "loop.pcapng.gz"]) {
  Deno.test(`replay file: ${name} begins again a mean gap behind its last packet`, async () => {
    const { seen } = await readAll(write(name, [0, 100, 300]), { loops: 3 });
    const round = ["0@0", "1@100", "2@300", "again@450"];
    assertEquals(seen, [...round, ...round, ...round]);
  });
}

Deno.test("replay file: a file larger than its memory is read anew each time", async () => {
  const times = Array.from({ length: 6000 }, (_, i) => i);
  const path = write("large.pcapng", times, 400);
  const { seen } = await readAll(path, { loops: 2, memory: MIB });
  const round = times.map((time, i) => `${i}@${time}`);
  assertEquals(seen, [...round, "again@6000", ...round, "end"]);
});

Deno.test("replay file: half a gigabyte needs no more memory than a tenth of it", async () => {
  const path = at("sparse.pcap");
  const [packets, bytes] = [8000, 65_000];
  const read = async (count: number) => {
    {
      // all of a packet but its head is a hole in the file
      using file = Deno.openSync(path, { write: true, create: true, truncate: true });
      const head = new DataView(new ArrayBuffer(16));
      const magic = Uint32Array.of(0xa1b2c3d4, 0x0004_0002, 0, 0, 262_144, LINK_TYPE.ETHERNET);
      file.writeSync(new Uint8Array(magic.buffer));
      for (let i = 0; i < count; i++) {
        file.seekSync(24 + i * (16 + bytes), Deno.SeekMode.Start);
        [i, 0, bytes, bytes].forEach((word, j) => head.setUint32(4 * j, word, true));
        file.writeSync(new Uint8Array(head.buffer));
      }
      file.truncateSync(24 + count * (16 + bytes));
    }
    const { seen } = await readAll(path, { memory: 4 * MIB, mtu: 65_000 });
    assertEquals([seen.length, seen.at(-2)], [count + 1, `0@${(count - 1) * 1e6}`]);
    return Deno.memoryUsage().rss;
  };
  const [few, all] = [await read(packets / 10), await read(packets)];
  assertLess(all - few, 30e6);
});

Deno.test("replay file: packets that were cut are told, those too long or short are left out", async () => {
  const path = at("lengths.pcap");
  {
    using writer = PcapWriter.create(path);
    const time = { seconds: 1, nanoseconds: 0 };
    for (const [kept, length] of [[100, 100], [60, 1000], [1514, 1514], [1515, 1515], [13, 13]]) {
      writer.write(packet(0, 1500).slice(0, kept), { length: length!, time });
    }
    // VLAN tags are no payload
    const tagged = packet(0, 1500).slice(0, 1518);
    tagged.set([0x81, 0], 12);
    writer.write(tagged, { time });
    const twice = packet(0, 1500).slice(0, 1522);
    twice.set([0x88, 0xa8, 0, 1, 0x81, 0], 12);
    writer.write(twice, { time });
  }
  const { seen, file } = await readAll(path);
  assertEquals(seen.length, 6);
  assertEquals(file.report(), { read: 7, truncated: 1, tooLong: 1, tooShort: 1 });
  const jumbo = await readAll(path, { mtu: 9000 });
  assertEquals(jumbo.file.report().tooLong, 0);
  // a tag that is put in makes no packet too long, and one that is taken away neither
  const put = await readAll(path, { rewrite: { vlan: 7 } });
  assertEquals(put.file.report().tooLong, 1);
});

Deno.test("replay file: what comes before an error is sent, in each format", async () => {
  for (const name of ["broken.pcap", "broken.pcapng", "broken.pcapng.gz"]) {
    const path = write(name, [0, 1, 2, 3]);
    const bytes = Deno.readFileSync(path);
    const cut = name.endsWith(".gz") ? 12 : 90;
    Deno.writeFileSync(path, bytes.subarray(0, bytes.length - cut));
    const { seen, file } = await readAll(path, { loops: 5 });
    assert(seen.length >= 2 && seen.length <= 5, `${seen}`);
    assertEquals(seen.at(-1), "end");
    assert(file.error?.message.startsWith(`read ${path}: `), file.error?.message);
  }
});

Deno.test("replay file: other link types, other files and none are refused in one line", async () => {
  const raw = at("raw.pcap");
  {
    using writer = PcapWriter.create(raw, { interfaces: [{ linkType: LINK_TYPE.RAW }] });
    writer.write(packet(0).subarray(14));
  }
  const text = at("text");
  Deno.writeTextFileSync(text, "this is no capture file");
  for (
    const [path, message] of [
      [raw, "expected packets of Ethernet, got unknown (101)"],
      [text, "expected a pcap or pcapng file"],
      [at("none"), "No such file"],
    ] as const
  ) {
    const error = await assertRejects(() => ReplayFile.open(path), Error, message);
    assert(error.message.startsWith(`read ${path}: `) && !error.message.includes("\n"));
  }
  const path = write("some.pcap", [0]);
  for (const options of [{ loops: -1 }, { loops: 0.5 }, { memory: 1000 }, { memory: NaN }]) {
    await assertRejects(() => ReplayFile.open(path, options), RangeError, "ReplayFile: expected");
  }
});

Deno.test("replay file: a file without packets ends, however often it is to be sent", async () => {
  assertEquals((await readAll(write("empty.pcapng", []), { loops: 0 })).seen, ["end"]);
});

Deno.test("replay file: several files have one clock", async () => {
  const files = await Promise.all([
    ReplayFile.open(write("b.pcap", [250_000], 10, 1_700_000_001)),
    ReplayFile.open(write("empty.pcap", [])),
    ReplayFile.open(write("a.pcap", [500_000], 10, 1_700_000_000)),
  ]);
  assertEquals(ReplayFile.offsets(files), [0.75, 0, 0]);
  for (const file of files) await file[Symbol.asyncDispose]();
});
