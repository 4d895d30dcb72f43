/** Schedules under a clock of the test's own: what is due, when, and what is told. */

import { Random } from "../../../ffi/traffic/random.ts";
import { Pacer, type PacerOptions, type Spacing } from "../../../ffi/traffic/traffic.ts";
import { assert, assertEquals, assertLess, assertThrows } from "../../assert.ts";
import { kolmogorovSmirnov } from "./kolmogorov.ts";

const HZ = 2_099_998_000;
/** A clock that ran for a week when the test begins. */
const BEGIN = 7 * 24 * 3600 * HZ;

function begun(options: Omit<PacerOptions, "cyclesPerSecond">): Pacer {
  const pacer = new Pacer({ cyclesPerSecond: HZ, ...options });
  pacer.start(BEGIN);
  return pacer;
}

/** Runs a loop that takes all that is due, with turns of up to `turn` seconds; returns how many. */
function run(pacer: Pacer, from: number, seconds: number, turn: number, random: Random): number {
  let count = 0;
  const end = from + seconds * HZ;
  for (let now = from; now < end; now += random.below(turn * HZ)) {
    const due = pacer.due(now, Infinity);
    pacer.sent(due, due);
    count += due;
  }
  const due = pacer.due(end, Infinity);
  pacer.sent(due, due);
  return count + due;
}

/** The times of the packets, of a clock that stands at each packet's time exactly. */
function times(pacer: Pacer, count: number): number[] {
  const all: number[] = [];
  while (all.length < count) {
    const { next } = pacer;
    for (let due = pacer.due(next, Infinity); due > 0; due--) all.push(next);
  }
  return all.slice(0, count);
}

for (const rate of [0.5, 3, 1000, 999_983, 14_880_952.38]) {
  Deno.test(`pacing at ${rate} pps for an hour: no packet too early, no drift (seed 1)`, () => {
    const random = new Random(1);
    const pacer = begun({ rate, catchUp: 10 });
    let count = 0;
    const end = BEGIN + 3600 * HZ;
    // turns of up to 20 ms: not more than 400,000 of them
    for (let now = BEGIN; now < end; now += random.below(0.02 * HZ)) {
      const due = pacer.due(now, Infinity);
      count += due;
      const exact = (now - BEGIN) / HZ * rate;
      assert(due === 0 || count <= exact + 1.01, `${count} packets at ${exact}`);
      assert(count >= exact - 0.01, `${count} packets at ${exact}`);
    }
    count += pacer.due(end, Infinity);
    assert(Math.abs(count - 3600 * rate) <= 1.001, `${count} of ${3600 * rate}`);
  });
}

Deno.test("pacing: gaps are equal, to the cycle", () => {
  const all = times(begun({ rate: 999_983 }), 10_000);
  assertEquals(all[0], BEGIN);
  for (const [i, time] of all.entries()) {
    assertLess(Math.abs(time - BEGIN - i * HZ / 999_983), 1);
  }
});

Deno.test("pacing: bursts of 8 at once, and equal gaps between them", () => {
  const all = times(begun({ rate: 1e6, spacing: { burst: 8 } }), 8000);
  for (const [i, time] of all.entries()) {
    assertLess(Math.abs(time - BEGIN - 8 * Math.floor(i / 8) * HZ / 1e6), 1);
  }
});

Deno.test("pacing: a burst that is larger than the room goes in parts, at once", () => {
  const pacer = begun({ rate: 1e6, spacing: { burst: 100 } });
  const parts = [pacer.due(BEGIN, 32), pacer.due(BEGIN, 32), pacer.due(BEGIN, 32)];
  assertEquals([...parts, pacer.due(BEGIN, 32), pacer.due(BEGIN, 32)], [32, 32, 32, 4, 0]);
  assertLess(Math.abs(pacer.next - BEGIN - 100 * HZ / 1e6), 1);
});

for (const seed of [1, 2, 3, 4, 5]) {
  Deno.test(`pacing: a Poisson process has exponential gaps (Kolmogorov-Smirnov, seed ${seed})`, () => {
    const rate = 2e6;
    const all = times(begun({ rate, spacing: "poisson", seed }), 100_001);
    const gaps = all.slice(1).map((time, i) => (time - all[i]!) / HZ * rate);
    const probability = kolmogorovSmirnov(gaps, (gap) => 1 - Math.exp(-gap));
    assert(probability > 0.01, `p = ${probability}`);
    // what the test is worth: equal gaps are not taken for exponential ones, nor a wrong mean
    assertLess(kolmogorovSmirnov(gaps.map(() => 1), (gap) => 1 - Math.exp(-gap)), 1e-9);
    assertLess(kolmogorovSmirnov(gaps, (gap) => 1 - Math.exp(-1.03 * gap)), 0.01);
  });
}

Deno.test("pacing: a Poisson process does not drift in an hour (seed 9)", () => {
  const pacer = begun({ rate: 2000, spacing: "poisson", seed: 9, catchUp: 10 });
  const count = run(pacer, BEGIN, 3600, 0.02, new Random(9));
  // the deviation of such a count is its root
  assertLess(Math.abs(count - 7.2e6), 4 * Math.sqrt(7.2e6));
});

