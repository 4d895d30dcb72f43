/** traffic replay as a whole: tcpdump reads what left the ports, and when. */

import { fileURLToPath } from "node:url";
import { runToEnd } from "../../cmd/lib/command.ts";
import { ether, frame, ipv4, udp } from "../../ffi/net/net.ts";
import { PcapReader, PcapWriter } from "../../ffi/pcap/pcap.ts";
import { assert, assertEquals } from "../assert.ts";
import { testPrefix } from "../harness.ts";
import { whyNoTaps } from "./namespace.ts";

const MAIN = fileURLToPath(new URL("../../cmd/traffic/main.ts", import.meta.url));
const TRAFFIC = { command: Deno.execPath(), args: ["run", "-A", "--no-check", MAIN] };
const MEMORY = ["-m", "64"];
const SECOND = 1_700_000_000;

/** A folder that is gone in the end. */
function temporaryFolder(): Disposable & { at(name: string): string } {
  const path = Deno.makeTempDirSync({ prefix: "denodpdk-replay-" });
  return {
    at: (name) => `${path}/${name}`,
    [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }),
  };
}

/** Packet number so many, of 60 to 1459 bytes. */
function packet(id: number): Uint8Array {
  const headers = [
    ether({ dst: "02:00:00:00:00:02", src: "02:00:00:00:00:01" }),
    ipv4({ src: "10.0.0.1", dst: "10.0.0.2", id }),
    udp({ srcPort: 50_000, dstPort: 9 }),
  ];
  return frame(...headers, new Uint8Array(18 + id * 37 % 1400).fill(id));
}

/** Writes packets, so many microseconds apart. */
function write(path: string, count: number, apart: number, from = 0): void {
  using writer = PcapWriter.create(path);
  for (let i = 0; i < count; i++) {
    const us = from + i * apart;
    const seconds = SECOND + Math.floor(us / 1e6);
    writer.write(packet(i), { time: { seconds, nanoseconds: us % 1e6 * 1000 } });
  }
}

/** The bytes of all packets as tcpdump prints them, a line each. */
async function dumped(path: string, ...filter: string[]): Promise<string[]> {
  const { stdout, stderr, success } = await runToEnd("tcpdump", [
    ...["-n", "-r", path, "-t", "-xx"],
    ...filter,
  ]);
  assert(success, stderr);
  return stdout.split(/\n(?=\S)/).map((one) =>
    one.split("\n").slice(1).map((line) => line.replace(/^\s*0x[0-9a-f]+:|\s/g, "")).join("")
  );
}

Deno.test("replay: two files out of two ports, byte for byte, by one clock", async () => {
  using folder = temporaryFolder();
  await using prefix = testPrefix();
  const [first, second] = [folder.at("a.pcapng.gz"), folder.at("b.pcap")];
  write(first, 2000, 200);
  // tcpdump does not unpack
  const plain = folder.at("a.pcapng");
  write(plain, 2000, 200);
  write(second, 1000, 100, 100_000);
  const out = (port: number) => folder.at(`out${port}.pcap`);
  const json = folder.at("result.json");
  const replay = prefix.spawn("replay", TRAFFIC, [
    ...prefix.eal({
      lcores: "0@0",
      extra: [...MEMORY, ...[0, 1].map((i) => `--vdev=net_pcap${i},tx_pcap=${out(i)}`)],
    }),
    ...["--", "replay", first, second, "--port", "1,0", "--json", json],
  ]);
  assertEquals((await replay.ended()).code, 0, replay.stderr);
  const [ofFirst, ofSecond] = [await dumped(out(1)), await dumped(out(0))];
  assertEquals([ofFirst.length, ofSecond.length], [2000, 1000]);
  assertEquals(ofFirst, await dumped(plain));
  assertEquals(ofSecond, await dumped(second));
  const { seconds, result: { report, files } } = JSON.parse(Deno.readTextFileSync(json));
  assertEquals(report.lanes.map(({ sent }: { sent: number }) => sent), [2000, 1000]);
  assertEquals(files.map(({ port }: { port: number }) => port), [1, 0]);
  // the last packet is due 0.3998 s behind the first
  assert(seconds >= 0.3998, `${seconds}`);
  assert(replay.stdout.includes("sent:     3000 packets"), replay.stdout);
});

