/** Capturing: what comes becomes files that wireshark's tools read, and what is lost is counted. */

import { Burst, createPktmbufPool, Mempool, Objects, Port, Ring } from "../../../mod.ts";
import { tscCycles, tscCyclesPerSecond } from "../../../ffi/eal_api.ts";
import { fileURLToPath } from "node:url";
import { PcapReader } from "../../../ffi/pcap/pcap.ts";
import {
  Capture,
  CaptureFiles,
  type CaptureFilesOptions,
  type CaptureOptions,
} from "../../../ffi/traffic/traffic.ts";
import { runToEnd } from "../../../cmd/lib/command.ts";
import { assert, assertEquals, assertThrows } from "../../assert.ts";
import { until } from "../../harness/wait.ts";
import { ealArgs, initTestEal, PREFIX, test } from "../eal.ts";

initTestEal("0@0", {}, "--vdev=net_null0", "--vdev=net_null1", "--vdev=net_ring0");
const HZ = tscCyclesPerSecond();

const FOLDER = Deno.makeTempDirSync({ prefix: "denodpdk-capture-" });
globalThis.addEventListener("unload", () => Deno.removeSync(FOLDER, { recursive: true }));

const POOL = createPktmbufPool("CAPTURE", 255);
const BYTES = new Uint8Array(2000).map((_, i) => i);

/** Fills a burst with packets of these lengths, whose first byte is their number. */
function fill(burst: Burst, lengths: readonly number[], pool: Mempool = POOL): void {
  assertEquals(burst.allocate(pool, Uint16Array.from(lengths)), lengths.length);
  burst.fill(BYTES, Uint32Array.from(lengths, (_, i) => i));
}

/** A capture into files of a name, and its writer. */
function captureOf(
  name: string,
  options: Partial<CaptureOptions> = {},
  more: CaptureFilesOptions = {},
): { capture: Capture; files: CaptureFiles } {
  const files = CaptureFiles.create(`${FOLDER}/${name}`, more);
  const { memory, format } = files;
  return { files, capture: new Capture({ memory, format, cyclesPerSecond: HZ, ...options }) };
}

for (const name of ["a.pcap", "a.pcapng", "a.pcap.gz", "a.pcapng.gz"]) {
  test(`capture: ${name} has all bytes, also of several segments, and the snap length cuts`, () => {
    const lengths = [1, 14, 60, 61, 62, 63, 1514];
    for (const snapLength of [undefined, 62]) {
      const limit = snapLength === undefined ? {} : { snapLength };
      const { capture, files } = captureOf(name, limit, limit);
      using burst = new Burst(8);
      using tail = new Burst(1);
      fill(burst, lengths);
      fill(tail, [1000]);
      burst.packet(6).chain(tail.packet(0));
      const before = Date.now();
      assertEquals(capture.take(burst, tscCycles()), lengths.length);
      const after = Date.now();
      assertEquals(burst.count, lengths.length);
      burst.clear();
      assert(capture.end() && files.write());
      files[Symbol.dispose]();
      const [path] = files.paths;
      const packets = PcapReader.readSync(path!);
      lengths.forEach((length, i) => {
        const whole = i < 6
          ? BYTES.slice(i, i + length)
          : Uint8Array.of(...BYTES.slice(6, 1520), ...BYTES.slice(0, 1000));
        assertEquals(Uint8Array.from(packets[i]!.data), whole.slice(0, snapLength));
        assertEquals(packets[i]!.length, whole.length);
        const ms = packets[i]!.seconds * 1000 + packets[i]!.nanoseconds / 1e6;
        assert(ms > before - 2 && ms < after + 2, `${ms}`);
      });
      const { captured, bytes, dropped } = capture.report();
      assertEquals([captured, bytes, dropped], [7, 261 + 2514, 0]);
    }
  });
}

/** How many packets wireshark's capinfos finds in a file. */
async function packetsIn(path: string): Promise<number> {
  const { stdout, stderr, success } = await runToEnd("capinfos", ["-M", "-c", path]);
  assert(success, stderr);
  return Number(/^Number of packets:\s+(\d+)/m.exec(stdout)?.[1]);
}

