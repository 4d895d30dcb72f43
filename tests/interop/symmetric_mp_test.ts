/** Our symmetric_mp and the C sample side by side: what each says it did, its queues have counted. */

import { assertEquals, assertGreaterOrEqual, assertLessOrEqual } from "../assert.ts";
import { type Maker, testPrefix } from "../harness.ts";
import {
  endSymmetricMp,
  type PortCounts,
  type QueueCounts,
  QueueWatcher,
  slackOf,
  startSymmetricMp,
} from "../traffic/symmetric_mp.ts";

const PORTS = ["net_null0", "net_null1"];

/** A process's counts are those of its queue. */
function compare(maker: Maker, id: number, said: PortCounts[], queues: QueueCounts[]): void {
  assertEquals(said.length, 2);
  const slack = slackOf(maker);
  said.forEach(({ rx, tx, drop }, port) => {
    for (const [here, there] of [[rx, queues[port]?.rx[id]], [tx, queues[port]?.tx[id]]] as const) {
      assertGreaterOrEqual(there ?? NaN, here);
      assertLessOrEqual(there ?? NaN, here + slack);
    }
    // what came in on the other port left here
    const other = said[port ^ 1]?.rx ?? NaN;
    assertGreaterOrEqual(other, tx + drop);
    assertLessOrEqual(other, tx + drop + slack);
  });
}

for (const makers of [["ts", "c", "ts"], ["c", "ts", "c"]] as const) {
  Deno.test(`${makers.join(", ")}: queues and processes count the same, to the last packet`, async () => {
    await using prefix = testPrefix();
    const processes = await startSymmetricMp(prefix, makers, PORTS);
    const watcher = new QueueWatcher(prefix, PORTS);
    await watcher.untilCounting(0, 1, 2);
    const ended = new Map<number, PortCounts[]>();
    for (const id of [1, 2]) {
      const process = processes[id];
      if (!process) throw new Error(`no process ${id}`);
      const said = await endSymmetricMp(process);
      compare(makers[id] ?? "ts", id, said, await watcher.counts());
      ended.set(id, said);
      // the others are none the worse for it
      await watcher.untilCounting(0);
    }
    const [primary] = processes;
    if (!primary) throw new Error("no primary");
    const before = await watcher.counts();
    const said = await endSymmetricMp(primary);
    if (makers[0] === "ts") {
      // it leaves the ports to whoever lives on
      const last = await watcher.counts();
      compare("ts", 0, said, last);
      for (const [id, counts] of ended) compare(makers[id] ?? "ts", id, counts, last);
      const total = (of: "rx" | "tx", port: number) =>
        last[port]?.[of].reduce((sum, count) => sum + count, 0) ?? NaN;
      for (const port of [0, 1]) {
        assertGreaterOrEqual(total("rx", port), total("tx", port ^ 1));
        assertLessOrEqual(total("rx", port), total("tx", port ^ 1) + slackOf("c"));
      }
    } else {
      // the C sample takes them away with it
      said.forEach(({ rx }, port) =>
        assertGreaterOrEqual(rx + slackOf("c"), before[port]?.rx[0] ?? NaN)
      );
    }
    await watcher.end();
  });
}
