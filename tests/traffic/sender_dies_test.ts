/** A sender that is killed or stopped over net_memif: the receiver goes on, and its report is right. */

import { assert, assertEquals, assertGreater } from "../assert.ts";
import type { TestProcess } from "../harness.ts";
import { MemifPair } from "./memif_pair.ts";

const RATE = 20_000;

/** A second in which so many came. */
const SOME = /received (?!nothing)/;

function send(pair: MemifPair, name: string, stream: number, ...more: string[]): TestProcess {
  const options = ["--rate", `${RATE}pps`, "--stream", `${stream}`];
  return pair.start(name, "client", ["send", ...options, "--json", pair.file(name), ...more]);
}

Deno.test("a sender is killed: the receiver ends with its report, and takes the next sender's", async () => {
  await using pair = new MemifPair();
  const receiver = pair.start("receiver", "server", ["receive", "--json", pair.file("receiver")]);
  await receiver.waitFor(/1 s: received/);
  const killed = send(pair, "killed", 1);
  await receiver.waitFor(SOME);
  killed.kill("SIGKILL");
  assertEquals((await killed.ended()).signal, "SIGKILL");
  // what it had handed over has come when nothing comes for a second
  const { length } = receiver.stdout;
  await receiver.waitFor(/received nothing/, { from: length });
  const next = send(pair, "next", 2, "--duration", "1");
  assertEquals((await next.ended()).code, 0, next.stderr);
  receiver.kill("SIGINT");
  assertEquals((await receiver.ended()).code, 0, receiver.stderr);

  const { result } = pair.json("receiver");
  const { result: { report } } = pair.json("next");
  const [one, two] = [result.streams[1], result.streams[2]];
  assertGreater(one.received, 0);
  // what the killed one had not handed over was never on its way: no number is missing
  assertEquals([one.lost, one.duplicates, one.reordered, one.tooLate], [0, 0, 0, 0]);
  assertEquals([two.received, two.lost], [report.sent, 0]);
  assertEquals(result.packets, one.received + two.received);
  assertEquals([one.latency.count, one.latency.invalid], [one.received, 0]);
  assert(receiver.stdout.includes(`stream 1: ${one.received} received, 0 lost`), receiver.stdout);
});

Deno.test("a sender is stopped and goes on: nothing is lost, and it says what it skipped", async () => {
  await using pair = new MemifPair();
  const receiver = pair.start("receiver", "server", ["receive", "--json", pair.file("receiver")]);
  await receiver.waitFor(/1 s: received/);
  const sender = send(pair, "sender", 1);
  await receiver.waitFor(SOME);
  sender.kill("SIGSTOP");
  await receiver.waitFor(/received nothing/, { from: receiver.stdout.length });
  sender.kill("SIGCONT");
  await receiver.waitFor(SOME, { from: receiver.stdout.length });
  sender.kill("SIGINT");
  assertEquals((await sender.ended()).code, 0, sender.stderr);
  receiver.kill("SIGINT");
  assertEquals((await receiver.ended()).code, 0, receiver.stderr);

  const { result: { report } } = pair.json("sender");
  const { result } = pair.json("receiver");
  const { received, lost, duplicates, reordered } = result.streams[1];
  assertEquals([received, lost, duplicates, reordered], [report.sent, 0, 0, 0]);
  // it stood for a second at least, of which it makes up for the last tenth
  assertGreater(report.skipped, 0.5 * RATE);
  assert(report.sent + report.skipped + report.refused <= report.asked + 1);
  // what was due at the very end is no older than that tenth
  assertGreater(report.sent + report.skipped + report.refused, report.asked - 0.1 * RATE - 2);
});