test("capture: files rotate by their size, hold all packets once, and the oldest go", async () => {
  const limits = { rotates: true, files: 3 };
  const { capture, files } = captureOf("size.pcapng", { rotateBytes: 20_000 }, limits);
  using burst = new Burst(8);
  const all: number[] = [];
  for (let turn = 0; turn < 40; turn++) {
    const lengths = [60, 200 + turn, 1000, 64];
    fill(burst, lengths);
    capture.take(burst, tscCycles());
    burst.clear();
    files.write();
    all.push(...lengths);
  }
  assert(capture.end() && files.write());
  const names = [2, 3, 4].map((number) => `${FOLDER}/size_0000${number}.pcapng`);
  assertEquals(files.paths, names);
  assertEquals([...Deno.readDirSync(FOLDER)].filter(({ name }) => /^size/.test(name)).length, 3);
  const sizes = files.paths.map((path) => Deno.statSync(path).size);
  assert(sizes.every((size) => size <= 20_000) && sizes.slice(0, 2).every((size) => size > 18_000));
  const lengths: number[] = [];
  for (const path of files.paths) {
    const packets = PcapReader.readSync(path);
    lengths.push(...packets.map(({ length }) => length));
    assertEquals(await packetsIn(path), packets.length);
  }
  assert(lengths.length < all.length && lengths.length > all.length / 2);
  assertEquals(lengths, all.slice(-lengths.length));
  assertEquals(files.written, all.length);
});

test("capture: files rotate by time, and one packet is enough for a file", () => {
  const { capture, files } = captureOf("time.pcap", { rotateSeconds: 10 }, { rotates: true });
  using burst = new Burst(8);
  const begin = tscCycles();
  for (const second of [0, 9, 10, 35, 36]) {
    fill(burst, [60]);
    capture.poll(begin + second * HZ);
    capture.take(burst, begin + second * HZ);
    burst.clear();
  }
  assert(capture.end() && files.write());
  assertEquals(files.paths.map((path) => PcapReader.readSync(path).length), [2, 1, 2]);
});

test("capture: a file of less than a packet holds one all the same", () => {
  const { capture, files } = captureOf("small.pcap", { rotateBytes: 600 }, { rotates: true });
  using burst = new Burst(8);
  fill(burst, [1000, 1000, 1000]);
  capture.take(burst, tscCycles());
  burst.clear();
  assert(capture.end() && files.write());
  assertEquals(files.paths.map((path) => PcapReader.readSync(path).length), [1, 1, 1]);
});

test("capture: a writer that is behind loses packets, and all are counted, in the file too", async () => {
  let missed = 5;
  const { capture, files } = captureOf("behind.pcapng", {}, { memory: 2, missed: () => missed });
  missed += 7;
  using burst = new Burst(64);
  let sent = 0;
  const turn = () => {
    fill(burst, new Array(64).fill(1000));
    capture.take(burst, tscCycles());
    sent += burst.count;
    burst.clear();
  };
  // 2 MiB hold some 2000
  while (sent < 4000) turn();
  const { captured, dropped } = capture.report();
  assertEquals(captured + dropped, sent);
  assert(dropped > 1000 && captured > 1900);
  assert(!capture.end());
  assert(files.write());
  while (sent < 5000) turn();
  assert(capture.end() && files.write());
  const report = capture.report();
  assertEquals(report.captured + report.dropped, sent);
  assertEquals(files.written, report.captured);
  const [path] = files.paths;
  const reader = PcapReader.open(path!);
  let count = 0;
  for await (const { length } of reader) count += Number(length === 1000);
  assertEquals(count, report.captured);
  assertEquals(reader.interfaces[0]!.statistics, {
    received: sent + 7,
    dropped: report.dropped + 7,
  });
});

