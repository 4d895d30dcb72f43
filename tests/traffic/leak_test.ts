/** Forwarding at full rate for a while: memory, handles and mbufs are all there in the end. */

import { setTimeout as delay } from "node:timers/promises";
import { assert, assertEquals, assertLess, assertLessOrEqual } from "../assert.ts";
import { note, testPrefix } from "../harness.ts";
import { startForwarder } from "./forwarder.ts";

/** Until V8 has compiled the loop and the heap is as large as it gets, in milliseconds. */
const WARM_UP = 3_000;

/** How long memory is watched, in milliseconds. */
const WATCH = 5_000;

/** How often the counters are asked for meanwhile. */
const LOOKS = 50;

/** More than V8's heap breathes, in KiB; a leak of one number a burst would be 50 times that. */
const BREATH = 6_144;

/** What a process holds of the kernel's. */
function holdings(pid: number): { rss: number; files: number; threads: number; maps: number } {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  const number = (name: string) => Number(status.match(RegExp(`^${name}:\\s*(\\d+)`, "m"))?.[1]);
  return {
    // without hugepages, which the kernel counts apart
    rss: number("VmRSS"),
    files: [...Deno.readDirSync(`/proc/${pid}/fd`)].length,
    threads: number("Threads"),
    maps: Deno.readTextFileSync(`/proc/${pid}/maps`).split("\n").length,
  };
}

for (
  const [what, vdevs, inject] of [
    ["net_null", ["net_null0", "net_null1"], 0],
    ["net_ring", ["net_ring0", "net_ring1"], 500],
  ] as const
) {
  Deno.test(`${WATCH / 1000} s on two ${what} ports leave nothing behind`, async () => {
    await using prefix = testPrefix();
    const forwarder = await startForwarder(prefix, vdevs, { inject });
    const { pid } = forwarder.process;
    await delay(WARM_UP);
    const before = await forwarder.counts();
    const first = holdings(pid);
    for (let i = 0; i < LOOKS; i++) {
      await delay(WATCH / LOOKS);
      await forwarder.counts();
    }
    const after = await forwarder.counts();
    const last = holdings(pid);
    const packets = after.received - before.received;
    note(
      `${what}: ${(packets / 1e6).toFixed(0)} million packets; ` +
        `memory ${first.rss} KiB, then ${last.rss} KiB`,
    );
    assert(packets > 1e6, `only ${packets} packets in ${WATCH} ms`);
    assertLess(last.rss, first.rss + BREATH);
    // one for each look would be far more
    assertLess(last.files, first.files + LOOKS / 4);
    assertLessOrEqual(last.threads, first.threads);
    assertLess(last.maps, first.maps + LOOKS);
    // no more mbufs are out than go round, and a burst in hand
    assertLessOrEqual(after.inUse, inject + 2 * 32);
    const end = await forwarder.end();
    assertEquals([end.dropped, end.left.length, end.inUse], [0, inject, 0]);
    assertEquals(end.sent, end.received);
  });
}
