/** Slaves that are killed at the worst instants there are, each by its name: see crash_matrix.ts. */

import { assert, assertEquals } from "../assert.ts";
import { CrashPoints, L2FWD_POOL_SIZE, note, startL2fwdFork, testPrefix } from "../harness.ts";
import { CRASH_VDEVS, crashAt, crashName, crashPoints } from "./crash_matrix.ts";

/** A slave that dies sooner after its start is started again later, in the end never. */
const QUICK = 550;

/** Locks that are mended as others are; `deno task soak` lets slaves die at all points, twice. */
const ALIKE = ["mempool-lock", "memory-write-lock"];

/** Where floating slaves differ, and some more. */
const ALSO_FLOATING = /^lcore|^cache|^received|^sent|^put-head/;

for (const floating of [false, true]) {
  const mode = floating ? "floating" : "pinned";
  const points = crashPoints((point) =>
    floating ? ALSO_FLOATING.test(point.point) : !point.floating && !ALIKE.includes(point.point)
  );
  Deno.test(`killed at ${points.length} crash points, ${mode}`, async () => {
    await using prefix = testPrefix();
    using crashes = await CrashPoints.create();
    const fork = await startL2fwdFork(prefix, {
      vdevs: CRASH_VDEVS,
      args: ["-p", "3", "-T", "1", ...floating ? ["-f"] : []],
      env: crashes.env,
    });
    let [longest, where] = [0, ""];
    for (const point of points) {
      await new Promise((resolve) => setTimeout(resolve, QUICK));
      const begin = performance.now();
      await crashAt(fork, crashes, point);
      const ms = performance.now() - begin;
      if (point.phase !== "starts up" && ms > longest) [longest, where] = [ms, crashName(point)];
    }
    await fork.forwards();
    const { end, pools } = await fork.end();
    assertEquals(end.code, 0);
    // after each kill every mbuf was somewhere or was found to be lost, and given back
    assert(fork.accounts.length >= 2 * fork.recoveries);
    for (const { pool, free, cached, queued, lost } of fork.accounts) {
      assertEquals([pool, free + cached + queued + lost], [pool, L2FWD_POOL_SIZE]);
    }
    assertEquals(pools.map(({ lost }) => lost), [0, 0]);
    note(
      `${mode}: ${points.length} points, forwarding after ${longest.toFixed(0)} ms at most ` +
        `(${where})`,
    );
  });
}
