/** `receive` with several lcores: what comes on several queues is counted to the packet, and is one report. */

import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertStringIncludes } from "../assert.ts";
import { MemifPair } from "./memif_pair.ts";

const SPREAD = {
  command: Deno.execPath(),
  args: [
    "run",
    "-A",
    "--no-check",
    fileURLToPath(new URL("./fixtures/spread.ts", import.meta.url)),
  ],
};
const RATE = 10_000;
const PACKETS = 3000;
/** Of so many packets one is lost. */
const LOSE = 50;

Deno.test("receive: two lcores of a sender reach two lcores here, a stream on each queue", async () => {
  await using pair = new MemifPair();
  const receiver = pair.startWith("receive", "0@0,1@0", [pair.device("server")], [
    ...["receive", "--queues", "2", "--json", pair.file("receive")],
  ]);
  await receiver.waitFor(/1 s: received/);
  const sender = pair.startWith("send", "0@1,1@1", [pair.device("client")], [
    ...["send", "--rate", `${RATE}pps`, "--duration", "1", "--stream", "4"],
    ...["--json", pair.file("send")],
  ]);
  assertEquals((await sender.ended()).code, 0, sender.stderr);
  assertEquals((await receiver.endBy(() => receiver.kill("SIGINT"))).code, 0, receiver.stderr);
  const { result: { report, streams } } = pair.json("send");
  const { result, notes, tables } = pair.json("receive");
  assertEquals([result.packets, result.probes], [report.sent, report.sent]);
  for (const stream of [4, 5]) {
    const { received, lost, duplicates, reordered, latency } = result.streams[stream];
    assertEquals([received, lost, duplicates, reordered], [streams[stream], 0, 0, 0]);
    assertEquals(latency.count, received);
  }
  const queues = result.queues.map((
    { packets, streams }: { packets: number; streams: number[] },
  ) => [packets, streams]);
  assertEquals(queues, [[streams[4], [4]], [streams[5], [5]]]);
  assertEquals(result.floor.count, 10_000);
  assertEquals(notes, [
    "The driver net_memif does not spread packets over its queues (no RSS): each came on the queue " +
    "that the other end sent it to.",
  ]);
  assert(tables.some(({ title }: { title: string }) => title === "Queues"));
  assertStringIncludes(
    receiver.stdout,
    `queues:   ${streams[4]} on queue 0, ${streams[5]} on queue 1`,
  );
});

Deno.test("receive: a stream that is spread over queues loses what was lost, and no more", async () => {
  await using pair = new MemifPair();
  const receiver = pair.startWith("receive", "0@0,1@0", [pair.device("server", "socket", 1)], [
    ...["receive", "--queues", "2", "--sent", `${PACKETS}`, "--json", pair.file("receive")],
  ]);
  await receiver.waitFor(/1 s: received/);
  const devices = ["net_ring0", pair.device("client", "socket", 1)];
  const sender = pair.startWith("spread", "0@1", devices, [`${PACKETS}`, `${LOSE}`], SPREAD);
  const [, text = ""] = await sender.waitFor(/^(\{"sent":.*\})$/m);
  const { sent: [first, second] } = JSON.parse(text) as { sent: [number, number] };
  // what was given to the port is there when it goes away
  await receiver.waitFor(/: received \d.*\n\d+ s: received nothing/);
  await sender.closeStdin();
  assertEquals((await sender.ended()).code, 0, sender.stderr);
  assertEquals((await receiver.endBy(() => receiver.kill("SIGINT"))).code, 0, receiver.stderr);
  const { result, notes } = pair.json("receive");
  const { received, lost, duplicates, latency } = result.streams[7];
  assert(first > 0 && second > first && first + second <= PACKETS - PACKETS / LOSE);
  assertEquals([received, lost, duplicates], [first + second, PACKETS - first - second, 0]);
  assertEquals([latency.count, result.packets], [received, received]);
  assertEquals(
    result.queues.map(({ packets }: { packets: number }) => packets),
    [first, second],
  );
  assertStringIncludes(notes.join("\n"), "Stream 7 came on several queues: what is reordered");
  assertStringIncludes(receiver.stdout, "Stream 7 came on several queues");
});

Deno.test("receive: more queues than lcores are refused, and an lcore without a queue is told of", async () => {
  await using pair = new MemifPair();
  const run = async (...args: string[]) => {
    const receive = pair.startWith("receive", "0@0,1@0", [pair.device("server")], [
      ...["receive", "--duration", "0.1", ...args],
    ]);
    return { ended: await receive.ended(), receive };
  };
  const many = await run("--queues", "3");
  assertEquals(many.ended.code, 1);
  assert(
    many.receive.stderr.endsWith(
      "traffic: --queues: expected a number up to 2, as there are lcores, got '3'\n",
    ),
    many.receive.stderr,
  );
  const one = await run();
  assertEquals(one.ended.code, 0, one.receive.stderr);
  assertStringIncludes(one.receive.stdout, "so one was used: 1 lcore of 2 did nothing; --queues");
});
