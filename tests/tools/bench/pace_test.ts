/** What the bench makes of packets that were stamped. */

import { paceFailures, paceOf, type Stamps } from "../../../cmd/dev/bench/pace/stamps.ts";
import { Histogram, Pacer } from "../../../ffi/traffic/traffic.ts";
import { assert, assertEquals, assertLess } from "../../assert.ts";

const HZ = 1e9;
const sent = (count: number) => {
  const pacer = new Pacer({ cyclesPerSecond: HZ });
  pacer.start(0);
  pacer.sent(count, count);
  return pacer.report();
};

/** Stamps of packets that came at a rate, where another one was asked for. */
function stamps(rate: number, asked: number, seconds: number): Stamps {
  const packets = Math.floor(rate * seconds) + 1;
  const took = (packets - 1) / rate * HZ;
  // the first packet of each tenth by the schedule: how late it came
  const late = Array.from({ length: 10 }, (_, part) => {
    const index = Math.ceil(part * asked * seconds / 10);
    return index / rate * HZ - index / asked * HZ;
  });
  return {
    packets,
    took,
    cyclesPerSecond: HZ,
    gaps: new Histogram().toJSON(),
    kept: [],
    late,
  };
}

Deno.test("bench, pace: a mean and a drift as they are", () => {
  const exact = paceOf(stamps(1000, 1000, 10), 1000);
  assertLess(Math.abs(exact.off), 1e-12);
  assertLess(Math.abs(exact.drift), 1e-12);
  assertEquals(paceFailures(exact, sent(10_001), 10_001), []);
  const slow = paceOf(stamps(990, 1000, 10), 1000);
  assertLess(Math.abs(slow.off + 0.01), 1e-9);
  assert(slow.drift > 0.009 && slow.drift < 0.011, `${slow.drift}`);
  assertEquals(paceFailures(slow, sent(9901), 9901), [
    "the mean is off by -1.000 %",
    `it drifts by ${(100 * slow.drift).toFixed(3)} %`,
  ]);
});

Deno.test("bench, pace: packets that are missing, and gaps that are not exponential", () => {
  const exact = { off: 0, drift: 0 };
  assertEquals(paceFailures(exact, sent(10), 9), ["10 packets sent, 9 came"]);
  assertEquals(paceFailures(exact, sent(10), 10, 0.011), []);
  assertEquals(paceFailures(exact, sent(10), 10, 0.0099), [
    "gaps are not exponential, p = 0.0099",
  ]);
});
