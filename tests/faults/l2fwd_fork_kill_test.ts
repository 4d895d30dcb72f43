/** Slaves that are killed or hang at any instant: forwarding resumes and no mbuf is lost. */

import { setTimeout as delay } from "node:timers/promises";
import { assert, assertEquals, assertMatch, assertNotMatch } from "../assert.ts";
import {
  fixture,
  isAlive,
  L2FWD_POOL_SIZE,
  type L2fwdFork,
  note,
  startL2fwdFork,
  testPrefix,
  until,
} from "../harness.ts";

/** Random kills in a row. */
const KILLS = 3;

/** Forwarding goes on on all ports, and at the end every mbuf is somewhere. */
async function allIsWell(fork: L2fwdFork): Promise<void> {
  await fork.forwards();
  const { end, pools } = await fork.end();
  assertEquals(end.code, 0);
  assertEquals(fork.process.stderr.replace(/^(EAL|TELEMETRY): .*\n/gm, ""), "");
  assert(pools.length > 0);
  for (const { free, cached, queued, lost } of pools) {
    assertEquals([free + cached + queued, lost], [L2FWD_POOL_SIZE, 0]);
  }
}

/** Killed processes of which master, slaves and reserve are children, or were. */
function assertGone(pids: readonly number[]): void {
  assertEquals(pids.filter(isAlive), []);
}

// `deno task soak` does so with a port in shared memory as well, and 200 times
for (
  const { name, args } of [
    { name: "pinned", args: [] },
    { name: "floating", args: ["-f"] },
  ]
) {
  Deno.test(`kill -9 of one slave, or of both, ${KILLS} times: ${name}`, async () => {
    await using prefix = testPrefix();
    const fork = await startL2fwdFork(prefix, { args: ["-p", "3", ...args] });
    for (let i = 0; i < KILLS; i++) {
      const old = [...fork.pids.values()];
      await delay(600 + Math.random() * 200);
      await fork.recoversFrom(() => {
        for (const lcore of [[1], [2], [1, 2]][i % 3] ?? []) Deno.kill(fork.pid(lcore), "SIGKILL");
      });
      assertGone(old);
      assertEquals([...fork.pids.values()].filter((pid) => old.includes(pid)), []);
    }
    const times = fork.recoveryTimes.toSorted((a, b) => a - b);
    const lost = [...fork.process.stdout.matchAll(/in queues, (\d+) lost/g)]
      .reduce((sum, [, count]) => sum + Number(count), 0);
    await allIsWell(fork);
    note(
      `${name}: recovered in ${times[KILLS >> 1]?.toFixed(0)} ms, ` +
        `${times.at(-1)?.toFixed(0)} ms at most; ${lost} mbufs were lost and given back`,
    );
  });
}

Deno.test("a slave that hangs is killed, and so is one that ignores STOP", async () => {
  await using prefix = testPrefix();
  const fork = await startL2fwdFork(prefix);
  // one alone: no sign of life
  await fork.recoversFrom(() => Deno.kill(fork.pid(1), "SIGSTOP"));
  assertMatch(fork.process.stdout, /slave 1 \(pid \d+\) killed: no sign of life for \d+ ms/);
  await fork.forwards();
  // one hangs, the other dies: no acknowledgement
  await fork.recoversFrom(() => {
    Deno.kill(fork.pid(2), "SIGSTOP");
    Deno.kill(fork.pid(1), "SIGKILL");
  });
  assertMatch(fork.process.stdout, /slave 2 \(pid \d+\) killed: no acknowledgement in 1000 ms/);
  await allIsWell(fork);
});

Deno.test("kill -9 of processes that start up or wait in reserve", async () => {
  await using prefix = testPrefix();
  const fork = await startL2fwdFork(prefix);
  for (const ms of [0, 50, 120, 400]) {
    // the reserve at some point of its start, then the slave that it was for
    const reserve = await fork.reserve(2);
    await delay(ms);
    Deno.kill(reserve, "SIGKILL");
    await fork.process.waitFor(`slave 2 (pid ${reserve}) died: SIGKILL`);
    await delay(ms);
    await fork.recoversFrom(() => Deno.kill(fork.pid(1), "SIGKILL"));
    await delay(600);
  }
  await allIsWell(fork);
});

