/**
 * A device whose faults are known between traffic's send and receive, three processes with two pairs of
 * net_memif ports: what receive tells is what the device did.
 */

import { fileURLToPath } from "node:url";
import { assertEquals, assertGreater, assertGreaterOrEqual } from "../assert.ts";
import type { DeviceDid } from "./fixtures/device_lcore.ts";
import { MemifPair } from "./memif_pair.ts";

const DEVICE = {
  command: Deno.execPath(),
  args: [
    "run",
    "-A",
    "--no-check",
    fileURLToPath(new URL("./fixtures/device.ts", import.meta.url)),
  ],
};
const FAULTS = { lose: 10, copy: 15, swap: 25, delay: 1000 };

Deno.test("traffic: loss, copies and order of a device between, to the packet", async () => {
  await using pair = new MemifPair();
  const receiver = pair.start("receiver", "server", ["receive", "--json", pair.file("receiver")]);
  await receiver.waitFor(/1 s: received/);
  const devices = [pair.device("server", "in"), pair.device("client", "socket", 1)];
  const device = pair.startWith("device", "1@1", devices, [JSON.stringify(FAULTS)], DEVICE);
  await device.waitFor('"ready"');
  const send = ["send", "--rate", "5kpps", "--duration", "1", "--stream", "3"];
  const sender = pair.startWith("sender", "1@1", [pair.device("client", "in")], [
    ...[...send, "--json", pair.file("sender")],
  ]);
  assertEquals((await sender.ended()).code, 0, sender.stderr);
  await device.send("end");
  const [text = ""] = await device.waitFor(/\{"took".*\}/);
  const did: DeviceDid = JSON.parse(text);
  // all has come when nothing comes for a second
  await receiver.waitFor(/received nothing/, { from: receiver.stdout.length });
  receiver.kill("SIGINT");
  assertEquals((await receiver.ended()).code, 0, receiver.stderr);

  const { result: { report } } = pair.json("sender");
  const { result: { streams: { 3: stream }, cyclesPerMicrosecond } } = pair.json("receiver");
  assertGreater(Math.min(did.lost, did.copied, did.swapped), 0);
  assertEquals(did.took, report.sent);
  const { lost, duplicates, reordered, tooLate, received, latency, density } = stream;
  // that the very last packet was lost nobody can see who does not know how many were sent
  const unseen = (report.sent - 1) % FAULTS.lose === 1 ? 1 : 0;
  assertEquals({ lost, copied: duplicates, swapped: reordered, tooLate }, {
    lost: did.lost - unseen,
    copied: did.copied,
    swapped: did.swapped,
    tooLate: 0,
  });
  assertEquals(received, report.sent - did.lost);
  assertEquals([density.displacements, density.counts], [
    [-1, 0, 1],
    [did.swapped, received - 2 * did.swapped, did.swapped],
  ]);
  assertGreaterOrEqual(latency.min / cyclesPerMicrosecond, did.kept);
  assertGreaterOrEqual(did.kept, FAULTS.delay);
});
