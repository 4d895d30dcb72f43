/** traffic's searches on real ports: a device of a known rate over net_memif, and a port that leads to itself. */

import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertStringIncludes } from "../assert.ts";
import { note, testPrefix } from "../harness.ts";

const script = (path: string) => ({
  command: Deno.execPath(),
  args: ["run", "-A", "--no-check", fileURLToPath(new URL(path, import.meta.url))],
});
const TRAFFIC = script("../../cmd/traffic/main.ts");
const DEVICE = script("./fixtures/limited.ts");

/** What the device forwards a second, and in a row: more than comes while nobody has the CPU. */
const RATE = 10_000;
const DEPTH = 500;
/** Seconds of a trial. */
const TRIAL = 0.3;
/** How long the device's loop may stand still at the end of a trial, with packets in its port, seconds. */
const STALL = 0.05;

Deno.test("ndr: the rate of a device over net_memif is between what it surely forwards and what it cannot", async () => {
  await using device = testPrefix();
  await using tester = testPrefix();
  const folder = Deno.makeTempDirSync({ prefix: "denodpdk-ndr-" });
  await using cleaning = new AsyncDisposableStack();
  cleaning.defer(() => Deno.removeSync(folder, { recursive: true }));
  const memif = (role: string) =>
    ["in", "out"].map((name, i) =>
      `--vdev=net_memif${i},role=${role},socket-abstract=no,socket=${folder}/${name}`
    );
  const limited = device.spawn("device", DEVICE, [
    ...device.eal({ lcores: "0@1", extra: ["-m", "64", ...memif("server")] }),
    ...["--", `${RATE}`, `${DEPTH}`],
  ]);
  await limited.waitFor("forwarding");
  const json = `${folder}/ndr.json`;
  const ndr = tester.spawn("ndr", TRAFFIC, [
    ...tester.eal({ lcores: "0@0", extra: ["-m", "64", ...memif("client")] }),
    ...["--", "ndr", "--max", "40kpps", "--trial", `${TRIAL}`, "--sum", "0.9", "--warmup", "0.3"],
    ...["--width", "3%", "--pdr", "10%", "--pause", "0.05", "--json", json],
    ...["--latency-at", "50"],
  ]);
  assertEquals((await ndr.ended()).code, 0, ndr.stderr);
  await limited.closeStdin();
  assertEquals((await limited.ended()).code, 0, limited.stderr);
  const { result, latencies } = JSON.parse(Deno.readTextFileSync(json));
  const { rates, floor, search, foreign, latencyAt } = result;
  const [found, partial] = rates;
  note(
    `NDR ${Math.round(found.result.lower)}, PDR ${
      Math.round(partial.result.lower)
    } pps, of a device ` +
      `that takes ${RATE} a second and ${DEPTH} in a row`,
  );
  assertStringIncludes(ndr.stdout, "floor: the latency without a device");
  assertStringIncludes(ndr.stdout, "trial 1: 40 kpps for 0.3 s");
  assert(floor.min > 0 && floor.count > 0);
  assertEquals([search.complete, foreign], [true, 0]);
  // a trial cannot pass that has more packets than the device takes in the time
  const most = (DEPTH + RATE * (TRIAL + STALL)) / TRIAL;
  assert(found.result.lower > 0 && found.result.lower <= most, `NDR ${found.result.lower}`);
  assert(partial.result.lower <= most / 0.9, `PDR ${partial.result.lower}`);
  assert(partial.result.lower >= found.result.lower);
  assert(partial.result.lower >= 0.8 * RATE, `PDR ${partial.result.lower}`);
  // a trial is counted to the packet: what the device dropped is what was lost
  for (const { sent, received, load, duration } of search.trials) {
    assert(sent <= Math.round(load * duration) && received <= sent);
    assert(received <= most * duration, `${received} came in ${duration} s`);
  }
  assert(found.latency.min > floor.min);
  // half of each rate, in trials behind the search
  assertEquals(
    latencyAt.map(({ goal, load }: { goal: string; load: number }) => [goal, load]),
    [["NDR", found.result.lower / 2], ["PDR", partial.result.lower / 2]],
  );
  assertEquals(
    latencies.map(({ name }: { name: string }) => name),
    ["NDR", "PDR", "50 % of NDR", "50 % of PDR"],
  );
  assertStringIncludes(ndr.stdout, "Latency at shares of the rates found, us");
});

