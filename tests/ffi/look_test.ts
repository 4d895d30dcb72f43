/** Secondaries that come, look and go: files and ports of net_pcap stay as they are. */

import { pcapDevices } from "../../ffi/host/pcap.ts";
import { createPktmbufPool, Memzone, Port } from "../../mod.ts";
import { assertEquals, assertStringIncludes } from "../assert.ts";
import { program } from "../harness/program.ts";
import { readPcap, writePcap } from "../traffic/pcap.ts";
import { ealArgs, initTestEal, PREFIX, test } from "./eal.ts";
import { burstOf } from "./packets.ts";
import { Peer } from "./peer.ts";
import { runToEnd } from "../../cmd/lib/command.ts";

// net_pcap keeps 63 characters of the arguments for secondaries
const folder = Deno.makeTempDirSync({
  prefix: "denodpdk-a-name-so-long-that-the-rest-is-cut-off-",
});
Deno.test.afterAll(() => Deno.removeSync(folder, { recursive: true }));
const path = (name: string) => `${folder}/${name}.pcap`;
writePcap(path("in"), [new Uint8Array(60).fill(1), new Uint8Array(60).fill(2)]);

const devices = [0, 1].map((i) => ({
  name: `net_pcap${i}`,
  args: `rx_pcap=${path("in")},tx_pcap=${path(`out${i}`)}`,
}));
const vdevs = devices.map(({ name, args }) => `--vdev=${name},${args}`);
initTestEal("0@0", {}, ...vdevs);

test("the net_pcap devices of a command line, with their arguments", () => {
  assertEquals(
    pcapDevices(["-l", "0", ...vdevs, "--vdev", "net_null0", "--vdev=net_ring0,x"]),
    devices,
  );
});

test("a secondary that cannot see the whole of such arguments says so, and makes no file", async () => {
  using zone = Memzone.lookup("DENODPDK_PCAP");
  const count = new Uint32Array(zone.buffer, 0, 1);
  count[0] = 0;
  const peer = new Peer("early_secondary", ealArgs("2@1", PREFIX, "--proc-type=secondary"));
  assertEquals(await peer.next(), "attached");
  const { stderr } = await peer.end();
  count[0] = devices.length;
  assertStringIncludes(stderr, "net_pcap0: net_pcap keeps 63 characters of a device's arguments");
  assertEquals([...Deno.readDirSync(folder)].length, 3);
});

/** Runs `inspect --json` on this process. */
async function inspect(): Promise<{ ports: { name: string }[] }> {
  const { command, args } = program("inspect");
  const { code, stdout, stderr } = await runToEnd(command, [
    ...args,
    "--file-prefix",
    PREFIX,
    "--json",
  ]);
  assertEquals([code, stderr], [0, ""]);
  return JSON.parse(stdout);
}

test("inspect, and a secondary with ports: outputs and link stay as they are", async () => {
  using pool = createPktmbufPool("P", 511);
  const ports = devices.map(({ name }) => Port.open(name, { pool }));
  const state = () =>
    ports.map((port, i) => [port.link().up, readPcap(path(`out${i}`)).map((it) => it.length)]);
  ports.forEach((port, i) => {
    using burst = burstOf(pool, "x".repeat(60 + i));
    using tx = port.txQueue(0);
    assertEquals(tx.send(burst), 1);
  });
  const before = state();
  assertEquals(before, [[true, [60]], [true, [61]]]);

  const seen = await inspect();
  assertEquals(seen.ports.map(({ name }) => name), ["net_pcap0", "net_pcap1"]);
  assertEquals(state(), before);

  const peer = new Peer("early_secondary", ealArgs("1@1", PREFIX, "--proc-type=secondary"));
  assertEquals(await peer.next(), "attached");
  await peer.tell("net_pcap1");
  assertEquals(await peer.next(), [ports[1]?.id, 1, 0, 0], "it has both ports");
  assertEquals(state(), before);
  assertEquals((await peer.end()).code, 0);
  assertEquals(state(), before);
  assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), [
    "in.pcap",
    "out0.pcap",
    "out1.pcap",
  ]);

  // what a stop closes, the next start appends to
  for (const port of ports) {
    port.stop();
    port.start();
  }
  assertEquals(state(), before);
  for (const port of ports) port.close();
});
