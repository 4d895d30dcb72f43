/** A slave that takes long to start up: whether it hangs is decided by what it does, not by the clock. */

import { assert, assertEquals } from "../assert.ts";
import {
  CrashPoints,
  isAlive,
  L2FWD_POOL_SIZE,
  type PoolAccount,
  startL2fwdFork,
  testPrefix,
} from "../harness.ts";
import { crashAt } from "./crash_matrix.ts";

/** Tables of statistics, ten a second. */
const TABLES = 15;

function assertNothingLost(pools: readonly PoolAccount[]): void {
  for (const { free, cached, queued, lost } of pools) {
    assertEquals([free + cached + queued, lost], [L2FWD_POOL_SIZE, 0]);
  }
}

Deno.test("a slave that stands still with a lock of EAL's held is waited for, and starts up", async () => {
  await using prefix = testPrefix();
  using crashes = await CrashPoints.create();
  const fork = await startL2fwdFork(prefix, { env: crashes.env });
  const { process } = fork;
  const old = await fork.readyReserve(1);
  const count = fork.spawned(1).length;
  Deno.kill(old, "SIGKILL");
  const next = await process.waitUntil(() => fork.spawned(1)[count], "the next reserve");
  crashes.arm(next, "memory-lock", 0, "SIGSTOP");
  await process.waitFor(`crash point: memory-lock (pid ${next})`, { on: "stderr" });
  // time enough for a master that goes by the clock
  for (let i = 0; i < TABLES; i++) await fork.nextTable();
  assert(isAlive(next), process.stdout);
  Deno.kill(next, "SIGCONT");
  assertEquals(await fork.readyReserve(1), next);
  const { end, pools } = await fork.end();
  assertEquals(end.code, 0);
  assertNothingLost(pools);
});

Deno.test("beside a slave that was killed since it did not start, a lock of a dead one is freed", async () => {
  await using prefix = testPrefix();
  using crashes = await CrashPoints.create();
  const fork = await startL2fwdFork(prefix, { env: crashes.env });
  const deaf = await fork.readyReserve(2);
  Deno.kill(deaf, "SIGSTOP");
  await fork.recoversFrom(() => Deno.kill(fork.pid(1), "SIGKILL"));
  assert(!isAlive(deaf), fork.process.stdout);
  await crashAt(fork, crashes, { point: "memzone-lock", slave: 1, phase: "starts up" });
  const { end, pools } = await fork.end();
  assertEquals(end.code, 0);
  assertNothingLost(pools);
});
