/** The wall clock by the counter: it follows the kernel's, and neither drifts nor goes back. */

import { Random } from "../../../ffi/traffic/random.ts";
import { readWall, WallClock, type WallReading } from "../../../ffi/traffic/wall_clock.ts";
import { assert, assertEquals } from "../../assert.ts";
import { test } from "../eal.ts";

const HZ = 2.7e9;
const BEGIN = 1e13;
const EPOCH = 1_700_000_000;

/** The clocks so many seconds behind the beginning; the kernel's is ahead by so many nanoseconds. */
function reading(seconds: number, ahead = 0): WallReading {
  const ns = Math.round(seconds * 1e9 + ahead) + 999_999_000;
  return {
    cycles: BEGIN + seconds * HZ,
    seconds: EPOCH + Math.floor(ns / 1e9),
    nanoseconds: ns % 1e9,
  };
}

/** What the clock tells, nanoseconds behind what it should be at this ahead of the kernel's clock. */
function error(clock: WallClock, seconds: number, ahead = 0): number {
  clock.tell(BEGIN + seconds * HZ);
  const right = reading(seconds, ahead);
  assert(clock.nanoseconds >= 0 && clock.nanoseconds < 1e9);
  return (clock.seconds - right.seconds) * 1e9 + clock.nanoseconds - right.nanoseconds;
}

Deno.test("wall clock: a rate that is known badly is brought right, and no drift is left", () => {
  // 1000 ppm wrong, as a counter's rate that was rounded may be
  const clock = new WallClock(reading(0), HZ * 1.001);
  const noise = new Random(3);
  let last = -Infinity;
  for (let second = 0; second < 3600; second++) {
    for (let part = 0; part < 1; part += 0.2) {
      const off = error(clock, second + part);
      if (second > 5) assert(Math.abs(off) < 1000, `${off} ns at ${second + part} s`);
      const told = (clock.seconds - EPOCH) * 1e9 + clock.nanoseconds;
      assert(told >= last, "the clock went back");
      last = told;
    }
    // readings are not exact
    clock.compare(reading(second + 1, noise.below(100) - 50));
  }
});

Deno.test("wall clock: a kernel's clock that is slewed is followed, one that is set at once", () => {
  const clock = new WallClock(reading(0), HZ);
  // 500 ppm, what NTP does at most
  for (let second = 1; second <= 20; second++) clock.compare(reading(second, second * 500_000));
  assert(Math.abs(error(clock, 20, 20 * 500_000)) < 1_000_000);
  for (const second of [21, 22, 23]) clock.compare(reading(second, 3600e9));
  assert(Math.abs(error(clock, 23, 3600e9)) < 1000);
  for (const second of [24, 25, 26]) clock.compare(reading(second));
  assert(Math.abs(error(clock, 26)) < 1000);
});

test("wall clock: the kernel's clock and the counter are read together", () => {
  const [before, one, two, after] = [Date.now(), readWall(), readWall(), Date.now()];
  for (const { seconds, nanoseconds } of [one, two]) {
    const ms = seconds * 1000 + nanoseconds / 1e6;
    assert(ms >= before - 1 && ms <= after + 1);
  }
  assert(two.cycles > one.cycles);
  assertEquals(one.seconds, Math.floor(one.seconds));
});
