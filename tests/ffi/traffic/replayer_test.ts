/** Replaying by a clock that is handed in: which packet leaves when, exactly. */

import { Burst, createPktmbufPool, type Mempool, Port, type TxQueue } from "../../../mod.ts";
import { ether, frame, ipv4, udp } from "../../../ffi/net/net.ts";
import { PcapWriter } from "../../../ffi/pcap/pcap.ts";
import {
  Replayer,
  type ReplayerOptions,
  ReplayFile,
  type ReplayFileOptions,
} from "../../../ffi/traffic/traffic.ts";
import { assert, assertEquals, assertThrows } from "../../assert.ts";
import { initTestEal, test } from "../eal.ts";

const DEVICES = ["net_ring0", "net_ring1", "net_null0"];
initTestEal("0@0", {}, ...DEVICES.map((device) => `--vdev=${device}`));

/** A count of the clock is a microsecond. */
const HZ = 1e6;

const FOLDER = Deno.makeTempDirSync({ prefix: "denodpdk-replayer-" });
globalThis.addEventListener("unload", () => Deno.removeSync(FOLDER, { recursive: true }));

const PORTS = ["net_ring0", "net_ring1"].map((name) =>
  Port.open(Port.list().find((one) => one.name === name)!.id, { txDescriptors: 64 })
);
const POOL = createPktmbufPool("REPLAY", 2047);
const TX = PORTS.map((port) => port.txQueue(0));

let files = 0;

/** A file with packets of so many bytes at these microseconds behind a second. */
async function fileOf(
  times: readonly number[],
  options: ReplayFileOptions & { second?: number; length?: number } = {},
): Promise<ReplayFile> {
  const path = `${FOLDER}/${files++}.pcapng`;
  const { second = 1_700_000_000, length = 60 } = options;
  {
    using writer = PcapWriter.create(path);
    times.forEach((us, id) => {
      const headers = [ether({ dst: "02:00:00:00:00:02" }), ipv4({ dst: "10.0.0.2", id }), udp()];
      const bytes = frame(...headers, new Uint8Array(length - 42));
      writer.write(bytes, { time: { seconds: second, nanoseconds: us * 1000 } });
    });
  }
  return await ReplayFile.open(path, options);
}

/** What came out of a port: the ids of packets. */
function received(port: Port): number[] {
  using burst = new Burst(64);
  const ids: number[] = [];
  while (port.rxQueue(0).receive(burst) > 0) {
    for (const packet of burst) ids.push(packet.ipv4!.id!);
    burst.clear();
  }
  return ids;
}

/** A replay of files, out of as many ports. */
function replayerOf(
  all: readonly ReplayFile[],
  options: Partial<ReplayerOptions> = {},
  pool: Mempool = POOL,
  tx: readonly TxQueue[] = TX,
): Replayer {
  const offsets = ReplayFile.offsets(all);
  const lanes = all.map(({ memory }, i) => ({ tx: tx[i]!, file: memory, offset: offsets[i]! }));
  return new Replayer({ lanes, pool, cyclesPerSecond: HZ, ...options });
}

/** Runs by a clock of a count a turn, and says what left when: `port:id@time`. */
function run(replayer: Replayer, end: number): string[] {
  const seen: string[] = [];
  // far above 2^31, as the counter is
  const begin = 1e13;
  replayer.start(begin);
  for (let now = 0; now <= end && !replayer.isDone; now++) {
    replayer.turn(begin + now);
    PORTS.forEach((port, i) => seen.push(...received(port).map((id) => `${i}:${id}@${now}`)));
  }
  return seen;
}

test("replay: each packet leaves at its time, and none before", async () => {
  await using file = await fileOf([0, 10, 11, 11, 500]);
  using replayer = replayerOf([file]);
  assertEquals(run(replayer, 1000), ["0:0@0", "0:1@10", "0:2@11", "0:3@11", "0:4@500"]);
  const { asked, sent, late, refused, seconds } = replayer.report();
  assertEquals([asked, sent, late, refused, seconds], [5, 5, 0, 0, 500e-6]);
  assert(replayer.isDone);
});

test("replay: faster and slower", async () => {
  for (
    const [speed, expected] of [
      [2, ["0:0@0", "0:1@5", "0:2@50"]],
      [0.5, ["0:0@0", "0:1@20", "0:2@200"]],
    ] as const
  ) {
    await using file = await fileOf([0, 10, 100]);
    using replayer = replayerOf([file], { speed });
    assertEquals(run(replayer, 1000), [...expected]);
  }
});

