/** Histograms of latencies, against an exact sort and against HdrHistogram. */

import { build, type Histogram as Hdr } from "hdr-histogram-js";
import { Random } from "../../../ffi/traffic/random.ts";
import { Histogram } from "../../../ffi/traffic/traffic.ts";
import { assert, assertEquals, assertThrows } from "../../assert.ts";

const SEED = 20;
const PERCENTS = [0, 1, 10, 25, 50, 75, 90, 99, 99.9, 99.99, 99.999, 100];

/** Kinds of values: of the same size, of all sizes, few different ones, those where counters end. */
function samples(random: Random): Record<string, number[]> {
  const of = (count: number, value: (i: number) => number) =>
    Array.from({ length: count }, (_, i) => Math.floor(value(i)));
  const edges = of(52, (i) => 2 ** i).flatMap((power) => [power - 1, power, power + 1]);
  return {
    one: [7],
    zeros: of(100, () => 0),
    same: of(1000, () => 123_456_789),
    few: of(1000, () => random.pick([0, 1, 2047, 2048, 2 ** 31 - 1, 2 ** 31, 2 ** 52 - 1])),
    narrow: of(10_000, () => 4000 + random.below(500)),
    wide: of(10_000, () => Math.exp(random.below(36))),
    tail: of(10_000, (i) => (i % 1000 === 0 ? 1e9 : 3000) + random.below(100)),
    ascending: of(5000, (i) => i),
    descending: of(5000, (i) => 5000 - i),
    edges: edges.filter((value) => value < 2 ** 52),
  };
}

const ALL = Object.entries(samples(new Random(SEED)));

function recorded(values: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram;
}

function hdrOf(values: readonly number[]): Hdr {
  const histogram = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 2 ** 52 - 1,
    numberOfSignificantValueDigits: 3,
    bitBucketSize: 64,
  });
  for (const value of values) histogram.recordValue(value);
  return histogram;
}

for (const [name, values] of ALL) {
  const sorted = [...values].sort((a, b) => a - b);

  Deno.test(`histogram, ${name} (seed ${SEED}): percentiles of an exact sort`, () => {
    const histogram = recorded(values);
    for (const percent of PERCENTS) {
      // p * n first: 99.9 / 100 is no number of the machine
      const rank = Math.max(1, Math.ceil(percent * values.length / 100));
      const exact = sorted[rank - 1]!;
      const got = histogram.percentile(percent);
      assert(got >= exact && got <= exact + exact / 1024, `p${percent}: ${got} for ${exact}`);
    }
    assertEquals(histogram.count, values.length);
    assertEquals(histogram.min, sorted[0]);
    assertEquals(histogram.max, sorted.at(-1));
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    assertEquals(histogram.mean, mean);
  });

  Deno.test(`histogram, ${name} (seed ${SEED}): as HdrHistogram has it`, () => {
    const [histogram, hdr] = [recorded(values), hdrOf(values)];
    const [ours, theirs] = [histogram.hgrm(10), hdr.outputPercentileDistribution(5, 10)]
      .map((text) => text.split("\n").filter((line) => line !== ""));
    assertEquals(ours!.length, theirs!.length);
    const footer = ours!.length - 3;
    assertEquals(ours![0], theirs![0]);
    for (let i = 1; i < footer; i++) {
      const [value, percentile, count, left] = columns(ours![i]!);
      const expected = columns(theirs![i]!);
      near(value!, expected[0]!);
      // both round the last digit, each in its way
      assert(Math.abs(percentile! - expected[1]!) < 1.1e-12, ours![i]!);
      assertEquals(count, expected[2]);
      assert(left === expected[3] || Math.abs(left! - expected[3]!) < 0.011, ours![i]!);
    }
    const numbers = (line: string) => line.match(/[\d.]+/g)!.map(Number);
    for (let i = footer; i < ours!.length; i++) {
      assertEquals(words(ours![i]!), words(theirs![i]!));
      numbers(ours![i]!).forEach((number, j) => near(number, numbers(theirs![i]!)[j]!));
    }
  });
}

function columns(line: string): number[] {
  return line.trim().split(/ +/).map(Number);
}

function words(line: string): string[] {
  return line.replace(/[\d.]/g, "").trim().split(/ +/);
}

/** Within what one counter of HdrHistogram holds, and the last digit that is written. */
function near(got: number, expected: number): void {
  assert(Math.abs(got - expected) <= expected / 1000 + 0.06, `${got} for ${expected}`);
}