Deno.test("pacing: a loop that is held up catches up, and says so", () => {
  const pacer = begun({ rate: 1e6 });
  const turn = (seconds: number, room = 1e6) => {
    const due = pacer.due(BEGIN + seconds * HZ, room);
    pacer.sent(due, due);
    return due;
  };
  assertEquals(turn(0), 1);
  // 50 ms late: all but those of the last 10 us are late
  assertEquals(turn(0.05), 50_000);
  const { late, maxLate, skipped, sent, asked } = pacer.report();
  assert(Math.abs(late - 49_990) <= 1, `${late}`);
  assertLess(Math.abs(maxLate - 0.049999), 1e-9);
  assertEquals([skipped, sent, Math.round(asked)], [0, 50_001, 50_000]);
});

Deno.test("pacing: what is older than the time to catch up is skipped, and told", () => {
  for (const spacing of ["constant", "poisson", { burst: 10 }] satisfies Spacing[]) {
    const pacer = begun({ rate: 1e6, spacing });
    const before = pacer.due(BEGIN, 1e6);
    const due = pacer.due(BEGIN + HZ, 1e6);
    pacer.sent(before + due, before + due);
    const { skipped, sent, maxLate, asked, achievedRate, askedRate } = pacer.report(BEGIN + HZ);
    assert(Math.abs(sent - 100_000) < 2000, `${sent} sent`);
    assert(Math.abs(sent + skipped - 1e6) < (spacing === "poisson" ? 5000 : 11), `${skipped}`);
    assert(maxLate <= 0.1 && maxLate > 0.0999, `${maxLate}`);
    assertEquals([Math.round(asked), Math.round(askedRate)], [1e6, 1e6]);
    assertEquals(achievedRate, sent);
  }
});

Deno.test("pacing: what the port does not take is told", () => {
  const pacer = begun({ rate: 1000 });
  pacer.sent(pacer.due(BEGIN, 32), 0);
  pacer.sent(pacer.due(BEGIN + HZ / 100, 32), 4);
  const { sent, refused } = pacer.report();
  assertEquals([sent, refused], [4, 7]);
});

for (const spacing of ["constant", "poisson", { burst: 4 }] satisfies Spacing[]) {
  const name = typeof spacing === "string" ? spacing : "bursts";
  Deno.test(`pacing, ${name}: packets that are offered again are late once, by their own times`, () => {
    // the times of the schedule, one by one
    const times: number[] = [];
    const schedule = begun({ rate: 1e6, spacing });
    while (times.length < 64) {
      const { next } = schedule;
      for (let due = schedule.due(next, 64); due > 0; due--) times.push(next);
    }
    const pacer = begun({ rate: 1e6, spacing });
    const now = times[39]!;
    const due = pacer.due(now, 64);
    const left = due - 4;
    pacer.sent(4, 4);
    // the port takes seven a little later, and the rest much later
    const soon = now + 3e-6 * HZ;
    const later = now + 1e-3 * HZ;
    pacer.sentAgain(Float64Array.of(soon), left, 7);
    pacer.sentAgain(Float64Array.of(soon + 1), left - 7, 0);
    pacer.sentAgain(Float64Array.of(later), left - 7, left - 7);
    const leftAt = (i: number) => i < 4 ? now : i < 11 ? soon : later;
    const lateness = times.slice(0, due).map((time, i) => leftAt(i) - time);
    const report = pacer.report();
    // a packet that was late when it was due stays late: it counts then
    const late = lateness.filter((one, i) => one > 10e-6 * HZ || now - times[i]! > 10e-6 * HZ);
    assertEquals([report.sent, report.refused], [due, 0]);
    assert(Math.abs(report.late - late.length) <= 1, `${report.late} of ${late.length}`);
    assertLess(Math.abs(report.maxLate * HZ - Math.max(...lateness)), 1);
    assertEquals(report.seconds, (later - BEGIN) / HZ);
  });
}

for (const spacing of ["constant", "poisson", { burst: 4 }] satisfies Spacing[]) {
  const name = typeof spacing === "string" ? spacing : "bursts";
  Deno.test(`pacing, ${name}: a rate that changes counts as it was at each moment (seed 5)`, () => {
    const random = new Random(5);
    const pacer = begun({ spacing, seed: 5, catchUp: 10 });
    let [now, expected, count] = [BEGIN, 0, 0];
    for (let i = 0; i < 300; i++) {
      pacer.rate = random.pick([0, 1, 7, 1000, 1e6, 12_345.678]);
      const seconds = random.below(0.3);
      expected += pacer.rate * seconds;
      count += run(pacer, now, seconds, 0.001, random);
      now += seconds * HZ;
    }
    const exact = spacing === "constant"
      ? 300
      : spacing === "poisson"
      ? 4 * Math.sqrt(expected)
      : 1200;
    assert(Math.abs(count - expected) < exact, `${count} of ${expected}`);
    const { asked, sent } = pacer.report(now);
    assertLess(Math.abs(asked / expected - 1), 1e-6);
    assertEquals(sent, count);
  });
}

