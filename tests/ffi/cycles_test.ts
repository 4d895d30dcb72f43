/** Time. */

import {
  delayUsSleep,
  isTscInvariant,
  measuredCyclesPerSecond,
  requireInvariantTsc,
  tsc,
  tscCycles,
  tscHz,
} from "../../ffi/eal_api.ts";
import { DpdkError } from "../../mod.ts";
import { Receiver } from "../../ffi/traffic/traffic.ts";
import {
  assert,
  assertEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertLess,
  assertLessOrEqual,
  assertThrows,
} from "../assert.ts";
import { until } from "../harness/wait.ts";
import { ealArgs, initTestEal, otherPrefix, test } from "./eal.ts";
import { Peer } from "./peer.ts";

initTestEal("0@0");

test("a sleep lasts at least as long as asked", () => {
  for (const us of [0, 1, 1_000, 20_000]) {
    const from = performance.now();
    delayUsSleep(us);
    assertGreaterOrEqual(performance.now() - from, us / 1000 - 0.1);
  }
});

test("a sleep that C would wrap is refused at once", () => {
  const from = performance.now();
  for (const us of [-1, 0.5, NaN, Infinity, 1_000_001, 2 ** 32]) {
    assertThrows(() => delayUsSleep(us), RangeError, "delayUsSleep us must be an integer");
  }
  assertLess(performance.now() - from, 500);
});

test("the time stamp counter counts tscHz in a second", () => {
  assertGreater(tscHz(), 1_000_000n);
  const from = performance.now();
  const start = tsc();
  delayUsSleep(100_000);
  const cycles = Number(tsc() - start);
  const seconds = (performance.now() - from) / 1000;
  const ratio = cycles / Number(tscHz()) / seconds;
  assert(ratio > 0.9 && ratio < 1.1, `${ratio} of the time that the clock shows`);
});

test("the measured frequency keeps time with the kernel's clock", () => {
  measuredCyclesPerSecond();
  const [from, start] = [performance.now(), tscCycles()];
  delayUsSleep(200_000);
  const cycles = tscCycles() - start;
  const seconds = (performance.now() - from) / 1000;
  const ratio = cycles / measuredCyclesPerSecond() / seconds;
  // the thread can lose its CPU between the two readings of this test
  assert(ratio > 0.99 && ratio < 1.01, `${ratio} of the time that the clock shows`);
  const [a, b] = [measuredCyclesPerSecond(), measuredCyclesPerSecond()];
  assertLess(Math.abs(a / b - 1), 1e-5, `${a}, ${b}`);
});

test("whether the counter is invariant is what the kernel read from the CPU", () => {
  const cpuinfo = Deno.readTextFileSync("/proc/cpuinfo");
  // the kernel sets this flag from the same bit; other machines than x86 have a system timer
  const flags = cpuinfo.match(/^flags\s*:.*$/m)?.[0];
  assertEquals(isTscInvariant(), flags === undefined || /\bnonstop_tsc\b/.test(flags));
});

test("a counter that does not count at one rate is refused by whoever measures with it", () => {
  requireInvariantTsc("test", true);
  const expected = "(no invariant TSC)";
  const error = assertThrows(() => requireInvariantTsc("test", false), DpdkError, expected);
  assertEquals([error.operation, error.code], ["test", "ENOTSUP"]);
  assertThrows(() => new Receiver({ steadyClock: false }), DpdkError, "Receiver: ENOTSUP");
  assertEquals(new Receiver({ steadyClock: true }).packets, 0);
});

/** What a primary of its own takes for the counter's frequency. */
async function measured(drivers: boolean, env: Record<string, string> = {}): Promise<number> {
  const args = ealArgs("0@0", otherPrefix());
  await using peer = new Peer("tsc_hz", [JSON.stringify({ drivers }), ...args], env);
  return await peer.next<number>();
}

test("the shorter measurement gives the frequency that DPDK's own gives", async () => {
  const ours = await measured(false);
  const off = await measured(false, { DENODPDK_TSC: "off" });
  const installed = await measured(true);
  // DPDK before 24.11 rounds to this
  const step = 10_000_000;
  for (const hz of [off, installed]) assertLessOrEqual(Math.abs(ours - hz), step, `${ours}, ${hz}`);
});

/** What the kernel shows of a thread that is in `clock_nanosleep`, by its number on x86-64. */
const SLEEPING = /^230 /;

/** Between which looks, in milliseconds, a primary with drivers was seen asleep in its start. */
async function asleep(env: Record<string, string> = {}): Promise<number> {
  await using peer = new Peer(
    "tsc_hz",
    ['{"drivers":true}', ...ealArgs("0@0", otherPrefix())],
    env,
  );
  const seen: number[] = [];
  let isStarted = false;
  const started = peer.next<number>().finally(() => isStarted = true);
  await until(
    () => {
      if (SLEEPING.test(Deno.readTextFileSync(`/proc/${peer.pid}/syscall`))) {
        seen.push(performance.now());
      }
      return isStarted;
    },
    "a start of EAL",
    [peer.pid],
  );
  await started;
  return (seen.at(-1) ?? 0) - (seen[0] ?? 0);
}

test("EAL of a shared DPDK does not sleep for its 100 ms where the CPU tells no frequency", async () => {
  const off = await asleep({ DENODPDK_TSC: "off" });
  // the CPU tells it, and EAL measures nothing
  if (off === 0) return;
  assertGreater(off, 60);
  // who watches the sleep may wait for a CPU itself
  let on = Infinity;
  for (let tries = 0; tries < 5 && on > 60; tries++) on = await asleep();
  assertLess(on, 60);
});
