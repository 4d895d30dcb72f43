/** symmetric_mp as a black box; what it refuses disturbs nobody. */

import { setTimeout as delay } from "node:timers/promises";
import { assertEquals, assertGreater, assertStringIncludes } from "../assert.ts";
import { type Maker, program, testPrefix } from "../harness.ts";
import { endSymmetricMp, QueueWatcher, startSymmetricMp } from "../traffic/symmetric_mp.ts";

const PORTS = ["net_null0", "net_null1"];

const MIXES: readonly (readonly Maker[])[] = [["ts"], ["ts", "ts"]];

for (const makers of MIXES) {
  Deno.test(`${makers.join(" and ")}: every process forwards and counts`, async () => {
    await using prefix = testPrefix();
    const processes = await startSymmetricMp(prefix, makers, PORTS);
    // on ports that always have packets, a process that polls once has counted
    await delay(200);
    for (const process of processes.reverse()) {
      const counts = await endSymmetricMp(process);
      assertEquals(counts.length, 2);
      for (const { rx, tx, drop } of counts) {
        assertGreater(rx, 0);
        assertEquals([tx > 0, drop], [true, 0]);
      }
    }
  });
}

/** What stops a secondary at its start, and what the line must name. */
const REFUSED: readonly (readonly [args: string, ...names: string[]])[] = [
  ["", "-p: ", "got nothing"],
  ["-p 3 --num-procs=2 --proc-id=2", "--proc-id: ", "--num-procs 2"],
  ["-p 3 --num-procs=2 --prco-id=1", "--prco-id: ", "did you mean --proc-id?"],
  ["-p 3 --num-procs=2 --proc-id=0", "--proc-id: ", "that no process has, got '0'", "has it"],
  ["-p 3 --num-procs=3 --proc-id=1", "--num-procs: expected the primary's number, 2, got '3'"],
  ["-p f --num-procs=2 --proc-id=1", "-p: expected the primary's mask, 3, got 'f'"],
];

Deno.test("bad options: one line, status 1, and the primary forwards on", async (t) => {
  await using prefix = testPrefix();
  const primary = prefix.spawn("symmetric_mp 0 of 2", program("symmetric_mp"), [
    ...prefix.eal({ type: "primary", lcores: "0@0", extra: PORTS.map((dev) => `--vdev=${dev}`) }),
    ..."-- -p 3 --num-procs=2 --proc-id=0".split(" "),
  ]);
  await primary.waitFor("using queue 0 of each port");
  for (const [args, ...names] of REFUSED) {
    await t.step(args || "none", async () => {
      const process = prefix.spawn("symmetric_mp", program("symmetric_mp"), [
        ...prefix.eal({ type: "secondary", lcores: "1@1" }),
        "--",
        ...args.split(" ").filter((arg) => arg !== ""),
      ]);
      await process.closeStdin();
      const { code } = await process.ended();
      const lines = process.stderr.split("\n")
        .filter((line) => line !== "" && !/^(EAL|TELEMETRY|ETHDEV|APP): /.test(line));
      assertEquals([code, lines.length], [1, 1], process.stderr);
      for (const name of ["symmetric_mp: ", ...names]) assertStringIncludes(lines[0] ?? "", name);
    });
  }
  const watcher = new QueueWatcher(prefix, PORTS);
  await watcher.untilCounting(0);
  await watcher.end();
  await endSymmetricMp(primary);
});