Deno.test("histogram: what was recorded in parts is what was recorded in one", () => {
  const random = new Random(SEED);
  const whole = new Histogram();
  const parts = [new Histogram(), new Histogram(), new Histogram()];
  for (const [, values] of ALL) {
    // sums above 2^53 are rounded, in an order or another
    for (const value of values.filter((value) => value < 2 ** 36)) {
      whole.record(value);
      random.pick(parts).record(value);
    }
  }
  parts[0]!.record(-1);
  whole.record(-1);
  const merged = new Histogram();
  for (const part of parts) merged.add(part);
  merged.add(new Histogram());
  assertEquals(merged.toJSON(), whole.toJSON());
  assertEquals(merged.hgrm(), whole.hgrm());
});

Deno.test("histogram: JSON gives the histogram back, and wrong counts are refused", () => {
  for (const [, values] of ALL) {
    const data = JSON.parse(JSON.stringify(recorded(values)));
    assertEquals(Histogram.from(data).toJSON(), data);
  }
  assertEquals(Histogram.from(new Histogram().toJSON()).toJSON(), new Histogram().toJSON());
  const data = recorded([1, 2]).toJSON();
  assertThrows(() => Histogram.from({ ...data, count: 3 }), RangeError, "3 together, got 2");
  assertThrows(() => Histogram.from({ ...data, values: [-1, 2] }), RangeError, "got -1, 1");
  assertThrows(() => Histogram.from({ ...data, counts: [] }), RangeError, "got 1, 0");
});

Deno.test("histogram: two of the same memory are one", () => {
  const one = recorded([1, 2, 3]);
  const other = new Histogram(one.buffer);
  assertEquals(other.count, 3);
  other.record(9);
  assertEquals(one.max, 9);
  assertThrows(() => new Histogram(new SharedArrayBuffer(8)), RangeError, "got 8");
});

Deno.test("histogram: what is no latency is counted apart", () => {
  const histogram = recorded([5]);
  for (const value of [-1, -0.5, NaN, Infinity, -Infinity, 2 ** 52]) histogram.record(value);
  assertEquals([histogram.count, histogram.invalid], [1, 6]);
  assertEquals([histogram.min, histogram.max], [5, 5]);
  histogram.clear();
  assertEquals([histogram.count, histogram.invalid, histogram.min, histogram.max], [0, 0, 0, 0]);
});

Deno.test("histogram: without values all is 0", () => {
  const { count, ...rest } = new Histogram().summary();
  assertEquals(count, 0);
  assertEquals([...new Set(Object.values(rest))], [0]);
  assertEquals(new Histogram().hgrm().split("\n").length, 6);
  assertThrows(() => new Histogram().percentile(101), RangeError, "0 to 100, got 101");
  assertThrows(() => new Histogram().percentile(NaN), RangeError, "0 to 100, got NaN");
});

Deno.test("histogram: a summary is in the unit that is asked for", () => {
  const histogram = recorded([2000, 4000, 6000]);
  const { count, min, mean, p50, max } = histogram.summary(1000);
  assertEquals({ count, min, mean, max }, { count: 3, min: 2, mean: 4, max: 6 });
  near(p50, 4);
});

Deno.test("histogram: what was recorded since the last look", () => {
  const [all, seen, added] = [new Histogram(), new Histogram(), new Histogram()];
  const random = new Random(SEED);
  for (let look = 0; look < 5; look++) {
    const values = Array.from({ length: 1000 }, () => Math.floor(Math.exp(random.below(30))));
    for (const value of values) all.record(value);
    all.record(-1);
    const recent = all.since(seen);
    const exact = recorded(values);
    assertEquals([recent.count, recent.invalid], [1000, 1]);
    assertEquals(recent.toJSON().counts, exact.toJSON().counts);
    for (const percent of PERCENTS) {
      const [got, want] = [recent.percentile(percent), exact.percentile(percent)];
      assert(Math.abs(got - want) <= want / 1000, `${percent} %: ${got}, ${want}`);
    }
    added.add(recent);
  }
  assertEquals(added.toJSON().counts, all.toJSON().counts);
  assertEquals([all.since(seen).count, seen.count, seen.max], [0, 5000, all.max]);
  // those of several histograms together
  const [other, together] = [recorded([7, 7, 9]), new Histogram()];
  all.record(8);
  all.since(seen, together);
  assertEquals(other.since(new Histogram(), together), together);
  assertEquals([together.count, together.min, together.max], [4, 7, 9]);
});