Deno.test("replay: what comes before an error leaves; what is cut, long or short is told", async () => {
  using folder = temporaryFolder();
  await using prefix = testPrefix();
  const [path, out] = [folder.at("in.pcap"), folder.at("out.pcap")];
  {
    using writer = PcapWriter.create(path);
    for (let i = 0; i < 50; i++) writer.write(packet(i));
    writer.write(packet(50).subarray(0, 40), { length: 900 });
    writer.write(packet(51).subarray(0, 9));
    writer.write(new Uint8Array(1515));
    writer.write(packet(52));
  }
  const bytes = Deno.readFileSync(path);
  Deno.writeFileSync(path, bytes.subarray(0, bytes.length - 3));
  const replay = prefix.spawn("replay", TRAFFIC, [
    ...prefix.eal({ lcores: "0@0", extra: [...MEMORY, `--vdev=net_pcap0,tx_pcap=${out}`] }),
    ...["--", "replay", path, "--rate", "max", "--loop", "3", "--vlan", "9"],
    ...["--src-ip", "192.0.2.9", "--dst-mac", "02:00:00:00:00:09"],
  ]);
  assertEquals((await replay.ended()).code, 1, replay.stderr);
  assertEquals((await dumped(out)).length, 51);
  // the 50 whole ones have good checksums
  const tagged = "ether dst 02:00:00:00:00:09 and vlan 9 and src host 192.0.2.9 and greater 60";
  assertEquals((await dumped(out, tagged)).length, 50);
  const verbose = await runToEnd("tcpdump", ["-n", "-r", out, "-vv", tagged]);
  assertEquals([...verbose.stdout.matchAll(/udp sum ok/g)].length, 50);
  assert(!/bad cksum|wrong/.test(verbose.stdout), verbose.stdout);
  for (
    const line of [
      "sent:     51 packets",
      "truncated: 1 packet",
      "left out: 1 packet too long",
      "left out: 1 packet shorter",
    ]
  ) assert(replay.stdout.includes(line), replay.stdout);
  const errors = replay.stderr.split("\n").filter((line) => line.startsWith("traffic"));
  assertEquals(errors.length, 1, replay.stderr);
  assert(errors[0]!.includes(`read ${path}: the file ends in packet 53`), errors[0]);
});

Deno.test("replay: Ctrl-C ends it in order, with the results", async () => {
  using folder = temporaryFolder();
  await using prefix = testPrefix();
  const [path, json] = [folder.at("in.pcapng"), folder.at("result.json")];
  write(path, 1000, 10);
  const replay = prefix.spawn("replay", TRAFFIC, [
    ...prefix.eal({ lcores: "0@0", extra: [...MEMORY, "--vdev=net_null0,no-rx=1"] }),
    ...["--", "replay", path, "--loop", "0", "--json", json],
  ]);
  await replay.waitFor(/1 s: replayed/);
  replay.kill("SIGINT");
  assertEquals((await replay.ended()).code, 0, replay.stderr);
  const { result: { report, loops } } = JSON.parse(Deno.readTextFileSync(json));
  assert(report.sent > 1000 && report.sent === report.asked && loops === 0);
});

const reason = await whyNoTaps();

Deno.test({
  name: "replay: the kernel stamps packets by the times of the file" +
    (reason ? ` (ignored: ${reason})` : ""),
  ignore: reason !== undefined,
  async fn() {
    using folder = temporaryFolder();
    await using prefix = testPrefix();
    const [path, out, tap] = [folder.at("in.pcapng"), folder.at("out.pcap"), `dtR${Deno.pid}`];
    const [count, apart] = [400, 10_000];
    write(path, count, apart);
    const replay = prefix.spawn("replay", TRAFFIC, [
      ...prefix.eal({ lcores: "0@0", extra: [...MEMORY, `--vdev=net_tap0,iface=${tap}`] }),
      ...["--", "replay", path],
    ]);
    await replay.waitFor(/ s: replayed/);
    // what left before tcpdump looks is not missed
    const tcpdump = prefix.spawn("tcpdump", { command: "tcpdump", args: ["-i", tap] }, [
      ...["-w", out, "--time-stamp-precision=nano", "-c", "200", "udp port 9"],
    ]);
    assertEquals((await tcpdump.ended()).code, 0, tcpdump.stderr);
    assertEquals((await replay.ended()).code, 0, replay.stderr);
    const packets = PcapReader.readSync(out);
    const ids = packets.map((packet) => packet.parse().ipv4!.id!);
    assertEquals(ids, ids.map((_, i) => ids[0]! + i));
    packets.forEach(({ data }, i) => assertEquals(data, Uint8Array.from(packet(ids[i]!))));
    const times = packets.map(({ seconds, nanoseconds }) =>
      (seconds - packets[0]!.seconds) * 1e6 + nanoseconds / 1000
    );
    // a process that has lost its CPU sends late, and never early: the earliest of each half tell
    // whether the schedule drifts. Each gap by itself is tested with a clock of the test's own.
    const behind = times.map((time, i) => time - i * apart);
    const half = behind.length / 2;
    const drift = Math.min(...behind.slice(half)) - Math.min(...behind.slice(0, half));
    assert(Math.abs(drift) < apart / 100, `a drift of ${drift} us in a second`);
  },
});