Deno.test("ndr: two lcores, both ways over a pair of ports, and Ctrl-C tells and saves what is known", async () => {
  await using prefix = testPrefix();
  const folder = Deno.makeTempDirSync({ prefix: "denodpdk-ndr-" });
  await using cleaning = new AsyncDisposableStack();
  cleaning.defer(() => Deno.removeSync(folder, { recursive: true }));
  const json = `${folder}/ndr.json`;
  // each is the other end of the other one: what is sent on one comes on the other
  const vdevs = ["server", "client"].map((role, i) =>
    `--vdev=net_memif${i},role=${role},socket-abstract=no,socket=${folder}/socket`
  );
  const ndr = prefix.spawn("ndr", TRAFFIC, [
    ...prefix.eal({ lcores: "0@0,1@1", extra: ["-m", "64", ...vdevs] }),
    ...["--", "ndr", "--bidirectional", "--max", "20kpps", "--trial", "0.2", "--sum", "60"],
    ...["--drain", "0.05", "--warmup", "0.2", "--json", json],
  ]);
  await ndr.waitFor(/trial 2: .*\n/);
  ndr.kill("SIGINT");
  assertEquals((await ndr.ended()).code, 0, ndr.stderr);
  assertStringIncludes(ndr.stdout, "the search was ended early");
  const { result: { search, foreign }, command } = JSON.parse(Deno.readTextFileSync(json));
  assertEquals([command, search.complete, foreign], ["ndr", false, 0]);
  assert(search.trials.length >= 2);
  for (const { sent, received, load, duration } of search.trials) {
    // both ways together; what could not be sent in time is no loss
    assert(sent > 0 && sent <= 2 * Math.round(load * duration), `${sent}`);
    assertEquals(received, sent);
  }
});

Deno.test("rfc2544: a port that leads to itself loses nothing, at all frame sizes", async () => {
  await using prefix = testPrefix();
  const folder = Deno.makeTempDirSync({ prefix: "denodpdk-rfc2544-" });
  await using cleaning = new AsyncDisposableStack();
  cleaning.defer(() => Deno.removeSync(folder, { recursive: true }));
  const json = `${folder}/rfc2544.json`;
  const test = prefix.spawn("rfc2544", TRAFFIC, [
    ...prefix.eal({ lcores: "0@0", extra: ["-m", "128", "--vdev=net_ring0"] }),
    ...["--", "rfc2544", "--sizes", "64,9000,imix", "--max", "10kpps", "--trial", "0.1"],
    ...["--latency", "0.1", "--burst", "0.01", "--repeats", "2", "--drain", "0.05", "--pause", "0"],
    ...["--json", json],
  ]);
  assertEquals((await test.ended()).code, 0, test.stderr);
  const { result: { sizes }, tables, searches } = JSON.parse(Deno.readTextFileSync(json));
  assertEquals(sizes.map(({ name }: { name: string }) => name), ["64", "9000", "imix"]);
  assertEquals(searches.length, 3);
  for (const { found, loss, bursts } of sizes) {
    // what the sender could not send in time counts against the rate, and is no loss
    for (const { sent, received } of found.search.trials) assertEquals(received, sent);
    for (const { lossRatio } of loss) assertEquals(lossRatio, 0);
    assertEquals(bursts.bursts.length, 2);
    assert(bursts.max <= 100);
  }
  for (const { title } of tables) assertStringIncludes(test.stdout, title);
});

Deno.test("ndr: a port that is not there, and two ways over one port, are refused in one line", async () => {
  await using prefix = testPrefix();
  const eal = prefix.eal({ lcores: "0@0", extra: ["-m", "64", "--vdev=net_ring0"] });
  const wrong: [args: string[], line: string][] = [
    [["--ports", "0,5"], "traffic: --ports: expected one of the ports 0, got '5'\n"],
    [["--bidirectional"], "traffic: --bidirectional: expected two ports, got port 0 alone\n"],
    [["--max", "30%"], "traffic: --max: 30 % of the link: the speed of the link is unknown\n"],
  ];
  for (const [args, line] of wrong) {
    const ndr = prefix.spawn("ndr", TRAFFIC, [...eal, "--", "ndr", ...args]);
    assertEquals((await ndr.ended()).code, 1, ndr.stdout);
    assertEquals(ndr.stderr.replace(/^(EAL|TELEMETRY): .*\n/gm, ""), line);
  }
});