Deno.test("pacing: from hardly any packets to many the next one does not wait for its old time", () => {
  const pacer = begun({ rate: 0.001 });
  assertEquals(pacer.due(BEGIN, 32), 1);
  pacer.rate = 1e6;
  assertEquals(pacer.due(BEGIN + 0.5 * HZ, 32), 0);
  assertLess(pacer.next - BEGIN - 0.5 * HZ, HZ / 1e6 + 1);
});

Deno.test("pacing: what is due when the rate changes stays due", () => {
  const pacer = begun({ rate: 1000 });
  assertEquals(pacer.due(BEGIN + 0.0105 * HZ, 1), 1);
  pacer.rate = 10;
  assertEquals(pacer.due(BEGIN + 0.0105 * HZ, 100), 10);
  // half of a gap is over
  assertLess(Math.abs(pacer.next - BEGIN - 0.0105 * HZ - 0.05 * HZ), 2);
});

Deno.test("pacing: as fast as it goes, and not at all", () => {
  const pacer = begun({ rate: Infinity });
  assertEquals([pacer.due(BEGIN, 32), pacer.due(BEGIN, 32)], [32, 32]);
  assertEquals(pacer.report(BEGIN + HZ).asked, Infinity);
  pacer.rate = 0;
  assertEquals([pacer.due(BEGIN + HZ, 32), pacer.next], [0, Infinity]);
  pacer.rate = 1000;
  assertEquals(pacer.due(BEGIN + 2 * HZ, 32), 0);
  assertEquals(pacer.due(BEGIN + 2.0015 * HZ, 32), 1);
});

Deno.test("pacing: another thread sees the counts and sets the rate", () => {
  const pacer = begun({ rate: 1000 });
  const other = new Pacer({ cyclesPerSecond: HZ, buffer: pacer.buffer });
  const due = pacer.due(BEGIN + HZ / 100, 32);
  pacer.sent(due, due);
  assertEquals(other.report(), pacer.report());
  other.rate = 0;
  assertEquals([pacer.rate, pacer.due(BEGIN + HZ, 32)], [0, 0]);
});

Deno.test("pacing: rates and bursts that are none are refused", () => {
  const options = { cyclesPerSecond: HZ };
  for (const rate of [-1, NaN]) {
    assertThrows(() => new Pacer({ ...options, rate }), RangeError, `0 or more, got ${rate}`);
    assertThrows(() => new Pacer(options).rate = rate, RangeError, `0 or more, got ${rate}`);
  }
  for (const burst of [0, 1.5, NaN]) {
    assertThrows(() => new Pacer({ ...options, spacing: { burst } }), RangeError, `got ${burst}`);
  }
});

for (const spacing of ["constant", "poisson", { burst: 7 }] satisfies Spacing[]) {
  Deno.test(`pacing ${JSON.stringify(spacing)}: as many packets as were told, skipped ones among them`, () => {
    const packets = 10_000;
    const pacer = new Pacer({ cyclesPerSecond: HZ, rate: 1e6, spacing, catchUp: 0.001 });
    const seen = new Pacer({ cyclesPerSecond: HZ, buffer: pacer.buffer });
    pacer.start(BEGIN, packets);
    let due = 0;
    for (let turn = 0; turn < 10_000; turn++) {
      // it stands still for 2 ms after half of them
      const now = BEGIN + HZ * (turn * 1e-5 + (turn > 500 ? 0.002 : 0));
      const count = pacer.due(now, 32);
      pacer.sent(count, count);
      due += count;
      assertEquals(pacer.isDone, due + seen.report().skipped === packets);
    }
    const { asked, sent, skipped, maxLate } = seen.report(BEGIN + HZ / 10);
    assertEquals([asked, sent + skipped], [packets, packets]);
    assert(skipped > 500 && skipped < 1500, `${skipped} skipped`);
    // the clock goes on when the last packet is long gone
    assert(maxLate <= 0.001, `${maxLate} s`);
    pacer.start(BEGIN);
    assertEquals([pacer.isDone, pacer.due(BEGIN + 1e-3 * HZ, 8)], [false, 8]);
  });
}

Deno.test("pacing as fast as it goes: as many packets as were told", () => {
  const pacer = new Pacer({ cyclesPerSecond: HZ, rate: Infinity });
  pacer.start(BEGIN, 70);
  assertEquals([1, 2, 3, 4].map(() => pacer.due(BEGIN, 32)), [32, 32, 6, 0]);
  assertEquals([pacer.isDone, pacer.report(BEGIN + 1).asked], [true, 70]);
});

Deno.test("pacing: another thread sees when the schedule begins", () => {
  const pacer = new Pacer({ cyclesPerSecond: 1e9, rate: 1 });
  const seen = new Pacer({ cyclesPerSecond: 1e9, buffer: pacer.buffer });
  assertEquals(seen.isStarted, false);
  pacer.start(1000);
  assertEquals([pacer.isStarted, seen.isStarted], [true, true]);
});