Deno.test("kill -9 of a process that starts up and holds a lock of EAL's", async () => {
  await using prefix = testPrefix();
  const spawned: number[] = [];
  const fork = await startL2fwdFork(prefix, { onSpawn: (_, pid) => spawned.push(pid) });
  const killer = prefix.spawn("killer", fixture("kill_reader"), [prefix.name]);
  await killer.waitFor("ready\n");
  const forgotten = () =>
    [...fork.process.stdout.matchAll(/^(\d+) locks of EAL's were held by dead processes$/mg)]
      .length;
  for (let kills = 0; forgotten() === 0; kills++) {
    assert(kills < 50, "no process died with a lock held");
    // one starts up because another one died in reserve
    const count = spawned.length;
    const before = forgotten();
    Deno.kill(await fork.reserve(1), "SIGKILL");
    const next = await fork.process.waitUntil(() => spawned[count], "waiting for a start");
    await killer.send(String(next));
    await fork.process.waitFor(`(pid ${next}) died`);
    // and one more, which has to wait for nobody
    const last = await fork.process.waitUntil(() => spawned[count + 1], "waiting for a start");
    assertEquals(await fork.readyReserve(1), last);
    if (forgotten() > before) note(`after ${kills + 1} kills a lock was held`);
  }
  await killer.closeStdin();
  // it takes a lock to end, and so does the master
  assertEquals((await killer.ended()).code, 0);
  await fork.recoversFrom(() => Deno.kill(fork.pid(1), "SIGKILL"));
  await allIsWell(fork);
});

for (const delay of [0, 60, 150]) {
  Deno.test(`kill -9 of the first slaves of all, ${delay} ms after their start`, async () => {
    await using prefix = testPrefix();
    const killed = new Map<number, number>();
    const fork = await startL2fwdFork(prefix, {
      onSpawn(lcore, pid) {
        if (killed.has(lcore)) return;
        killed.set(lcore, pid);
        setTimeout(() => Deno.kill(pid, "SIGKILL"), delay);
      },
    });
    // one of them may have forwarded for a moment, and have been told to stop
    for (const pid of killed.values()) {
      await fork.process.waitFor(new RegExp(`pid ${pid}\\) (died|killed|stopped)`));
    }
    await fork.process.waitUntil(
      () => [...killed].every(([lcore, pid]) => fork.pid(lcore) !== pid),
      "waiting for others",
    );
    await allIsWell(fork);
  });
}

Deno.test("kill -9 of the next process as soon as there is one, in the middle of a recovery", async () => {
  await using prefix = testPrefix();
  const fork = await startL2fwdFork(prefix);
  const pages = () => prefix.files().filter((path) => /map_\d+$/.test(path));
  const before = pages();
  for (const ms of [0, 6, 15, 40]) {
    const reserve = await fork.reserve(1);
    await delay(700);
    await fork.recoversFrom(async () => {
      Deno.kill(fork.pid(2), "SIGKILL");
      await delay(ms);
      Deno.kill(reserve, "SIGKILL");
    });
    // which it was, if that was late, shows by another recovery
    await fork.process.waitFor(`slave 1 (pid ${reserve}) died: SIGKILL`);
    await fork.process.waitUntil(
      () => isAlive(fork.pid(1)) && isAlive(fork.pid(2)),
      "waiting for slaves that live",
    );
  }
  // no slave took a page's file away from under the master
  assertEquals(before.filter((path) => !pages().includes(path)), []);
  await allIsWell(fork);
});

Deno.test("a master that is killed takes slaves and reserve with it", async () => {
  await using prefix = testPrefix();
  const fork = await startL2fwdFork(prefix);
  const reserve = [await fork.reserve(1), await fork.reserve(2)];
  const pids = [...fork.pids.values(), ...reserve];
  assertEquals(pids.filter(isAlive).length, 4);
  await fork.process.endBy(() => fork.process.kill("SIGKILL"));
  await until(() => !pids.some(isAlive), "all slaves to end", pids);
  // the next one finds nothing in its way
  const next = await startL2fwdFork(prefix);
  await allIsWell(next);
  assertEquals(prefix.files(), []);
});

Deno.test("a slave that dies again at once comes later and later, then stays down; others go on", async () => {
  await using prefix = testPrefix();
  const fork = await startL2fwdFork(prefix, {
    vdevs: ["net_null0", "net_null1", "net_null2", "net_null3"],
    lcores: "0@0,1@0,2@1,3@0,4@1",
    args: ["-p", "f"],
    slaves: 4,
  });
  const { process } = fork;
  const healthy = [fork.pid(3), fork.pid(4)];
  let pid = 0;
  while (!process.stdout.includes("stay down")) {
    pid = await process.waitUntil(
      () => process.stdout.includes("stay down") || (fork.pid(1) !== pid && fork.pid(1)),
      "waiting for the next slave 1",
    ) as number;
    if (process.stdout.includes("stay down")) break;
    try {
      Deno.kill(pid, "SIGKILL");
    } catch {
      // stopped with its pair
    }
  }
  assertMatch(process.stdout, /slave 1 died 5 times in [\d.]+ ms: slaves 1 and 2 stay down/);
  const delays = [...process.stdout.matchAll(/slaves 1 and 2 start again in ([\d.]+) ms/g)]
    .map(([, ms]) => Number(ms));
  // one that lived for half a second, because this process was slow to kill it, begins anew
  for (const [i, delay] of delays.entries()) {
    assert(delay === 100 || delay === 2 * (delays[i - 1] ?? 0), `${delays}`);
  }
  assertEquals(delays.slice(-3), [100, 200, 400]);
  assertNotMatch(process.stdout, /slaves 3 and 4 (recovered|stay down)/);
  const before = await fork.nextTable();
  const after = await fork.nextTable();
  for (const port of [2, 3]) {
    assert((after.get(port)?.received ?? 0) > (before.get(port)?.received ?? 0));
  }
  assertEquals([fork.pid(3), fork.pid(4)], healthy);
  const { end, pools } = await fork.end();
  assertEquals(end.code, 0);
  assertEquals(pools.map(({ free, cached }) => free + cached), pools.map(() => L2FWD_POOL_SIZE));
});

Deno.test("when no slave is left, the master ends and says so", async () => {
  await using prefix = testPrefix();
  const fork = await startL2fwdFork(prefix);
  const { process } = fork;
  let last = 0;
  while (process.running) {
    const pid = fork.pid(2);
    if (pid !== last) Deno.kill(last = pid, "SIGKILL");
    await delay(1);
  }
  const { code } = await process.ended();
  assertEquals(code, 1);
  assertMatch(process.stderr, /^l2fwd_fork: no slave is left$/m);
  assertEquals(prefix.files(), []);
});