test("capture: it ends with as many packets as are wanted, and gives records on in time", () => {
  const { capture, files } = captureOf("count.pcapng", { count: 5 });
  using burst = new Burst(8);
  const begin = tscCycles();
  fill(burst, [60, 60, 60]);
  capture.take(burst, begin);
  burst.clear();
  capture.poll(begin + HZ * 0.05);
  assert(!files.write());
  capture.poll(begin + HZ * 0.11);
  assert(files.write() && !capture.isDone);
  fill(burst, [60, 60, 60]);
  capture.take(burst, begin);
  assertEquals([burst.count, capture.isDone], [2, true]);
  burst.clear();
  assert(capture.end() && files.write());
  assertEquals(PcapReader.readSync(files.paths[0]!).length, 5);
  assertEquals(POOL.inUseCount, 0);
});

test("capture: what cannot be is refused", () => {
  const { capture, files } = captureOf("refused.pcap");
  for (
    const options of [{ snapLength: 0 }, { snapLength: 1e6 }, { count: 0 }, { rotateBytes: -1 }]
  ) assertThrows(() => captureOf("refused.pcap", options), RangeError, "Capture: expected");
  assertThrows(() => captureOf("refused.pcap", {}, { files: 0 }), RangeError, "expected files");
  assertThrows(() => captureOf("none/a.pcap"), Error, `write ${FOLDER}/none/a.pcap: `);
  assert(capture.end() && files.write());
  assertEquals(PcapReader.readSync(files.paths[0]!).length, 0);
});

const MAIN = fileURLToPath(new URL("../../../cmd/traffic/main.ts", import.meta.url));

const FOREIGN = "what it holds lies in no pool of packets";

/** The one line that a refusal is. */
function assertRefused(stderr: string, line: string): void {
  const lines = stderr.split("\n").filter((line) => line !== "" && !line.startsWith("EAL: "));
  assertEquals(lines, [`traffic: ${line}`]);
}

/** Captures in a secondary of this process. */
async function captureBeside(...options: string[]) {
  const path = `${FOLDER}/beside.pcapng`;
  const run = await runToEnd(Deno.execPath(), [
    ...["run", "-A", "--no-check", MAIN, ...ealArgs("1@0", PREFIX, "--proc-type=secondary")],
    ...["--", "capture", path, ...options],
  ]);
  return { ...run, path };
}

test("capture: a secondary takes packets out of a ring of its primary", async () => {
  using ring = Ring.create("CAPTURED", 64);
  using burst = new Burst(32);
  for (const length of [60, 500]) {
    fill(burst, new Array(20).fill(length));
    assertEquals(ring.enqueueBurst(burst), 20);
  }
  const { code, stderr, stdout, path } = await captureBeside("--ring", "CAPTURED", "--count", "40");
  assertEquals(code, 0, stderr);
  assert(stdout.includes("captured: 40 packets"), stdout);
  const packets = PcapReader.readSync(path);
  assertEquals(packets.map(({ length }) => length), [
    ...new Array(20).fill(60),
    ...new Array(20).fill(500),
  ]);
  packets.forEach(({ data }, i) => assertEquals(data, BYTES.slice(i % 20, i % 20 + data.length)));
  assertEquals([ring.count, POOL.inUseCount], [0, 0]);
});

test("capture: a ring of other objects is refused, and keeps them", async () => {
  using ring = Ring.create("NO_PACKETS", 64);
  using pool = Mempool.create("OBJECTS", 63, 64);
  const objects = new Objects(10);
  assertEquals(pool.getBulk(objects), 10);
  // the last one is no address at all
  const last = objects.addresses[9]!;
  objects.addresses[9] = 7n;
  assertEquals(ring.enqueueBulk(objects), 10);
  const { code, stderr } = await captureBeside("--ring", "NO_PACKETS");
  assertEquals(code, 1);
  assertRefused(stderr, `--ring: expected a ring of packets, got 'NO_PACKETS' (${FOREIGN})`);
  assertEquals([ring.count, ring.dequeueBulk(objects)], [10, 10]);
  objects.addresses[objects.addresses.indexOf(7n)] = last;
  pool.putBulk(objects, 10);
});

