/**
 * The plots of results, as data: rates, losses and latencies over time, the distribution of latencies,
 * and the trials of searches.
 *
 * @module
 */

import { Histogram } from "../../ffi/traffic/traffic.ts";
import type { LatencyPoint, ResultDocument, SearchRecord, Series } from "./document.ts";
import type { Plot, PlotAxis, PlotLine } from "./page/data.ts";

/** Points of a distribution for each power of ten. */
const STEPS = 20;
/** The most streams that have a line of their own. */
const STREAMS = 6;
/** A plot of latencies is logarithmic where the highest is so many times the lowest. */
const WIDE = 30;

const TIME: PlotAxis = { label: "time, s", unit: "s" };

/** A line whose values have places of their own. */
type Points = { name: string; points: [x: number, y: number][]; as?: PlotLine["as"] };

/** Lines that share their places: a place that a line lacks has no value there. */
function aligned(lines: readonly Points[]): Pick<Plot, "xs" | "lines"> {
  const xs = [...new Set(lines.flatMap(({ points }) => points.map(([x]) => x)))]
    .sort((a, b) => a - b);
  return {
    xs,
    lines: lines.map(({ name, points, as }) => {
      const values = new Map(points);
      return { name, values: xs.map((x) => values.get(x) ?? null), ...as ? { as } : {} };
    }),
  };
}

/** A plot, where one of its lines has a value. */
function plot(
  { lines, y, ...rest }: Omit<Plot, "xs" | "lines"> & { lines: readonly Points[] },
): Plot[] {
  const some = lines.filter(({ points }) => points.length > 0);
  // a logarithm has no place for 0
  const kept = some.map((line) => ({
    ...line,
    points: y.log ? line.points.filter(([, value]) => value > 0) : line.points,
  }));
  return some.length > 0 ? [{ ...rest, y, ...aligned(kept) }] : [];
}

function latencyAxis(values: readonly number[]): PlotAxis {
  const positive = values.filter((value) => value > 0);
  const log = Math.max(...positive) > WIDE * Math.min(...positive);
  return { label: "latency, us", unit: "us", ...log ? { log } : {} };
}

function rates(series: readonly Series[]): Plot[] {
  return plot({
    title: "Packets a second",
    x: TIME,
    y: { label: "packets a second", unit: "pps" },
    lines: series.map(({ name, points }) => ({
      name,
      points: points.map(({ seconds, packetsPerSecond }) => [seconds, packetsPerSecond]),
    })),
  });
}

function troubles(series: readonly Series[]): Plot[] {
  const several = series.length > 1;
  const lines = series.flatMap(({ name, points }) =>
    (["late", "lost"] as const).map((key): Points => ({
      name: several ? `${name}: ${key}` : key,
      points: points.flatMap(({ seconds, [key]: value }) =>
        value === undefined ? [] : [[seconds, value]]
      ),
    }))
  ).filter(({ points }) => points.some(([, value]) => value !== 0));
  return plot({
    title: "Late and lost packets, each second",
    x: TIME,
    y: { label: "packets", unit: "" },
    lines,
  });
}

const PERCENTILES: [key: keyof LatencyPoint, name: string][] = [
  ["p50", "50 %"],
  ["p90", "90 %"],
  ["p99", "99 %"],
  ["p999", "99.9 %"],
  ["max", "highest"],
];

function latencies(series: readonly Series[]): Plot[] {
  return series.flatMap(({ name, points }) => {
    const lines = PERCENTILES.map(([key, name]): Points => ({
      name,
      points: points.flatMap(({ seconds, latency }) => latency ? [[seconds, latency[key]]] : []),
    }));
    const values = lines.flatMap(({ points }) => points.map(([, value]) => value));
    return plot({
      title: `Latency over time${series.length > 1 ? `, ${name}` : ""}`,
      note: "So many of the packets of a second took no longer.",
      x: TIME,
      y: latencyAxis(values),
      lines,
    });
  });
}

/** The distribution of a histogram: the value for each percentile q, by 1/(1-q). */
export function distribution(histogram: Histogram, unit: number): [x: number, y: number][] {
  const { count } = histogram;
  if (count === 0) return [];
  const steps = Math.floor(STEPS * Math.log10(count));
  const xs = Array.from({ length: steps + 1 }, (_, i) => 10 ** (i / STEPS));
  return xs.map((x) => [x, histogram.percentile(100 * (1 - 1 / x)) / unit]);
}

/** Latencies whose distribution is plotted. */
interface Latencies {
  name: string;
  histogram: Histogram;
  /** How many of the histogram's values are a microsecond. */
  unit: number;
}

