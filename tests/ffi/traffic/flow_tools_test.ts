/** What tshark and Scapy say of the packets of a flow. */

import { fileURLToPath } from "node:url";
import { runToEnd } from "../../../cmd/lib/command.ts";
import { ether, formatIpv4, frame, ipv4, parseIpv4, udp } from "../../../ffi/net/net.ts";
import { Random } from "../../../ffi/traffic/random.ts";
import { counter, flow, list, random, range } from "../../../ffi/traffic/traffic.ts";
import { assert, assertEquals } from "../../assert.ts";
import { writePcap } from "../../traffic/pcap.ts";

const REBUILD = fileURLToPath(new URL("./fixtures/rebuild.py", import.meta.url));
const COUNT = 600;
const LENGTHS = [60, 566, 1514];

function captured(): { packets: Uint8Array[]; expected: string[] } {
  const packets = flow(
    frame(
      ether({ dst: "02:00:00:00:00:02", src: "02:00:00:00:00:01" }),
      ipv4({ dst: "192.0.2.1" }),
      udp(),
      "hello",
    ),
    {
      ipv4: { src: range("10.0.0.250", 100), ttl: list([32, 64, 255]) },
      // ports that tshark takes for no protocol
      udp: { srcPort: random(50_001, 900, 5), dstPort: counter(50_001, { every: 2 }) },
    },
    { sizes: "64,570,1518" },
  );
  const ports = new Random(5);
  const expected = Array.from({ length: COUNT }, (_, i) =>
    [
      formatIpv4(parseIpv4("10.0.0.250") + i % 100),
      [32, 64, 255][i % 3],
      50_001 + Math.floor(ports.below(900)),
      50_001 + Math.floor(i / 2),
      LENGTHS[i % 3],
    ].join(" "));
  return { packets: Array.from({ length: COUNT }, () => packets.next()), expected };
}

const { packets, expected } = captured();
const FILE = Deno.makeTempFileSync({ prefix: "denodpdk-flow-", suffix: ".pcap" });
globalThis.addEventListener("unload", () => Deno.removeSync(FILE));
writePcap(FILE, packets);

async function lines(command: string, args: string[]): Promise<string[]> {
  const { stdout, stderr, success } = await runToEnd(command, args);
  assert(success, stderr);
  return stdout.trimEnd().split("\n");
}

Deno.test("flow: Scapy reads the values that were asked for, and builds the same bytes", async () => {
  assertEquals(
    await lines("/usr/bin/python3", [REBUILD, FILE]),
    expected.map((line) => `${line} True`),
  );
});

Deno.test("flow: tshark reads the same, and finds all checksums good and nothing malformed", async () => {
  const fields = ["ip.src", "ip.ttl", "udp.srcport", "udp.dstport", "frame.len"]
    .concat(["ip.checksum.status", "udp.checksum.status", "_ws.malformed", "_ws.expert.severity"])
    .flatMap((field) => ["-e", field]);
  const checks = ["ip.check_checksum:TRUE", "udp.check_checksum:TRUE"].flatMap((
    one,
  ) => ["-o", one]);
  const data = ["-d", "udp.port==50001-50900,data"];
  const read = await lines("tshark", ["-r", FILE, "-n", "-Tfields", ...checks, ...data, ...fields]);
  // 1 is good; and no expert says anything
  assertEquals(
    read.map((line) => line.split("\t").join(" ").trimEnd()),
    expected.map((line) => `${line} 1 1`),
  );
});
