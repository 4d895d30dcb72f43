/** What the bench makes of measured values. */

import { median, quantile, speed, spread } from "../../../cmd/dev/bench/figures.ts";
import { Pauses } from "../../../cmd/dev/bench/forward/pauses.ts";
import { meanLine, rowCells } from "../../../cmd/dev/bench/table.ts";
import { assertEquals, assertStrictEquals } from "../../assert.ts";

Deno.test("the median is the middle value, or lies between the two middle ones", () => {
  assertStrictEquals(median([3, 1, 2]), 2);
  assertStrictEquals(median([4, 1, 3, 2]), 2.5);
  assertStrictEquals(median([7]), 7);
  assertStrictEquals(median([]), NaN);
});

Deno.test("a quantile lies between the values around it", () => {
  const values = Array.from({ length: 101 }, (_, i) => 100 - i);
  assertStrictEquals(quantile(values, 0.99), 99);
  assertStrictEquals(quantile(values, 0), 0);
  assertStrictEquals(quantile(values, 1), 100);
  assertStrictEquals(quantile([1, 2], 0.25), 1.25);
});

Deno.test("speed is above 1 where TypeScript is faster, round by round", () => {
  // the second round was disturbed on both sides
  assertStrictEquals(speed({ better: "more", ts: [40, 4, 60], c: [20, 2, 20] }), 2);
  assertStrictEquals(speed({ better: "less", ts: [10, 10, 10], c: [20, 5, 20] }), 2);
  // a round that one side has nothing of does not count
  assertStrictEquals(speed({ better: "more", ts: [1, 3], c: [2] }), 0.5);
});

Deno.test("a row says what it missed", () => {
  const row = { name: "a row", unit: "Mpps", better: "more" as const, ts: [90.04], c: [100] };
  assertEquals(rowCells(row), ["a row", "90.0 Mpps", "100.0 Mpps", "0.90", ""]);
  assertStrictEquals(rowCells({ ...row, atLeast: 0.9 })[4], "0.90");
  assertStrictEquals(rowCells({ ...row, atLeast: 0.95 })[4], "0.95 (missed)");
  const cpu = { ts: [1], c: [0.996] };
  assertEquals(rowCells({ ...row, cpu }).slice(1, 3), [
    "90.0 Mpps, 1.00 CPU",
    "100.0 Mpps, 1.00 CPU",
  ]);
  // nothing measured is not good enough
  assertStrictEquals(rowCells({ ...row, ts: [], atLeast: 0.5 })[4], "0.50 (missed)");
});

Deno.test("many values say how far the median may be off", () => {
  const c = Array.from({ length: 100 }, () => 100);
  const ts = c.map((_, i) => i < 25 ? 96 : i < 75 ? 97 : 98);
  assertStrictEquals(spread({ better: "more", ts, c })?.toFixed(6), "0.000785");
  assertStrictEquals(spread({ better: "more", ts: c, c }), 0);
  assertStrictEquals(spread({ better: "more", ts: [1, 2, 3], c: [1, 1, 1] }), undefined);
  const row = { name: "a row", unit: "Mpps", better: "more" as const, ts, c, atLeast: 0.96 };
  assertEquals(rowCells(row), ["a row", "97.0 Mpps", "100.0 Mpps", "0.970 ±0.001", "0.96"]);
});

Deno.test("the mean is that of the rows in which packets are forwarded", () => {
  const row = (ts: number, forwards?: true) => {
    const row = { name: "a row", unit: "Mpps", better: "more" as const, ts: [ts], c: [100] };
    return forwards ? { ...row, forwards } : row;
  };
  assertStrictEquals(
    meanLine([row(96, true), row(102, true), row(10)]),
    "forwarding: 0.990 of C on the mean (at least 0.98)",
  );
  assertStrictEquals(
    meanLine([row(97, true)]),
    "forwarding: 0.970 of C on the mean (at least 0.98, missed)",
  );
  assertStrictEquals(meanLine([row(10)]), undefined);
});

Deno.test("pauses: percentiles are upper ends of buckets, the longest is exact", () => {
  const pauses = new Pauses();
  for (let i = 0; i < 9_998; i++) pauses.add(250);
  pauses.add(99_950);
  pauses.add(7_654_321);
  const seenElsewhere = new Pauses(pauses.memory).report();
  assertEquals(seenElsewhere, {
    turns: 10_000,
    p50: 300,
    p99: 300,
    p9999: 100_000,
    longest: 7_654_321,
  });
});

Deno.test("pauses: none at all, and one beyond all buckets", () => {
  const pauses = new Pauses();
  assertEquals(pauses.report(), { turns: 0, p50: 100, p99: 100, p9999: 100, longest: 100 });
  pauses.add(5e9);
  assertStrictEquals(pauses.report().longest, 5e9);
  assertStrictEquals(pauses.report().turns, 1);
});