function latenciesOf(parts: readonly ResultDocument[]): Latencies[] {
  const kept = parts.flatMap(({ latencies = [] }) =>
    latencies.map(({ name, histogram, cyclesPerMicrosecond }): Latencies => ({
      name,
      histogram: Histogram.from(histogram),
      unit: cyclesPerMicrosecond,
    }))
  );
  const streams = parts.flatMap((part): Latencies[] => {
    if (part.command !== "receive") return [];
    const { streams, cyclesPerMicrosecond: unit } = part.result;
    return Object.entries(streams).map(([stream, { latency }]) => ({
      name: `stream ${stream}`,
      histogram: Histogram.from(latency),
      unit,
    }));
  });
  const some = (all: Latencies[]) => all.filter(({ histogram }) => histogram.count > 0);
  return [...some(kept), ...fewer(some(streams))];
}

/** Streams, or what they are together where they are too many for a line of their own. */
function fewer(streams: Latencies[]): Latencies[] {
  const [first] = streams;
  if (!first || streams.length <= STREAMS) return streams;
  const together = new Histogram();
  for (const { histogram } of streams) together.add(histogram);
  return [{ name: `all ${streams.length} streams`, histogram: together, unit: first.unit }];
}

function distributions(parts: readonly ResultDocument[]): Plot[] {
  const lines = latenciesOf(parts).map(({ name, histogram, unit }): Points => ({
    name,
    points: distribution(histogram, unit),
  }));
  return plot({
    title: "Latency by percentile",
    note: "So many of all packets took no longer.",
    x: { label: "percentile", unit: "percentile", log: true },
    y: latencyAxis(lines.flatMap(({ points }) => points.map(([, value]) => value))),
    lines,
  });
}

/** Load against loss. */
function losses({ name, result }: SearchRecord, several: boolean): Plot[] {
  return plot({
    title: `Loss by load${several ? `, ${name}` : ""}`,
    x: { label: "load, packets a second", unit: "pps" },
    y: { label: "lost or not sent", unit: "share" },
    lines: [{
      name: "trials",
      as: "points",
      // the worst of several trials at one load
      points: [...result.trials].sort((a, b) => a.lossRatio - b.lossRatio)
        .map(({ load, lossRatio }) => [load, lossRatio]),
    }],
  });
}

/** The highest load below all those that lose too much, and the lowest of these, trial by trial. */
export function boundsSoFar(
  trials: SearchRecord["result"]["trials"],
  { lossRatio, exceedRatio }: { lossRatio: number; exceedRatio: number },
): { lower: number | undefined; upper: number | undefined }[] {
  const seen = new Map<number, { good: number; bad: number }>();
  return trials.map(({ load, duration, lossRatio: lost }) => {
    const times = seen.get(load) ?? { good: 0, bad: 0 };
    seen.set(load, times);
    times[lost > lossRatio ? "bad" : "good"] += duration;
    const loads = [...seen].sort(([a], [b]) => a - b);
    const isBad = ([, { good, bad }]: (typeof loads)[number]) => bad > exceedRatio * (good + bad);
    const first = loads.findIndex(isBad);
    const below = first < 0 ? loads : loads.slice(0, first);
    return { lower: below.at(-1)?.[0], upper: loads[first]?.[0] };
  });
}

/** The trials and the bounds of goals, over the time of the search. */
function progress({ name, goals, result }: SearchRecord, several: boolean): Plot[] {
  const { trials } = result;
  let time = 0;
  const times = trials.map(({ took }) => time += took);
  const bounds = result.goals.flatMap(({ goal }, i): Points[] => {
    const all = boundsSoFar(trials, goal);
    const line = (which: "lower" | "upper"): Points => ({
      name: `${goals[i] ?? `goal ${i + 1}`}, ${which} bound`,
      as: "steps",
      points: all.flatMap(({ [which]: load }, i) =>
        load === undefined ? [] : [[times[i] ?? 0, load]]
      ),
    });
    return [line("lower"), line("upper")];
  });
  return plot({
    title: `Trials and bounds${several ? `, ${name}` : ""}`,
    note: "Bounds are those that the trials so far show.",
    x: { label: "time of trials, s", unit: "s" },
    y: { label: "load, packets a second", unit: "pps", fits: true },
    lines: [
      ...bounds,
      { name: "trials", as: "points", points: trials.map(({ load }, i) => [times[i] ?? 0, load]) },
    ],
  });
}

/**
 * The plots of a document.
 *
 * @param parts the documents that it is made of; itself where it is of one measurement.
 */
export function plotsOf(
  { series = [], searches = [] }: ResultDocument,
  parts: readonly ResultDocument[],
): Plot[] {
  const several = searches.length > 1;
  return [
    ...rates(series),
    ...troubles(series),
    ...latencies(series),
    ...distributions(parts),
    ...searches.flatMap((search) => [...progress(search, several), ...losses(search, several)]),
  ];
}
