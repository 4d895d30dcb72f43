/** Shared memory ports to another program: dpdk-testpmd makes traffic, we send it back. */

import { setTimeout as delay } from "node:timers/promises";
import { assertEquals, assertGreater, assertGreaterOrEqual, assertLessOrEqual } from "../assert.ts";
import { note, type Prefix, testPrefix, type TestProcess } from "../harness.ts";
import { startForwarder } from "./forwarder.ts";

/** Descriptors of a ring of net_memif, which can be left full at the end. */
const RING = 1024;

/** What testpmd counts on its two ports. */
interface Testpmd {
  process: TestProcess;
  /** Enters a command and waits until the next prompt. */
  enter(command: string): Promise<string>;
  /** Packets received and sent, by port. */
  counts(): Promise<{ received: number; sent: number }[]>;
}

async function startTestpmd(prefix: Prefix, sockets: readonly string[]): Promise<Testpmd> {
  const vdevs = sockets.map((path, i) =>
    `--vdev=net_memif${i},role=client,socket-abstract=no,socket=${path}`
  );
  const process = prefix.spawn(
    "testpmd",
    // on a pipe its printf() would speak only when a buffer is full
    { command: "stdbuf", args: ["-oL", "dpdk-testpmd"] },
    [
      ...prefix.eal({ lcores: "0@0,1@0", extra: ["-m", "64", ...vdevs] }),
      "--",
      "-i",
      "--total-num-mbufs=4096",
      "--burst=32",
    ],
  );
  const PROMPT = "testpmd> ";
  await process.waitFor(PROMPT);
  const enter = async (command: string) => {
    const from = process.stdout.length;
    await process.send(command);
    const [text] = await process.waitFor(/^[^]*\ntestpmd> /, { from });
    return text;
  };
  return {
    process,
    enter,
    async counts() {
      const text = await enter("show port stats all");
      return [...text.matchAll(/RX-packets: (\d+)[^]*?TX-packets: (\d+)/g)]
        .map(([, received, sent]) => ({ received: Number(received), sent: Number(sent) }));
    },
  };
}

/** Waits until both ports of testpmd have met ours. */
async function untilUp({ enter, process }: Testpmd): Promise<void> {
  for (const end = performance.now() + 30_000;;) {
    const text = await enter("show port summary all");
    if (text.match(/\bup\b/gi)?.length === 2) return;
    if (performance.now() > end) throw new Error(`net_memif never met: ${process.stdout}`);
    await delay(20);
  }
}

for (const mode of ["io", "txonly"] as const) {
  Deno.test(`dpdk-testpmd in ${mode} mode over net_memif: both sides count the same`, async () => {
    await using prefix = testPrefix();
    await using other = testPrefix();
    const folder = Deno.makeTempDirSync({ prefix: "denodpdk-memif-" });
    await using cleaning = new AsyncDisposableStack();
    cleaning.defer(() => Deno.removeSync(folder, { recursive: true }));
    const sockets = [0, 1].map((i) => `${folder}/${i}.sock`);
    const forwarder = await startForwarder(
      prefix,
      sockets.map((path, i) => `net_memif${i},role=server,socket-abstract=no,socket=${path}`),
    );
    const testpmd = await startTestpmd(other, sockets);
    await untilUp(testpmd);
    await testpmd.enter(`set fwd ${mode}`);
    await testpmd.enter(mode === "io" ? "start tx_first 4" : "start");
    await forwarder.until(({ received }) => received > 100_000, "100000 packets");
    await testpmd.enter("stop");
    const ours = await forwarder.quiet();
    const theirs = await testpmd.counts();
    assertEquals(theirs.length, 2);
    for (const i of [0, 1]) {
      const [our, their] = [ours.ports[i], theirs[i]];
      assertGreater(their?.sent ?? 0, 0);
      assertEquals(our?.ipackets, their?.sent);
      // what lies in the ring when testpmd has stopped it does not take
      assertLessOrEqual(their?.received ?? 0, our?.opackets ?? 0);
      assertGreaterOrEqual((their?.received ?? 0) + RING, our?.opackets ?? 0);
      assertEquals(our?.ibytes, 64 * (our?.ipackets ?? 0));
    }
    assertEquals(ours.sent + ours.dropped, ours.received);
    if (mode === "io") assertEquals(ours.dropped, 0);
    await testpmd.process.send("quit");
    assertEquals((await testpmd.process.ended()).code, 0);
    const end = await forwarder.end();
    assertEquals([end.received, end.inUse], [ours.received, 0]);
    note(`testpmd ${mode}: ${end.received} packets received, ${end.sent} sent`);
  });
}
