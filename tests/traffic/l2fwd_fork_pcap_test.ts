/** l2fwd_fork on capture files: slaves that start, wait in reserve or die leave the outputs whole. */

import { assertEquals, assertGreater } from "../assert.ts";
import { startL2fwdFork, testPrefix } from "../harness.ts";
import { readPcap, writePcap } from "./pcap.ts";

const PACKETS = 300;

Deno.test("l2fwd_fork on net_pcap: all packets are in the outputs, before and after a kill", async () => {
  await using prefix = testPrefix();
  // longer than what net_pcap keeps of its arguments for secondaries
  const folder = Deno.makeTempDirSync({ prefix: "denodpdk-a-name-so-long-that-the-rest-is-cut-" });
  await using cleaning = new AsyncDisposableStack();
  cleaning.defer(() => Deno.removeSync(folder, { recursive: true }));
  const path = (name: string, i: number) => `${folder}/${name}${i}.pcap`;
  const inputs = [0, 1].map((i) =>
    Array.from({ length: PACKETS }, (_, n) => new Uint8Array(60 + i).fill(n))
  );
  inputs.forEach((packets, i) => writePcap(path("in", i), packets));
  const master = await startL2fwdFork(prefix, {
    vdevs: [0, 1].map((i) => `net_pcap${i},rx_pcap=${path("in", i)},tx_pcap=${path("out", i)}`),
  });
  /** Waits until both ports have sent so many packets. */
  const untilSent = async (wanted: number) => {
    for (;;) {
      const table = await master.nextTable();
      if ([...table.values()].every(({ sent }) => sent >= wanted)) return;
    }
  };
  // without MAC addresses, which it rewrites
  const rest = (packets: Uint8Array[]) => packets.map((packet) => packet.slice(12));
  const outputs = () => [0, 1].map((i) => rest(readPcap(path("out", i))));
  const crossed = () => inputs.map(rest).toReversed();

  await untilSent(PACKETS);
  // the reserves have opened the files as well by now
  for (const lcore of [1, 2]) await master.readyReserve(lcore);
  assertEquals(outputs(), crossed());

  // a new slave reads its input from the start
  await master.recoversFrom(() => Deno.kill(master.pid(1), "SIGKILL"));
  await untilSent(2 * PACKETS);
  const { end, pools } = await master.end();
  assertEquals(end.code, 0);
  assertEquals(pools.map(({ lost }) => lost), [0, 0]);
  for (const [i, output] of outputs().entries()) {
    assertEquals(output.slice(0, PACKETS), crossed()[i]);
    assertGreater(output.length, PACKETS);
  }
});
