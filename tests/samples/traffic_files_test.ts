/** traffic: capture files are replayed and captured again, and results are shown again. */

import { ether, frame, ipv4, udp } from "../../ffi/net/net.ts";
import { assertEquals, assertStringIncludes } from "../assert.ts";
import { program, SharedFolder, testPrefix } from "../harness.ts";
import { readPcap, writePcap } from "../traffic/pcap.ts";

const PACKETS = Array.from({ length: 50 }, (_, id) =>
  frame(
    ether({ dst: "02:00:00:00:00:02", src: "02:00:00:00:00:01" }),
    ipv4({ src: "10.0.0.1", dst: "10.0.0.2", id }),
    udp({ srcPort: 50_000, dstPort: 9 }),
    new Uint8Array(18 + id),
  ));

Deno.test("what is replayed out of a port is captured out of another one, and reported", async () => {
  using folder = new SharedFolder();
  await using prefix = testPrefix();
  const at = (name: string) => folder.there(name);
  const packets = (name: string) => readPcap(folder.here(name));
  const run = async (name: string, vdev: string, ...args: string[]) => {
    const extra = ["-m", "64", `--vdev=net_pcap0,${vdev}`];
    const eal = prefix.eal({ lcores: "0@0", extra });
    const process = prefix.spawn(name, program("traffic"), [...eal, "--", ...args]);
    assertEquals((await process.ended()).code, 0, process.stdout + process.stderr);
  };
  writePcap(folder.here("in.pcap"), PACKETS);
  await run(
    "replay",
    `rx_pcap=${at("in.pcap")},tx_pcap=${at("sent.pcap")}`,
    ...["replay", at("in.pcap"), "--rate", "10kpps", "--json", at("replay.json")],
  );
  assertEquals(packets("sent.pcap"), PACKETS.map((packet) => Uint8Array.from(packet)));
  await run(
    "capture",
    `rx_pcap=${at("sent.pcap")},tx_pcap=${at("none.pcap")}`,
    ...["capture", at("captured.pcapng"), "--count", `${PACKETS.length}`],
  );
  assertEquals(packets("captured.pcapng"), packets("sent.pcap"));
  const report = prefix.spawn("report", program("traffic"), [
    ...["report", at("replay.json"), "--report", at("page.html")],
  ]);
  assertEquals((await report.ended()).code, 0, report.stderr);
  assertStringIncludes(report.stdout, `${PACKETS.length}`);
  assertStringIncludes(folder.text("page.html"), "<!doctype html>");
});
