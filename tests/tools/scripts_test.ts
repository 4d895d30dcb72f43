/** The scripts that people write first: each does what it says, and is as short as it may be. */

import { fileURLToPath } from "node:url";
import { ether, frame, ipv4, udp, vlan } from "../../ffi/net/net.ts";
import { assert, assertEquals, assertLessOrEqual, assertStringIncludes } from "../assert.ts";
import { type Prefix, testPrefix, type TestProcess } from "../harness.ts";
import { until } from "../harness/wait.ts";
import { readPcap, writePcap } from "../traffic/pcap.ts";

/** Lines that each may have, comment and imports counted, and none longer than 100 columns. */
const LINES: Record<string, number> = {
  headers: 8,
  send_udp: 9,
  rates: 6,
  forward: 14,
  forward_two_lcores: 18,
};

const pathOf = (name: string) =>
  fileURLToPath(new URL(`../../cmd/scripts/${name}.ts`, import.meta.url));

/** A running script. */
function script(prefix: Prefix, name: string, lcores: string, ...extra: string[]): TestProcess {
  const command = { command: Deno.execPath(), args: ["run", "-A", "--no-check", pathOf(name)] };
  return prefix.spawn(name, command, prefix.eal({ lcores, extra }));
}

/** A frame of 60 bytes to a MAC address that ends in this, from one of ones. */
const frameTo = (last: number) => new Uint8Array(60).fill(1).fill(last, 5, 6);

/** Last bytes of the addresses of a frame. */
const ends = (frame: Uint8Array) => [frame[5], frame[11]];

/** A folder for the files of net_pcap. */
function folder(): { path: (name: string) => string } & Disposable {
  const made = Deno.makeTempDirSync({ prefix: "denodpdk-scripts-" });
  return {
    path: (name) => `${made}/${name}.pcap`,
    [Symbol.dispose]: () => Deno.removeSync(made, { recursive: true }),
  };
}

for (const [name, most] of Object.entries(LINES)) {
  Deno.test(`${name} has at most ${most} lines of 100 columns`, () => {
    const lines = Deno.readTextFileSync(pathOf(name)).trimEnd().split("\n");
    assertLessOrEqual(lines.filter((line) => line !== "").length, most);
    assert(lines.every((line) => line.length <= 100));
  });
}

Deno.test("headers prints a line for each packet that comes in", async () => {
  using files = folder();
  writePcap(files.path("in"), [frameTo(7), frameTo(8)]);
  await using prefix = testPrefix();
  const process = script(prefix, "headers", "0@0", `--vdev=net_pcap0,rx_pcap=${files.path("in")}`);
  await process.waitFor("01:01:01:01:01:08, ethertype");
  const { code } = await process.endBy(() => process.kill("SIGINT"));
  assertEquals([code, process.stdout], [
    0,
    [7, 8].map((last) =>
      `01:01:01:01:01:01 > 01:01:01:01:01:0${last}, ethertype 0x0101, length 60\n`
    ).join(""),
  ]);
});

Deno.test("send_udp sends 1000 packets, 10 each 10 ms", async () => {
  using files = folder();
  writePcap(files.path("in"), []);
  await using prefix = testPrefix();
  const began = performance.now();
  const device = `--vdev=net_pcap0,rx_pcap=${files.path("in")},tx_pcap=${files.path("out")}`;
  const { code } = await script(prefix, "send_udp", "0@0", device).ended();
  const seconds = (performance.now() - began) / 1000;
  const sent = readPcap(files.path("out"));
  assertEquals([code, sent.length, new Set(sent.map((packet) => `${packet}`)).size], [0, 1000, 1]);
  assert(seconds > 0.99, `${seconds} s`);
  const text = new TextDecoder().decode(sent[0]?.subarray(42));
  assertEquals(text, "hello, DPDK\n");
});

Deno.test("rates prints packets per second by queue of another program's port", async () => {
  await using prefix = testPrefix();
  const vdevs = ["--vdev=net_null0", "--vdev=net_null1"];
  const forwards = script(prefix, "forward_two_lcores", "0@0,1@1", ...vdevs);
  await forwards.waitFor(/\d+\.\d+ +│ \d{3,}/);
  const command = { command: Deno.execPath(), args: ["run", "-A", "--no-check", pathOf("rates")] };
  const rates = prefix.spawn("rates", command, prefix.eal({ type: "secondary", lcores: "2@0" }));
  // index, queue, packets received in a second
  await rates.waitFor(/│ +0 │ +0 │ +\d{3,}/);
  assertEquals((await rates.endBy(() => rates.kill("SIGINT"))).code, 0);
  assertEquals((await forwards.endBy(() => forwards.kill("SIGINT"))).code, 0);
});

