/** l2fwd_fork from its start to its end, when nothing goes wrong. */

import { setTimeout as delay } from "node:timers/promises";
import { assert, assertEquals, assertMatch, assertNotEquals } from "../assert.ts";
import {
  cpusOf,
  isAlive,
  L2FWD_POOL_SIZE,
  note,
  type Prefix,
  startL2fwdFork,
  testPrefix,
} from "../harness.ts";
import { runToEnd } from "../../cmd/lib/command.ts";

const ALL_FREE = { cached: 0, queued: 0, lost: 0, free: L2FWD_POOL_SIZE };

/** All mbufs of a pool that no device holds, wherever they are. */
function free({ free, cached }: { free: number; cached: number }): number {
  return free + cached;
}

Deno.test("two slaves forward between two ports until Ctrl-C", async () => {
  await using prefix = testPrefix();
  const fork = await startL2fwdFork(prefix);
  assertMatch(fork.process.stdout, /^Create mbuf mbuf_pool_0$/m);
  assertMatch(fork.process.stdout, /^lcore 1 and 2 paired$/m);
  await fork.forwards();
  const pids = [...fork.pids.values()];
  const { end, table, pools } = await fork.end();
  assertEquals(end.code, 0);
  assertEquals(pids.filter(isAlive), []);
  assertEquals(prefix.files(), []);
  for (const [port, { received, dropped }] of table) {
    const other = table.get(1 - port);
    // it stopped with nothing in its hands
    assertEquals([other?.sent, dropped], [received, 0]);
    assert(received > 0);
  }
  assertEquals(pools.map(({ lost, queued }) => ({ lost, queued })), [
    { lost: 0, queued: 0 },
    { lost: 0, queued: 0 },
  ]);
  assertEquals(pools.map(free), [ALL_FREE.free, ALL_FREE.free]);
  note(`ended in ${end.ms} ms`);
});

/** What `ps -fe` shows of l2fwd_fork processes of this prefix. */
async function ps(prefix: Prefix): Promise<{ pid: number; parent: number }[]> {
  const { stdout } = await runToEnd("ps", ["-fe", "-ww"]);
  return stdout.split("\n")
    .filter((line) => line.includes("l2fwd_fork") && line.includes(`--file-prefix=${prefix.name}`))
    .map((line) => line.trim().split(/\s+/))
    .map(([, pid, parent]) => ({ pid: Number(pid), parent: Number(parent) }));
}

Deno.test("the chapter's own check: ps, kill -9 of a slave, ps", async () => {
  await using prefix = testPrefix();
  const fork = await startL2fwdFork(prefix);
  const shown = async () => {
    // one that starts up looks like one that forwards for a moment
    for (;;) {
      const all = await ps(prefix);
      if (all.length === 3) return all;
      assert(all.length > 3, "a slave is missing");
      await delay(10);
    }
  };
  const before = await shown();
  const master = fork.process.pid;
  assertEquals(before.filter(({ parent }) => parent === master).length, 2);
  const old = before.filter(({ parent }) => parent === master).map(({ pid }) => pid);
  assertEquals(old.toSorted(), [...fork.pids.values()].toSorted());
  await fork.recoversFrom(() => Deno.kill(old[0] ?? 0, "SIGKILL"));
  const after = (await shown()).filter(({ parent }) => parent === master).map(({ pid }) => pid);
  assertEquals(after.length, 2);
  for (const pid of old) assert(!after.includes(pid), `${pid} is still there`);
  await fork.forwards();
  assertEquals((await fork.end()).end.code, 0);
});

Deno.test("one slave serves several ports with -q, an odd port itself", async () => {
  await using prefix = testPrefix();
  const fork = await startL2fwdFork(prefix, {
    vdevs: ["net_null0", "net_null1", "net_null2"],
    lcores: "0@0,1@1",
    args: ["-p7", "-q", "3"],
    slaves: 1,
  });
  await fork.forwards();
  const { end, table, pools } = await fork.end();
  assertEquals(end.code, 0);
  assertEquals(table.get(2)?.sent, table.get(2)?.received);
  assertEquals(pools.map(free), [L2FWD_POOL_SIZE, L2FWD_POOL_SIZE, L2FWD_POOL_SIZE]);
});

Deno.test("pinned slaves have a CPU each; floating ones have all, and lcore ids of their own", async () => {
  const all = cpusOf(Deno.pid);
  {
    await using prefix = testPrefix();
    const fork = await startL2fwdFork(prefix);
    assertEquals([cpusOf(fork.pid(1)), cpusOf(fork.pid(2))], ["0", "1"]);
    assertEquals((await fork.end()).end.code, 0);
  }
  await using prefix = testPrefix();
  const fork = await startL2fwdFork(prefix, { args: ["-p", "3", "-f"] });
  assertEquals([cpusOf(fork.pid(1)), cpusOf(fork.pid(2))], [all, all]);
  assertNotEquals(all, "0");
  const ids = () =>
    [...fork.process.stdout.matchAll(/^Org lcore_id = (\d+), cur lcore_id = (\d+)$/mg)]
      .map(([, original, current]) => ({ original: Number(original), current: Number(current) }));
  const taken = ids();
  assertEquals(taken.map(({ original }) => original).toSorted(), [1, 2]);
  assertEquals(new Set([0, 1, 2, ...taken.map(({ current }) => current)]).size, 5);
  await fork.forwards();
  await fork.recoversFrom(() => Deno.kill(fork.pid(1), "SIGKILL"));
  const [dead] = taken.filter(({ original }) => original === 1);
  assertMatch(fork.process.stdout, new RegExp(`^1 return mapping id ${dead?.current}$`, "m"));
  // both ids were given back, so the same ones are had again
  const again = ids().slice(2).map(({ current }) => current);
  assertEquals(again.toSorted(), taken.map(({ current }) => current).toSorted());
  await fork.forwards();
  const { end, pools } = await fork.end();
  assertEquals(end.code, 0);
  assertEquals(pools.map(free), [L2FWD_POOL_SIZE, L2FWD_POOL_SIZE]);
});
