/** How symmetric_mp ends: a key on a terminal, signals, kills; the others forward on. */

import { assertEquals, assertGreaterOrEqual, assertMatch } from "../assert.ts";
import {
  KEYS,
  note,
  type Prefix,
  program,
  startOnTerminal,
  testPrefix,
  type TestProcess,
} from "../harness.ts";
import { QueueWatcher } from "../traffic/symmetric_mp.ts";

const PORTS = ["net_null0", "net_null1"];
const OWN = ["--", "-p", "3", "--num-procs=2"];
const MP_SERVER = ["--", "-p", "3", "-n", "1"];

/** Starts process 1 of 2 and waits until it forwards. */
async function startSecond(prefix: Prefix): Promise<TestProcess> {
  const second = prefix.spawn("symmetric_mp 1", program("symmetric_mp"), [
    ...prefix.eal({ type: "secondary", lcores: "1@1" }),
    ...OWN,
    "--proc-id=1",
  ]);
  await second.waitFor("using queue 1 of each port");
  return second;
}

/** What a process prints in the end, after the number of the signal. */
const LAST = (signal: number) =>
  new RegExp(
    `\\n\\nExiting on signal ${signal}\\n\\n` +
      "Port 0: RX - [1-9]\\d*, TX - [1-9]\\d*, Drop - 0\\n" +
      "Port 1: RX - [1-9]\\d*, TX - [1-9]\\d*, Drop - 0\\n$",
  );

Deno.test("a second process ends by any signal and comes back; Ctrl-C ends the primary", async () => {
  await using prefix = testPrefix();
  const terminal = startOnTerminal(prefix, "symmetric_mp 0", program("symmetric_mp"), [
    ...prefix.eal({ lcores: "0@0", extra: PORTS.map((dev) => `--vdev=${dev}`) }),
    ...OWN,
    "--proc-id=0",
  ]);
  await terminal.shows(
    "that it forwards",
    ({ lines }) => lines.some((line) => line === "lcore 0 using queue 0 of each port"),
  );
  const watcher = new QueueWatcher(prefix, PORTS);
  for (const [signal, number] of [["SIGINT", 2], ["SIGTERM", 15], ["SIGHUP", 1]] as const) {
    const second = await startSecond(prefix);
    await watcher.untilCounting(0, 1);
    const { code, ms } = await second.endBy(() => second.kill(signal));
    assertEquals(code, 0, second.stderr);
    assertMatch(second.stdout, LAST(number));
    note(`secondary, ${signal}: ended in ${ms} ms`);
    await watcher.untilCounting(0);
  }
  for (let kills = 0; kills < 2; kills++) {
    const second = await startSecond(prefix);
    await watcher.untilCounting(0, 1);
    assertEquals((await second.endBy(() => second.kill("SIGKILL"))).signal, "SIGKILL");
    await watcher.untilCounting(0);
  }
  const [first] = await watcher.counts();
  await watcher.end();
  const from = performance.now();
  await terminal.type(KEYS.interrupt);
  const { status, before, after } = await terminal.left();
  note(`primary, Ctrl-C: ended in ${Math.round(performance.now() - from)} ms`);
  assertEquals([status, after], [0, before]);
  const { lines } = await terminal.screen();
  const at = lines.indexOf("Exiting on signal 2");
  assertEquals(at > 0, true, lines.join("\n"));
  // what the killed ones held may come back, and be told, until all has ended
  const [, received] =
    lines.slice(at).join("\n").match(/^Port 0: RX - (\d+), TX - \d+, Drop - 0$/m) ?? [];
  assertGreaterOrEqual(Number(received), first?.rx[0] ?? NaN);
  assertEquals(prefix.files(), []);
});

for (
  const [name, own] of [["symmetric_mp", [...OWN, "--proc-id=0"]], [
    "mp_server",
    MP_SERVER,
  ]] as const
) {
  Deno.test(`${name}: Ctrl-C while it waits for links`, async () => {
    await using prefix = testPrefix();
    // net_memif has a link when somebody has come, and nobody does
    const vdevs = [0, 1].map((i) => `--vdev=net_memif${i},role=server,socket=${prefix.name}_${i}`);
    const process = prefix.spawn(name, program(name), [
      ...prefix.eal({ lcores: "0@0", extra: vdevs }),
      ...own,
    ]);
    await process.waitFor("Checking link status.");
    const { code } = await process.endBy(() => process.kill("SIGINT"));
    assertEquals(code, 0, process.stderr);
    const [, dots = ""] = process.stdout.match(/Checking link status(\.+)done\n/) ?? [];
    assertEquals(dots.length > 0 && dots.length < 90, true, process.stdout);
    assertEquals(prefix.files(), []);
  });
}