test("capture: pools that are made meanwhile are known; what is no packet ends it and goes back", async () => {
  using ring = Ring.create("MIXED", 64);
  const ended = captureBeside("--ring", "MIXED");
  using burst = new Burst(32);
  const give = async (pool: Mempool) => {
    fill(burst, new Array(20).fill(60), pool);
    assertEquals(ring.enqueueBurst(burst), 20);
    await until(() => ring.count === 0, "an empty ring");
  };
  await give(POOL);
  using later = createPktmbufPool("LATER", 255);
  await give(later);
  using pool = Mempool.create("OBJECTS", 63, 64);
  const objects = new Objects(10);
  assertEquals([pool.getBulk(objects), ring.enqueueBulk(objects)], [10, 10]);
  const { code, stderr, path } = await ended;
  assertEquals(code, 1, stderr);
  assertRefused(stderr, `--ring: expected a ring of packets, got 'MIXED' (${FOREIGN})`);
  assertEquals(PcapReader.readSync(path).length, 40);
  assertEquals([POOL.inUseCount, later.inUseCount, ring.dequeueBulk(objects)], [0, 0, 10]);
  pool.putBulk(objects, 10);
});

test("capture: a port, a queue or a ring that is not there is refused in one line", async () => {
  using port = Port.open("net_null0", { pool: POOL, rxQueues: 2 });
  using sending = Port.open("net_null1", { pool: POOL, rxQueues: 0 });
  const ports = Port.list().map(({ id }) => id).join(", ");
  using _ring = Ring.create("PACKETS", 64);
  const rings = Ring.list().map(({ name }) => name).filter((name) => !/^MP_/.test(name));
  const named = `${rings.slice(0, 8).join(", ")}${
    rings.length > 8 ? ` and ${rings.length - 8} more` : ""
  }`;
  for (
    const [options, line] of [
      [["--queue", "2"], `--queue: expected a queue from 0 to 1 of ${port.name}, got '2'`],
      [["--port", "7"], `--port: expected one of the ports ${ports}, got '7'`],
      [
        ["--port", `${sending.id}`],
        `--port: expected a port with a receive queue, got '${sending.id}' (${sending.name} has none)`,
      ],
      [
        ["--ring", "PACKTES"],
        `--ring: expected one of the primary's rings ${named}, got 'PACKTES' (did you mean PACKETS?)`,
      ],
      [
        ["--ring", "MP_CAPTURE"],
        `--ring: expected one of the primary's rings ${named}, got 'MP_CAPTURE' ` +
        "(this one holds the free elements of a mempool)",
      ],
    ] as const
  ) {
    Deno.removeSync(`${FOLDER}/beside.pcapng`);
    const { code, stderr, path } = await captureBeside(...options);
    assertEquals(code, 1);
    assertRefused(stderr, line);
    // nothing was written
    assertThrows(() => Deno.statSync(path), Deno.errors.NotFound);
    Deno.writeTextFileSync(path, "");
  }
  assertEquals(POOL.inUseCount, 0);
});

// its end removes the device, which a secondary would miss in the log
test("capture: a secondary receives from one queue of its primary's port, or from all", async () => {
  using port = Port.open("net_ring0", { pool: POOL, rxQueues: 2, txQueues: 2 });
  using burst = new Burst(32);
  const send = (queue: number, lengths: readonly number[]) => {
    fill(burst, lengths);
    assertEquals(port.txQueue(queue).send(burst), lengths.length);
  };
  const id = `${port.id}`;
  for (
    const [options, lengths, left] of [
      [["--queue", "1", "--count", "20"], new Array(20).fill(200), 30],
      [["--count", "50"], [...new Array(30).fill(100), ...new Array(20).fill(200)], 0],
    ] as const
  ) {
    send(0, new Array(30 - POOL.inUseCount).fill(100));
    send(1, new Array(20).fill(200));
    const { code, stderr, path } = await captureBeside("--port", id, ...options);
    assertEquals(code, 0, stderr);
    const got = PcapReader.readSync(path).map(({ length }) => length);
    assertEquals([got.sort(), POOL.inUseCount], [lengths, left]);
  }
});
