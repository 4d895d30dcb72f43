/** The scripts that people write first: each does what it says, and is as short as it may be. */

import { fileURLToPath } from "node:url";
import { ether, frame, ipv4, tcp, udp, vlan } from "../../ffi/net/net.ts";
import { PcapReader } from "../../ffi/pcap/pcap.ts";
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
interface Folder extends Disposable {
  /** Where a capture file is. */
  path(name: string): string;
  /** Its bytes; 0 where there is none. */
  size(name: string): number;
}

function folder(): Folder {
  const made = Deno.makeTempDirSync({ prefix: "denodpdk-scripts-" });
  const path = (name: string) => `${made}/${name}.pcap`;
  return {
    path,
    size(name) {
      try {
        return Deno.statSync(path(name)).size;
      } catch {
        return 0;
      }
    },
    [Symbol.dispose]: () => Deno.removeSync(made, { recursive: true }),
  };
}

/** A port that receives what is in file `in0`, `in1` and so on, and sends into `out0` and so on. */
function pcapPort(files: Folder, port: number): string {
  const [rx, tx] = [files.path(`in${port}`), files.path(`out${port}`)];
  return `--vdev=net_pcap${port},rx_pcap=${rx},tx_pcap=${tx}`;
}

/** A line for each packet of a file, as tcpdump shows those that it is asked for. */
async function tcpdump(path: string, ...args: string[]): Promise<string[]> {
  const { stdout } = await new Deno.Command("tcpdump", {
    args: ["-r", path, "-n", "-t", ...args],
    stderr: "null",
  }).output();
  return new TextDecoder().decode(stdout).trimEnd().split("\n");
}

for (const [name, most] of Object.entries(LINES)) {
  Deno.test(`${name} has at most ${most} lines of 100 columns`, () => {
    const lines = Deno.readTextFileSync(pathOf(name)).trimEnd().split("\n");
    assertLessOrEqual(lines.filter((line) => line !== "").length, most);
    assert(lines.every((line) => line.length <= 100));
  });
}

Deno.test("the README tells how many lines each script has", () => {
  const readme = Deno.readTextFileSync(pathOf("headers").replace(/headers.ts$/, "README.md"));
  const told = [...readme.matchAll(/^\| \[(\w+)\.ts\]\(\w+\.ts\) \| (\d+) \|/gm)];
  assertEquals(
    told.map(([, name = "", lines]) => [name, Number(lines)]),
    told.map(([, name = ""]) => {
      const text = Deno.readTextFileSync(pathOf(name));
      return [name, text.split("\n").filter((line) => line !== "").length];
    }),
  );
  assertEquals(told.length, 8);
});

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
      return pcapPort(files, port);
    });
    const process = script(prefix, name, lcores, ...vdevs, ...more);
    const isFull = (port: number) => files.size(`out${port}`) === files.size(`in${port}`);
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
  const vdevs = [0, 1].map((port) => pcapPort(files, port));
  const process = script(prefix, "retag", "0@0", ...vdevs, "--", "-f", "5", "-t", "7");
  const isFull = () => files.size("out1") === files.size("in0");
  await until(isFull, "the file to be full", [process.pid]);
  assertEquals((await process.endBy(() => process.kill("SIGINT"))).code, 0);
  const [before = [], after = []] = await Promise.all(
    ["in0", "out1"].map((name) => tcpdump(files.path(name), "-e")),
  );
  const changed = [0, 4];
  assertEquals(
    after,
    before.map((line, i) => changed.includes(i) ? line.replace("vlan 5,", "vlan 7,") : line),
  );
  assertStringIncludes(after[0] ?? "", "vlan 7, p 3, DEI, ");
});

/** Packet `i` of a port: every sixth one is UDP to port 53. */
function dnsOrNot(i: number, port: number): Uint8Array {
  const link = ether({ dst: "02:00:00:00:00:02", src: "02:00:00:00:00:01" });
  const ip = ipv4({ src: `10.${port}.0.1`, dst: "10.9.0.2", id: i });
  const ports = { srcPort: 1024 + i, dstPort: i % 3 === 0 ? 53 : 54 };
  return frame(link, ip, i % 2 === 0 ? udp(ports) : tcp(ports), "x".repeat(i));
}

Deno.test("mirror forwards all, and writes what tcpdump takes by the same filter", async () => {
  using files = folder();
  await using prefix = testPrefix();
  const [count, filter] = [60, "udp port 53 and ip[4:2] > 5"];
  const vdevs = [0, 1].map((port) => {
    writePcap(files.path(`in${port}`), Array.from({ length: count }, (_, i) => dnsOrNot(i, port)));
    return pcapPort(files, port);
  });
  const path = files.path("mirror").replace(/pcap$/, "pcapng");
  const process = script(prefix, "mirror", "0@0", ...vdevs, "--", "-f", filter, "-w", path);
  const isFull = (port: number) => files.size(`out${port}`) === files.size(`in${port ^ 1}`);
  await until(() => [0, 1].every(isFull), "both files to be full", [process.pid]);
  assertEquals((await process.endBy(() => process.kill("SIGINT"))).code, 0);
  const wanted = await Promise.all([0, 1].map((port) => tcpdump(files.path(`in${port}`), filter)));
  assertEquals((await tcpdump(path)).toSorted(), wanted.flat().toSorted());
  // all sixths but the first
  assertEquals([wanted[0]?.length, process.stdout], [9, "18 packets mirrored\n"]);
  const on: Record<string, number> = {};
  for await (const { interface: { name = "" } } of PcapReader.open(path)) {
    on[name] = (on[name] ?? 0) + 1;
  }
  assertEquals(on, { net_pcap0: 9, net_pcap1: 9 });
});

Deno.test("mirror: a wrong filter is told in libpcap's words", async () => {
  using files = folder();
  await using prefix = testPrefix();
  const vdevs = ["--vdev=net_null0", "--vdev=net_null1"];
  const own = ["--", "-f", "udp prt 53", "-w", files.path("none")];
  const process = script(prefix, "mirror", "0@0", ...vdevs, ...own);
  assertEquals((await process.ended()).code, 1);
  assertStringIncludes(process.stderr, 'mirror: pcap_compile("udp prt 53"): EINVAL: ');
  assertEquals(prefix.files(), []);
});
