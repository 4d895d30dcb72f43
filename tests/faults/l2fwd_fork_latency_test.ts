/** How long a port is without forwarding after a SIGKILL. The time is told; the limits are generous. */

import { setTimeout as delay } from "node:timers/promises";
import { assert, assertEquals } from "../assert.ts";
import { fixture, L2FWD_POOL_SIZE, note, startL2fwdFork, testPrefix } from "../harness.ts";

const KILLS = 6;

/** The worst that a very busy machine may do, in milliseconds; the fixture gives up later. */
const HANG = 10_000;

for (const args of [[], ["-f"]]) {
  const how = args.length > 0 ? "floating" : "pinned";
  Deno.test(`from SIGKILL to the first packet of the replacement, ${how}`, async () => {
    await using prefix = testPrefix();
    const fork = await startL2fwdFork(prefix, { args: ["-p", "3", ...args] });
    const killer = prefix.spawn("killer", fixture("first_packet"), [prefix.name]);
    await killer.waitFor("ready\n");
    for (let i = 0; i < KILLS; i++) {
      // as long as it takes that the next ones are in reserve
      await delay(700);
      const port = i % 2;
      await fork.recoversFrom(async () => {
        await killer.send(`${port} ${fork.pid(port + 1)}`);
        await killer.waitUntil(() => killer.lines.length > i + 1, "waiting for the first packet");
      });
    }
    const times = killer.lines.slice(1).map(Number).toSorted((a, b) => a - b);
    assertEquals(times.length, KILLS);
    const at = (part: number) => times[Math.floor((KILLS - 1) * part)] ?? NaN;
    await killer.closeStdin();
    assertEquals((await killer.ended()).code, 0);
    await fork.forwards();
    const { end, pools } = await fork.end();
    assertEquals(end.code, 0);
    assertEquals(pools.map(({ free, cached }) => free + cached), pools.map(() => L2FWD_POOL_SIZE));
    note(
      `SIGKILL to first packet, ${how}: p50 ${at(0.5).toFixed(1)} ms, ` +
        `p95 ${at(0.95).toFixed(1)} ms, longest ${at(1).toFixed(1)} ms of ${KILLS}`,
    );
    assert(at(1) < HANG, `the longest took ${at(1)} ms`);
  });
}
