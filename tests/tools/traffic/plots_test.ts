/** The plots of traffic's page, as data. */

import { boundsSoFar, distribution, plotsOf } from "../../../cmd/traffic/plots.ts";
import { Histogram } from "../../../ffi/traffic/traffic.ts";
import { assert, assertEquals } from "../../assert.ts";
import { aDocument, aReceived, aSearch } from "./documents.ts";

Deno.test("plots: a distribution has the value of each percentile, up to the last packet", () => {
  const histogram = new Histogram();
  for (let value = 1; value <= 1000; value++) histogram.record(value);
  const points = distribution(histogram, 2);
  const at = (x: number) => points.find(([place]) => Math.abs(place - x) < 1e-9)?.[1];
  assertEquals([at(1), at(10), at(100), at(1000)], [0.5, 450, 495, 499.5]);
  assertEquals(distribution(new Histogram(), 1), []);
});

Deno.test("plots: bounds are those of the trials so far", () => {
  const trial = (load: number, lossRatio: number) => ({
    load,
    lossRatio,
    duration: 1,
    took: 1,
    sent: 1000,
    received: 1000 * (1 - lossRatio),
  });
  const trials = [trial(100, 0.5), trial(50, 0), trial(75, 0), trial(75, 0.1), trial(75, 0.1)];
  assertEquals(boundsSoFar(trials, { lossRatio: 0, exceedRatio: 0.5 }), [
    { lower: undefined, upper: 100 },
    { lower: 50, upper: 100 },
    { lower: 75, upper: 100 },
    { lower: 75, upper: 100 },
    { lower: 50, upper: 75 },
  ]);
});

Deno.test("plots: lines of several series share their places", () => {
  const document = aDocument();
  const other = {
    name: "received",
    points: [{ ...document.series![0]!.points[0]!, seconds: 1.5 }],
  };
  document.series!.push(other);
  const [rates, late] = plotsOf(document, [document]);
  assertEquals(rates?.xs, [1, 1.5, 2]);
  assertEquals(rates?.lines.map(({ values }) => values), [[1000, null, 990], [null, 1000, null]]);
  assertEquals(late?.lines.map(({ name, values }) => [name, values]), [
    ["sent: late", [0, 3]],
  ]);
});

Deno.test("plots: what is not there has none", async () => {
  const titles = async (document: Parameters<typeof plotsOf>[0] | ReturnType<typeof aSearch>) => {
    const known = await document;
    return plotsOf(known, [known]).map(({ title }) => title);
  };
  const bare = aDocument();
  delete bare.series;
  assertEquals(await titles(bare), []);
  assertEquals(await titles(aReceived({ 7: [1, 2, 3] })), [
    "Packets a second",
    "Late and lost packets, each second",
    "Latency over time",
    "Latency by percentile",
  ]);
  assertEquals(await titles(aSearch()), ["Trials and bounds", "Loss by load"]);
});

Deno.test("plots: many streams are one line", () => {
  const streams = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [i, [1, 2, 3 + i]]));
  const document = aReceived(streams);
  const plot = plotsOf(document, [document]).find(({ title }) => title === "Latency by percentile");
  assertEquals(plot?.lines.map(({ name }) => name), ["all 40 streams"]);
  assert(plot!.xs.length > 20 && plot!.lines[0]!.values.every((value) => value !== null));
});

Deno.test("plots: latencies at the rates of searches have a line each, however many", async () => {
  const histogram = new Histogram();
  for (let value = 1; value <= 1000; value++) histogram.record(value);
  const names = Array.from({ length: 9 }, (_, i) => `${64 << i} bytes`);
  const latencies = names.map((name) => ({
    name,
    histogram: histogram.toJSON(),
    cyclesPerMicrosecond: 2,
  }));
  const document = { ...await aSearch(), latencies };
  const plot = plotsOf(document, [document]).find(({ title }) => title === "Latency by percentile");
  assertEquals(plot?.lines.map(({ name }) => name), names);
  assertEquals(plot!.lines[0]!.values.at(-1), 499.5);
});