/** How a script forwards: its lcores, and the ports that `-p` names, of four where it does. */
const FORWARDS: [name: string, lcores: string, ports: number[], more: string[]][] = [
  ["forward", "0@0", [0, 1], []],
  ["forward", "0@0,1@1", [0, 1], []],
  ["forward", "0@0", [2, 3], ["--", "-p", "c"]],
  ["forward_two_lcores", "0@0,1@1", [0, 1], []],
  ["forward_two_lcores", "0@0,1@1", [2, 3], ["--", "-p", "c"]],
];

for (const [name, lcores, ports, more] of FORWARDS) {
  const how = `on lcores ${lcores}${more.length > 0 ? `, with ${more.join(" ")}` : ""}`;
  Deno.test(`${name} ${how} sends what came from each port out of the other, addresses swapped`, async () => {
    using files = folder();
    await using prefix = testPrefix();
    const all = more.length > 0 ? [0, 1, 2, 3] : [0, 1];
    const vdevs = all.map((port) => {
      writePcap(files.path(`in${port}`), Array.from({ length: 40 }, () => frameTo(port + 2)));
      const [rx, tx] = [files.path(`in${port}`), files.path(`out${port}`)];
      return `--vdev=net_pcap${port},rx_pcap=${rx},tx_pcap=${tx}`;
    });
    const process = script(prefix, name, lcores, ...vdevs, ...more);
    const size = (name: string) => {
      try {
        return Deno.statSync(files.path(name)).size;
      } catch {
        return 0;
      }
    };
    const isFull = (port: number) => size(`out${port}`) === size(`in${port}`);
    await until(() => ports.every(isFull), "both files to be full", [process.pid]);
    assertEquals((await process.endBy(() => process.kill("SIGINT"))).code, 0);
    for (const port of ports) {
      const sent = readPcap(files.path(`out${port}`)).map(ends);
      assertEquals(sent, Array(40).fill([1, (port ^ 1) + 2]));
    }
    for (const port of all.filter((port) => !ports.includes(port))) {
      assertEquals(readPcap(files.path(`out${port}`)), []);
    }
  });
}

Deno.test("retag changes the id of one VLAN and nothing else, as tcpdump sees it", async () => {
  using files = folder();
  await using prefix = testPrefix();
  const link = ether({ dst: "02:00:00:00:00:02", src: "02:00:00:00:00:01" });
  const inside = [ipv4({ src: "10.0.0.1", dst: "10.0.0.2" }), udp({ srcPort: 1, dstPort: 9 }), "x"];
  const tags = [
    [vlan({ id: 5, priority: 3, dei: true })],
    [vlan({ id: 6, priority: 3 })],
    // a tag inside is another's
    [vlan({ id: 6, tpid: ether.VLAN }), vlan({ id: 5 })],
    [],
    [vlan({ id: 5 })],
  ];
  const frames = tags.map((tags) => frame(link, ...tags, ...inside));
  writePcap(files.path("in0"), frames);
  writePcap(files.path("in1"), []);
  const vdevs = [0, 1].map((port) => {
    const [rx, tx] = [files.path(`in${port}`), files.path(`out${port}`)];
    return `--vdev=net_pcap${port},rx_pcap=${rx},tx_pcap=${tx}`;
  });
  const process = script(prefix, "retag", "0@0", ...vdevs, "--", "-f", "5", "-t", "7");
  const bytes = Deno.statSync(files.path("in0")).size;
  await until(
    () => {
      try {
        return Deno.statSync(files.path("out1")).size === bytes;
      } catch {
        return false;
      }
    },
    "the file to be full",
    [process.pid],
  );
  assertEquals((await process.endBy(() => process.kill("SIGINT"))).code, 0);
  const lines = async (name: string) => {
    const args = ["-r", files.path(name), "-n", "-e", "-t"];
    const { stdout } = await new Deno.Command("tcpdump", { args, stderr: "null" }).output();
    return new TextDecoder().decode(stdout).trimEnd().split("\n");
  };
  const [before, after] = [await lines("in0"), await lines("out1")];
  const changed = [0, 4];
  assertEquals(
    after,
    before.map((line, i) => changed.includes(i) ? line.replace("vlan 5,", "vlan 7,") : line),
  );
  assertStringIncludes(after[0] ?? "", "vlan 7, p 3, DEI, ");
});
