/** How long a request waits for whom: the clock and the threads are told by the test. */

import { assertEquals } from "../../assert.ts";
import { FairPatience } from "../../../ffi/recovery/fair_patience.ts";
import type { ThreadLook } from "../../../ffi/recovery/foreign.ts";

const SELF = 1;
const [FIRST, SECOND] = [10, 20];

/** A thread that gets a part of its CPU, or sleeps in a system call. */
interface Thread {
  share: number;
  inCall?: boolean;
}

/**
 * For how long a request waits for processes that do not come out.
 *
 * @param processes the threads of each.
 * @param period milliseconds between two questions.
 */
function waitsFor(processes: Record<number, Record<number, Thread>>, period = 1): number {
  let time = 0;
  const look = (pid: number) =>
    new Map(
      Object.entries(processes[pid] ?? {}).map(([id, { share, inCall = false }]) => {
        const found: ThreadLook = { inCall, cpu: BigInt(Math.round(time * share * 1e6)) };
        return [Number(id), found];
      }),
    );
  const patience = new FairPatience({ now: () => time, look, self: SELF });
  const inside = Object.keys(processes).map(Number);
  while (patience.waits(inside)) time += period;
  return time;
}

const SPINS: Record<number, Thread> = { 11: { share: 1 } };
const STARVES: Record<number, Thread> = { 21: { share: 0.01 }, 22: { share: 0, inCall: true } };

Deno.test("half a second for a process that runs or sleeps and does not come out", () => {
  assertEquals(waitsFor({ [FIRST]: SPINS }), 500);
  assertEquals(waitsFor({ [FIRST]: { 11: { share: 0, inCall: true } } }), 500);
  // three that poll on one CPU
  assertEquals(waitsFor({ [FIRST]: { 11: { share: 1 / 3 } } }), 500);
  // the thread that asks is always found running
  assertEquals(waitsFor({ [FIRST]: { [SELF]: { share: 0.01 } } }), 500);
  // nothing is known of its threads
  assertEquals(waitsFor({ [FIRST]: {} }), 500);
});

Deno.test("seconds for a process that gets hardly any CPU, but not while another one is waited for in vain", () => {
  assertEquals(waitsFor({ [FIRST]: STARVES }), 3001);
  assertEquals(waitsFor({ [FIRST]: STARVES, [SECOND]: STARVES }), 3001);
  assertEquals(waitsFor({ [FIRST]: STARVES, [SECOND]: SPINS }), 500);
});

Deno.test("one that asks and had no CPU itself does not give up at its first look", () => {
  assertEquals(waitsFor({ [FIRST]: SPINS }, 1_200), 2_400);
});

Deno.test("once a slow process gets its CPU and does not come out, it is given up", () => {
  const thread: Thread = { share: 0.01 };
  let looks = 0;
  let time = 0;
  let cpu = 0;
  const look = () => {
    if (++looks === 3) thread.share = 1;
    return new Map([[11, { inCall: false, cpu: BigInt(Math.round(cpu)) }]]);
  };
  const patience = new FairPatience({ now: () => time, look, self: SELF });
  while (patience.waits([FIRST])) {
    time++;
    cpu += thread.share * 1e6;
  }
  assertEquals(time, 1_300);
});
