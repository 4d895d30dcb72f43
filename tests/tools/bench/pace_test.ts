/** What the bench makes of packets that were stamped. */

import {
  paceFailures,
  paceOf,
  scheduledGaps,
  type Stamps,
  undisturbed,
} from "../../../cmd/dev/bench/pace/stamps.ts";
import { Stamper } from "../../../cmd/dev/bench/pace/stamper.ts";
import { Histogram, Pacer } from "../../../ffi/traffic/traffic.ts";
import { assert, assertEquals, assertLess } from "../../assert.ts";
import { assertNoGarbage } from "../../harness/garbage.ts";
import { kolmogorovSmirnov } from "../../ffi/traffic/kolmogorov.ts";

const HZ = 1e9;
const sent = (count: number) => {
  const pacer = new Pacer({ cyclesPerSecond: HZ });
  pacer.start(0);
  pacer.sent(count, count);
  return pacer.report();
};

const came = (packets: number) => ({ packets, delayed: 0 });

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
    delayed: 0,
    late,
  };
}

Deno.test("bench, pace: a mean and a drift as they are", () => {
  const exact = paceOf(stamps(1000, 1000, 10), 1000);
  assertLess(Math.abs(exact.off), 1e-12);
  assertLess(Math.abs(exact.drift), 1e-12);
  assertEquals(paceFailures(exact, sent(10_001), came(10_001)), []);
  const slow = paceOf(stamps(990, 1000, 10), 1000);
  assertLess(Math.abs(slow.off + 0.01), 1e-9);
  assert(slow.drift > 0.009 && slow.drift < 0.011, `${slow.drift}`);
  assertEquals(paceFailures(slow, sent(9901), came(9901)), [
    "the mean is off by -1.000 %",
    `it drifts by ${(100 * slow.drift).toFixed(3)} %`,
  ]);
});

Deno.test("bench, pace: packets that are missing, and gaps that are not exponential", () => {
  const exact = { off: 0, drift: 0 };
  assertEquals(paceFailures(exact, sent(10), came(9)), ["10 packets sent, 9 came"]);
  const failures = (disturbed: number, probability: number, delayed: number) =>
    paceFailures(exact, sent(10), { packets: 10, delayed }, { disturbed, probability });
  assertEquals(failures(0, 0.011, 0), []);
  assertEquals(failures(0, 0.0099, 0), ["gaps are not exponential, p = 0.0099"]);
  assertEquals(failures(4, 0.5, 2), []);
  assertEquals(failures(5, 0.5, 2), ["5 gaps are disturbed, but only 2 packets were held up"]);
});

Deno.test("bench, pace: gaps of packets that were held up are told from those of the schedule", () => {
  const rate = 5000;
  const gaps = scheduledGaps({ rate, cyclesPerSecond: HZ }, 20_000);
  // the sum of exponential gaps deviates by its root
  const mean = gaps.reduce((sum, gap) => sum + gap) / gaps.length;
  assertLess(Math.abs(mean / (HZ / rate) - 1), 4 / Math.sqrt(gaps.length));
  // nobody runs for 11 ms of each second: what is due then comes at the end
  const due = gaps.map(((sum) => (gap) => sum += gap)(0));
  const times = due.map((time) => time % HZ < 11e6 ? time - time % HZ + 11e6 : time);
  const kept = [...times].slice(1).map((time, i) => time - times[i]!);
  const whole = undisturbed({ ...stamps(rate, rate, 4), kept }, gaps.subarray(1));
  const held = times.filter((time, i) => time !== due[i]).length;
  assert(held > 150 && held < 350, `${held}`);
  const disturbed = kept.length - whole.length;
  // a packet that came less than 20 us late counts as one in time
  assert(disturbed > 0.9 * held && disturbed <= 2 * held, `${disturbed} for ${held}`);
  const probability = (gaps: number[]) =>
    kolmogorovSmirnov(gaps.map((gap) => gap / HZ * rate), (gap) => 1 - Math.exp(-gap));
  assert(probability(whole) > 0.01);
  assertLess(probability(kept), probability(whole));
  assertEquals(undisturbed({ ...stamps(rate, rate, 4), kept: [...gaps] }, gaps).length, 20_000);
});

Deno.test("bench, pace: packets are stamped, those of a long turn as delayed", () => {
  const stamper = new Stamper({ rate: 1000, seconds: 0.01, keep: 4 }, () => HZ);
  const turn = (us: number, count: number) => stamper.turn(1e15 + us * 1000, count);
  // due each 1000 us: two at once, the second one too early by that; then 5 us late; a long turn
  turn(0, 2);
  turn(1999, 0);
  turn(2005, 1);
  turn(2006, 0);
  turn(4010, 2);
  turn(4015, 0);
  turn(5000, 1);
  const { gaps, kept, late, ...counts } = stamper.report();
  assertEquals(counts, { packets: 6, took: 5e6, cyclesPerSecond: HZ, delayed: 3 });
  assertEquals(kept, [0, 2_005_000, 2_005_000, 0]);
  const { count, max } = Histogram.from(gaps);
  assertEquals([count, max], [5, 2_005_000]);
  assertEquals(late, [-1e6, 5000, 10_000, 0]);
});

Deno.test("bench, pace: to stamp packets makes no object", () => {
  const stamper = new Stamper({ rate: 1e6, seconds: 1e4, keep: 0 }, () => HZ);
  const now = Float64Array.of(1e15);
  assertNoGarbage((turns) => {
    for (let i = 0; i < turns; i++) {
      now[0]! += 700;
      stamper.turn(now[0]!, i & 1);
    }
  });
});
