/** traffic capture as a whole: what a port receives is in the file, byte for byte. */

import { fileURLToPath } from "node:url";
import { runToEnd } from "../../cmd/lib/command.ts";
import { ether, frame, ipv4, udp } from "../../ffi/net/net.ts";
import { PcapReader } from "../../ffi/pcap/pcap.ts";
import { assert, assertEquals } from "../assert.ts";
import { testPrefix } from "../harness.ts";
import { readPcap, writePcap } from "./pcap.ts";

const MAIN = fileURLToPath(new URL("../../cmd/traffic/main.ts", import.meta.url));
const TRAFFIC = { command: Deno.execPath(), args: ["run", "-A", "--no-check", MAIN] };
const MEMORY = ["-m", "64"];

/** A folder that is gone in the end. */
function temporaryFolder(): Disposable & { at(name: string): string } {
  const path = Deno.makeTempDirSync({ prefix: "denodpdk-capture-" });
  return {
    at: (name) => `${path}/${name}`,
    [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }),
  };
}

/** Packets of 60 to 2059 bytes, longer than an mbuf some, to one port or the other. */
const PACKETS = Array.from({ length: 3000 }, (_, id) => {
  const headers = [ether(), ipv4({ src: "10.0.0.1", id }), udp({ dstPort: 9 + id % 2 })];
  return Uint8Array.from(frame(...headers, new Uint8Array(18 + id * 37 % 2300).fill(id)));
});

Deno.test("capture: all that comes is in the file; a filter leaves the rest out", async () => {
  using folder = temporaryFolder();
  const input = folder.at("in.pcap");
  writePcap(input, PACKETS);
  for (
    const [name, options, wanted] of [
      ["all.pcapng", ["--count", "3000"], PACKETS],
      [
        "some.pcap",
        ["--filter", "udp dst port 10", "--count", "1500"],
        PACKETS.filter((_, id) => id % 2 === 1),
      ],
    ] as const
  ) {
    await using prefix = testPrefix();
    const [file, json] = [folder.at(name), folder.at("result.json")];
    const capture = prefix.spawn("capture", TRAFFIC, [
      ...prefix.eal({ lcores: "0@0", extra: [...MEMORY, `--vdev=net_pcap0,rx_pcap=${input}`] }),
      ...["--", "capture", file, ...options, "--json", json],
    ]);
    assertEquals((await capture.ended()).code, 0, capture.stderr);
    assertEquals(readPcap(file), wanted.map((packet) => packet));
    const { result } = JSON.parse(Deno.readTextFileSync(json));
    const { captured, written, dropped, filtered, received, imissed, rxNombuf } = result;
    assertEquals([captured, written, dropped], [wanted.length, wanted.length, 0]);
    assertEquals([received, received - filtered, imissed, rxNombuf], [
      PACKETS.length,
      wanted.length,
      0,
      0,
    ]);
    const { success, stderr } = await runToEnd("tcpdump", ["-n", "-r", file, "-c", "1"]);
    assert(success, stderr);
  }
});

Deno.test("capture: Ctrl-C ends it in order; all that came is in the file or counted as lost", async () => {
  using folder = temporaryFolder();
  await using prefix = testPrefix();
  const [file, json] = [folder.at("out.pcapng"), folder.at("result.json")];
  // net_null gives packets as fast as it goes: more than a disk takes
  const capture = prefix.spawn("capture", TRAFFIC, [
    ...prefix.eal({ lcores: "0@0", extra: [...MEMORY, "--vdev=net_null0,size=1000"] }),
    ...["--", "capture", file, "--snaplen", "96", "--json", json],
  ]);
  await capture.waitFor(/1 s: captured/);
  capture.kill("SIGINT");
  assertEquals((await capture.ended()).code, 0, capture.stderr);
  const { result } = JSON.parse(Deno.readTextFileSync(json));
  const { received, captured, written, dropped } = result;
  assertEquals([captured + dropped, written], [received, captured]);
  await using reader = PcapReader.open(file);
  let count = 0;
  for await (const { data, length } of reader) {
    if (data.length === 96 && length === 1000) count++;
  }
  assertEquals(count, captured);
  assertEquals(reader.interfaces[0]!.statistics, { received, dropped });
});

Deno.test("capture: what cannot be is refused in one line", async () => {
  using folder = temporaryFolder();
  for (
    const [options, message] of [
      [["--filter", "udp prt 9"], "syntax error"],
      [["--queue", "1"], "--queue: expected 0, or to be a secondary process, got '1'"],
      [["--ring", "R"], "--ring: expected a ring of a primary, and to be a secondary process"],
    ] as const
  ) {
    await using prefix = testPrefix();
    const capture = prefix.spawn("capture", TRAFFIC, [
      ...prefix.eal({ lcores: "0@0", extra: [...MEMORY, "--vdev=net_null0"] }),
      ...["--", "capture", folder.at("out.pcap"), ...options],
    ]);
    assertEquals((await capture.ended()).code, 1);
    const lines = capture.stderr.split("\n").filter((line) => line.startsWith("traffic: "));
    assertEquals(lines.length, 1, capture.stderr);
    assert(lines[0]!.includes(message), lines[0]);
  }
});
