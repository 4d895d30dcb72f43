/** traffic: what one process sends over net_memif another one receives and judges. */

import { assert, assertEquals } from "../assert.ts";
import { runToEnd } from "../../cmd/lib/command.ts";
import { SharedFolder, testPrefix } from "../harness.ts";
import { MemifPair, TRAFFIC } from "../traffic/memif_pair.ts";

const SECONDS = 1;
const RATE = 20_000;

Deno.test("traffic: every packet that left is received, and none is lost", async () => {
  await using pair = new MemifPair();
  const receiver = pair.start("receive", "server", [
    ...["receive", "--json", pair.file("receive"), "--hgrm", pair.file("hgrm")],
  ]);
  await receiver.waitFor(/1 s: received/);
  const sender = pair.start("send", "client", [
    ...["send", "--rate", `${RATE}pps`, "--duration", `${SECONDS}`, "--stream", "7"],
    ...["--frame", "ether/ipv4(src=10.0.0.0/24)/udp(dport=9)", "--size", "imix"],
    ...["--json", pair.file("send")],
  ]);
  assertEquals((await sender.ended()).code, 0, sender.stderr);
  const { result: { report, streams } } = pair.json("send");
  assertEquals(streams, { 7: report.sent });
  receiver.kill("SIGINT");
  assertEquals((await receiver.ended()).code, 0, receiver.stderr);
  const { tool, command, machine, args, series: [{ points }], result } = pair.json(
    "receive",
  );
  assertEquals([tool, command], ["denodpdk traffic", "receive"]);
  assert(args.includes("receive") && machine.tscHz > 0 && machine.bootId.length > 10);
  // latencies by second: all packets that came before the last look were in one of them
  assert(points.some(({ latency }: { latency?: { p50: number } }) => latency && latency.p50 > 0));
  assert(report.asked >= SECONDS * RATE && report.sent > 0);
  assert(report.sent + report.refused + report.skipped <= report.asked + 1);
  assertEquals([result.packets, result.probes], [report.sent, report.sent]);
  const { lost, duplicates, reordered, latency } = result.streams[7];
  assertEquals([lost, duplicates, reordered, latency.count], [0, 0, 0, report.sent]);
  // the floor is measured first: without a port, and so below what came through one
  const { floor } = result;
  assertEquals([floor.count, floor.invalid], [10_000, 0]);
  assert(latency.min > 0 && floor.min > 0);
  assert(/^floor: +[\d.]+ us at least, [\d.]+ us at the median/m.test(receiver.stdout));
  const hgrm = pair.folder.text("hgrm");
  assert(hgrm.includes(`Total count    = ${String(report.sent).padStart(12)}]`), hgrm);
  assert(receiver.stdout.includes(`stream 7: ${report.sent} received, 0 lost`), receiver.stdout);
  // both files together, without EAL
  const page = pair.file("page");
  const files = [pair.file("send"), pair.file("receive")];
  const words = [...TRAFFIC.args, "report", ...files, "--report", page];
  const merged = await runToEnd(TRAFFIC.command, words);
  assert(merged.success, merged.text);
  const { sent } = report;
  assert(RegExp(`│ +7 │ +${sent} │ +0 │ +${sent} │ +0 │`).test(merged.stdout), merged.stdout);
  assert(!merged.stdout.includes("clocks") && merged.stdout.includes("Latency, us"));
  assert(pair.folder.text("page").includes("Latency by percentile"));
});

Deno.test("send: each lcore has a queue, its part of the rate and a stream", async () => {
  using folder = new SharedFolder();
  await using prefix = testPrefix();
  const send = async (...options: string[]) => {
    const sender = prefix.spawn("send", TRAFFIC, [
      ...prefix.eal({ lcores: "0@0,1@1", extra: ["-m", "64", "--vdev=net_null0"] }),
      ...["--", "send", "--duration", `${SECONDS}`, ...options],
    ]);
    const { code } = await sender.ended();
    return { code, stderr: sender.stderr };
  };
  const ended = await send(
    ...["--rate", `${RATE}pps`, "--stream", "4", "--json", folder.there("send.json")],
  );
  assertEquals(ended.code, 0, ended.stderr);
  const { result: { report, streams } } = JSON.parse(folder.text("send.json"));
  assertEquals(Object.keys(streams), ["4", "5"]);
  assertEquals(streams[4] + streams[5], report.sent);
  assert(Math.abs(report.askedRate - RATE) < 1e-6 && report.asked >= SECONDS * RATE);
  // each was asked for half of them
  assert(Math.max(streams[4], streams[5]) <= 0.6 * report.asked);
  const wrong = await send("--stream", "65535");
  assertEquals(wrong.code, 1);
  assert(
    wrong.stderr.endsWith(
      "traffic: --stream: expected a stream from 0 to 65534 for 2 lcores, got '65535'\n",
    ),
    wrong.stderr,
  );
});
