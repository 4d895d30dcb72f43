/**
 * DPDK's own capture tool on our primary. Its end frees a ring and a pool that a callback in the
 * primary may still use, for which DPDK does not wait, or from 25.11 on not in all cases: an lcore
 * that loses its CPU in there crashes, testpmd's as well. Ours must not, so the lcore shares its CPU
 * with others here.
 */

import { assert, assertEquals } from "../assert.ts";
import { testPrefix } from "../harness.ts";
import { PACKETS, startRound } from "./forwarder.ts";
import { readPcap } from "./pcap.ts";

/** Where the forwarder's lcore polls. */
const CPU = "1";

/** Captures, one after the other. */
const CAPTURES = 6;

Deno.test("dpdk-dumpcap: captures our packets into a file, again and again, and they all go on", async () => {
  await using prefix = testPrefix();
  const forwarder = await startRound(prefix);
  const folder = Deno.makeTempDirSync({ prefix: "denodpdk-capture-" });
  await using cleaning = new AsyncDisposableStack();
  cleaning.defer(() => Deno.removeSync(folder, { recursive: true }));
  for (let i = 0; i < 3; i++) {
    const busy = { command: "taskset", args: ["-c", CPU, "sh", "-c", "while :; do :; done"] };
    const loop = prefix.spawn("busy", busy, []);
    cleaning.defer(() => loop.kill("SIGKILL"));
  }
  for (let i = 0; i < CAPTURES; i++) {
    const port = `net_ring${i % 2}`;
    const path = `${folder}/${port}.pcap`;
    const capture = prefix.spawn("dpdk-dumpcap", { command: "dpdk-dumpcap", args: [] }, [
      `--file-prefix=${prefix.name}`,
      ...["-i", port, "-c", `${PACKETS}`, "-P", "-w", path],
    ]);
    const { code } = await capture.ended();
    assertEquals(code, 0, capture.stdout + capture.stderr);
    const frames = readPcap(path);
    assert(frames.length >= PACKETS, `${frames.length} frames`);
    for (const frame of frames) {
      assertEquals(frame.length, 60);
      const number = new DataView(frame.buffer, frame.byteOffset).getUint32(0, true);
      assert(number < PACKETS, `frame ${number}`);
    }
  }
  const end = await forwarder.end();
  assertEquals([end.dropped, end.left.length, end.inUse], [0, PACKETS, 0]);
});