test("replay: two files by one clock begin and go round together", async () => {
  await using first = await fileOf([100, 200], { loops: 2 });
  await using second = await fileOf([150, 160, 170], { loops: 2 });
  using replayer = replayerOf([first, second]);
  const round = (at: number) =>
    [[0, 0, 0], [1, 0, 50], [1, 1, 60], [1, 2, 70], [0, 1, 100]]
      .map(([port, id, time]) => `${port}:${id}@${time! + at}`);
  // the longer one's period: 100 and a mean gap of 100
  assertEquals(run(replayer, 1000), [...round(0), ...round(200)]);
  assertEquals(replayer.report().lanes.map(({ sent }) => sent), [4, 6]);
});

test("replay: a rate instead, of packets, of bits of both layers, and as fast as it goes", async () => {
  const ids = [0, 1, 2, 3];
  for (
    const [rate, gap] of [
      ["100kpps", 10],
      // 64 bytes with the check sequence, 84 on the wire
      ["51.2Mbps", 10],
      ["67.2MbpsL1", 10],
      ["max", 0],
    ] as const
  ) {
    await using file = await fileOf([0, 700, 701, 900]);
    using replayer = replayerOf([file], { rate });
    const sent = run(replayer, 1000);
    assertEquals([rate, sent], [rate, ids.map((id) => `0:${id}@${id * gap}`)]);
  }
  await using file = await fileOf([0, 1]);
  using share = replayerOf([file], { rate: "50%", linkMbps: 1000 });
  // 672 bits at 500 Mbit/s take 1.344 us
  assertEquals(run(share, 10), ["0:0@0", "0:1@1"]);
});

test("replay: packets that are late are sent and told", async () => {
  await using file = await fileOf([0, 10, 20, 30, 40]);
  using replayer = replayerOf([file]);
  replayer.start(1e13);
  replayer.turn(1e13);
  replayer.turn(1e13 + 35);
  replayer.turn(1e13 + 40);
  assertEquals(received(PORTS[0]!), [0, 1, 2, 3, 4]);
  const { late, maxLate } = replayer.report();
  assertEquals([late, maxLate], [2, 25e-6]);
});

test("replay: what a port does not take is offered for 100 ms, and then refused", async () => {
  // the ring has room for 1023
  await using file = await fileOf(Array.from({ length: 1100 }, (_, i) => i));
  using replayer = replayerOf([file], { rate: "max" });
  const begin = 1e13;
  replayer.start(begin);
  for (let now = 0; now < 99_999; now++) replayer.turn(begin + now);
  assertEquals(replayer.report().refused, 0);
  const seen = received(PORTS[0]!);
  assertEquals(seen.length, replayer.report().sent);
  for (let now = 99_999; now < 99_999 + 100; now++) replayer.turn(begin + now);
  seen.push(...received(PORTS[0]!));
  assertEquals(seen, Array.from({ length: 1100 }, (_, i) => i));
  assert(!replayer.isDone || replayer.report().refused === 0);
  await using again = await fileOf(Array.from({ length: 1100 }, (_, i) => i));
  using stuck = replayerOf([again], { rate: "max" });
  stuck.start(begin);
  for (let now = 0; now < 100_200 && !stuck.isDone; now++) stuck.turn(begin + now);
  const { asked, sent, refused } = stuck.report();
  assertEquals([stuck.isDone, asked, sent + refused], [true, 1100, 1100]);
  assert(refused > 0);
  assertEquals(received(PORTS[0]!).length, sent);
  assertEquals(POOL.inUseCount, 0);
});

test("replay: without mbufs packets wait, and are refused after 100 ms", async () => {
  using pool = createPktmbufPool("REPLAY_FEW", 31);
  using held = new Burst(31);
  pool.getBulk(held, 30);
  await using file = await fileOf([0, 0, 0]);
  using replayer = replayerOf([file], {}, pool);
  replayer.start(0);
  replayer.turn(1);
  assertEquals([replayer.report().asked, replayer.report().sent], [3, 0]);
  held.clear();
  replayer.turn(2);
  assertEquals(received(PORTS[0]!), [0, 1, 2]);
});

test("replay: what cannot be is refused", async () => {
  await using file = await fileOf([0]);
  const refused = (options: Partial<ReplayerOptions>, message: string) => {
    const make = () => replayerOf([file], options);
    assertThrows(make, RangeError, message);
  };
  for (const speed of [0, -1, NaN, Infinity]) refused({ speed }, `a speed above 0, got ${speed}`);
  refused({ rate: "2" }, "expected a rate");
  refused({ rate: "50%" }, "the speed of the link is unknown");
  refused({ rate: "2GbpsL1", linkMbps: 1000 }, "carries");
  refused({ rate: "2Mpps", linkMbps: 1000 }, "carries");
  assertEquals(POOL.inUseCount, 0);
});
