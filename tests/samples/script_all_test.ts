/** `denodpdk run` with all scripts of `cmd/scripts`: what they do is tested in tests/tools/scripts_test.ts. */

import { ether, frame, ipv4, udp, vlan } from "../../ffi/net/net.ts";
import { assertEquals, assertMatch } from "../assert.ts";
import { type Prefix, program, Scripts, testPrefix, type TestProcess } from "../harness.ts";
import { until } from "../harness/wait.ts";
import { readPcap, writePcap } from "../traffic/pcap.ts";

const SCRIPTS = new URL("../../cmd/scripts/", import.meta.url);
const LINK = ether({ dst: "02:00:00:00:00:02", src: "02:00:00:00:00:01" });
const INSIDE = [ipv4({ src: "10.0.0.1", dst: "10.0.0.2" }), udp({ srcPort: 1, dstPort: 9 }), "x"];
const FRAMES = [frame(LINK, vlan({ id: 5 }), ...INSIDE), frame(LINK, ...INSIDE)];

/** A folder with a script, and with capture files for two ports. */
class Trial extends Scripts {
  constructor(...names: string[]) {
    super();
    for (const name of names) {
      this.write(`${name}.ts`, Deno.readTextFileSync(new URL(`${name}.ts`, SCRIPTS)));
    }
    writePcap(this.here("in0.pcap"), FRAMES);
    writePcap(this.here("in1.pcap"), []);
  }

  /** The device of a port that receives what is in its file, and sends into another one. */
  device(port: number): string {
    const [rx, tx] = ["in", "out"].map((name) => this.path(`${name}${port}.pcap`));
    return `--vdev=net_pcap${port},rx_pcap=${rx},tx_pcap=${tx}`;
  }

  start(prefix: Prefix, name: string, lcores: string, ...extra: string[]): TestProcess {
    const args = ["run", this.path(`${name}.ts`), ...prefix.eal({ lcores, extra })];
    return prefix.spawn(`denodpdk run ${name}`, program("denodpdk"), args);
  }

  /** What a port has sent; nothing where its file is not complete yet. */
  sent(port: number): Uint8Array[] {
    try {
      return readPcap(this.here(`out${port}.pcap`));
    } catch {
      return [];
    }
  }
}

/** Ends a script by Ctrl-C, and looks that it ends in order. */
async function interrupt(prefix: Prefix, process: TestProcess): Promise<void> {
  assertEquals((await process.endBy(() => process.kill("SIGINT"))).code, 0, process.stderr);
  assertEquals(prefix.files(), []);
}

Deno.test("headers prints what comes in", async () => {
  using trial = new Trial("headers");
  await using prefix = testPrefix();
  const process = trial.start(prefix, "headers", "0@0", trial.device(0));
  await process.waitFor("vlan 5, p 0, IP 10.0.0.1.1 > 10.0.0.2.9: UDP, length 1\n");
  await process.waitFor("\nIP 10.0.0.1.1 > 10.0.0.2.9: UDP, length 1\n");
  await interrupt(prefix, process);
});

Deno.test("send_udp sends 1000 packets", async () => {
  using trial = new Trial("send_udp");
  await using prefix = testPrefix();
  const { code } = await trial.start(prefix, "send_udp", "0@0", trial.device(1)).ended();
  assertEquals([code, trial.sent(1).length], [0, 1000]);
});

/** The scripts that forward what is in the file of port 0: their options, and what port 1 sends. */
const FORWARDS: [name: string, lcores: string, own: string[], sent: Uint8Array[]][] = [
  ["forward", "0@0", [], FRAMES.map(swapped)],
  ["forward_two_lcores", "0@0,1@1", [], FRAMES.map(swapped)],
  ["retag", "0@0", ["--", "-f", "5", "-t", "7"], [
    frame(LINK, vlan({ id: 7 }), ...INSIDE),
    frame(LINK, ...INSIDE),
  ]],
];

function swapped(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  ether.swap(new DataView(copy.buffer), 0);
  return copy;
}

for (const [name, lcores, own, sent] of FORWARDS) {
  Deno.test(`${name} forwards`, async () => {
    using trial = new Trial(name);
    await using prefix = testPrefix();
    const process = trial.start(prefix, name, lcores, trial.device(0), trial.device(1), ...own);
    await until(() => trial.sent(1).length === sent.length, "all to be sent", [process.pid]);
    await interrupt(prefix, process);
    assertEquals(trial.sent(1).map(String), sent.map(String));
  });
}

Deno.test("mirror forwards, and writes what matches a filter", async () => {
  using trial = new Trial("mirror");
  await using prefix = testPrefix();
  const own = ["--", "-f", "vlan 5", "-w", trial.path("matched.pcapng")];
  const process = trial.start(prefix, "mirror", "0@0", trial.device(0), trial.device(1), ...own);
  await until(() => trial.sent(1).length === FRAMES.length, "all to be sent", [process.pid]);
  await interrupt(prefix, process);
  assertEquals(process.stdout, "1 packets mirrored\n");
});

Deno.test("answer tells its address", async () => {
  using trial = new Trial("answer");
  await using prefix = testPrefix();
  const own = ["--vdev=net_null0", "--", "-a", "10.0.0.2"];
  const process = trial.start(prefix, "answer", "0@0", ...own);
  await process.waitFor(/^10\.0\.0\.2 is at [\dA-F:]{17}\n/);
  await interrupt(prefix, process);
});

Deno.test("rates attaches to the ports of forward_two_lcores", async () => {
  using trial = new Trial("forward_two_lcores", "rates");
  await using prefix = testPrefix();
  const devices = ["--vdev=net_null0", "--vdev=net_null1"];
  const forwards = trial.start(prefix, "forward_two_lcores", "0@0,1@1", ...devices);
  await forwards.waitFor(/\d+\.\d+ +│ \d{3,}/);
  const rates = trial.start(prefix, "rates", "2@0", "--proc-type=secondary");
  await rates.waitFor(/│ +0 │ +0 │ +\d{3,}/);
  assertEquals((await rates.endBy(() => rates.kill("SIGINT"))).code, 0);
  await interrupt(prefix, forwards);
});

Deno.test("an option of a script that is wrong, and --help, are the script's", async () => {
  using trial = new Trial("answer");
  await using prefix = testPrefix();
  const path = trial.path("answer.ts");
  const wrong = await trial.denodpdk(prefix, ["run", path, "--no-pci", "--", "-a", "10.0.0"]);
  assertEquals(wrong.code, 1);
  assertMatch(wrong.stderr, /^answer: -a: expected an IPv4 address [^\n]*got '10.0.0'\n$/);
  const help = await trial.denodpdk(prefix, ["run", path, "--help"]);
  assertEquals(help.code, 0);
  assertMatch(help.stdout, /^Usage: answer \[EAL options\] -- \[options\]\n/);
});
