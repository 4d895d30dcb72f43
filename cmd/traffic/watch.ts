/**
 * Looks at counters once a second while packets flow, and shows how it goes.
 *
 * @module
 */

import { Histogram } from "../../ffi/traffic/traffic.ts";
import { say, write } from "../lib/stdout.ts";
import { columnsOf, hasColours, isScreen, rowsOf } from "../lib/terminal.ts";
import type { LatencyPoint, SeriesPoint } from "./document.ts";
import { Canvas, type Counts, liveLines, type Shown } from "./live.ts";
import { secondLine } from "./lines.ts";

/** Points that are kept at most: in a longer run the older ones stand for several seconds each. */
const POINTS = 7200;
/** Points that stay one for each second: those that the table shows. */
const RECENT = 60;
/** Milliseconds between two looks whether the lcores run. */
const WAIT = 5;
/** Milliseconds of the shortest last part of a second that is a point. */
const SHORTEST = 100;

/** Options of {@linkcode watch}. */
export interface WatchOptions {
  /** What happens to the packets: `sent`, `received`. */
  verb: string;
  /** How long it takes as planned, seconds; Infinity until Ctrl-C. */
  duration: number;
  /** The counts until now. */
  counts: () => Counts;
  /**
   * Whether the lcores run, of which seconds are counted from then on; at once where left out. A
   * Worker's start takes a part of a second, which would look as if the rate were lower.
   */
  isRunning?: () => boolean;
  /** The latencies of the last second, where they are known. */
  latency?: () => LatencyPoint | undefined;
}

/** What looks at the counters. */
export interface Watch {
  /** The seconds until now. */
  readonly points: SeriesPoint[];
  /** Says when the lcores began to run. */
  readonly begin: () => Date;
  /** Ends it. */
  readonly stop: () => void;
}

/** Shows how it goes. */
interface Display {
  show(shown: Shown): void;
  end(): void;
}

/** A line a second, for a pipe, a file or a terminal that knows no more. */
function lines(): Display {
  let second = 0;
  return {
    show({ verb, points }) {
      const last = points.at(-1);
      if (last) say(secondLine(verb, ++second, last.packetsPerSecond, last.bitsPerSecond));
    },
    end() {},
  };
}

/** A table that is drawn anew in place. */
function table(): Display {
  const canvas = new Canvas(write);
  return {
    show(shown) {
      const columns = columnsOf("stdout");
      const size = { columns, rows: rowsOf("stdout") };
      canvas.draw(liveLines(shown, size, hasColours("stdout")), columns);
    },
    end: () => canvas.clear(columnsOf("stdout")),
  };
}

/** Looks at counters each second, and shows them: in a table on a terminal, elsewhere in a line. */
export function watch(options: WatchOptions): Watch {
  const { verb, duration, counts, latency = () => undefined, isRunning = () => true } = options;
  const points: SeriesPoint[] = [];
  const display = isScreen("stdout") ? table() : lines();
  let date = new Date();
  let begin = performance.now();
  let [time, before] = [begin, counts()];
  const show = () => display.show({ verb, duration, points, totals: before });
  const look = () => {
    const [now, after] = [performance.now(), counts()];
    points.push(pointOf((now - begin) / 1000, (now - time) / 1000, before, after, latency()));
    [time, before] = [now, after];
    if (points.length > POINTS) thin(points, RECENT);
  };
  let seconds: number | undefined;
  const start = () => {
    if (!isRunning()) return;
    clearInterval(waiting);
    date = new Date();
    time = begin = performance.now();
    seconds = setInterval(() => {
      look();
      show();
    }, 1000);
  };
  const waiting = setInterval(start, WAIT);
  show();
  start();
  const stop = () => {
    clearInterval(waiting);
    clearInterval(seconds);
    // the rest of a second, unless it is too short for a rate
    if (seconds !== undefined && performance.now() - time >= SHORTEST) look();
    display.end();
  };
  return { points, begin: () => date, stop };
}

/**
 * Makes one of two neighbours each, but for the last ones. Counts are added and rates averaged; the
 * percentiles of both together are not known, and no higher than the higher ones.
 *
 * @param recent how many points stay as they are.
 */
export function thin(points: SeriesPoint[], recent: number): void {
  const pairs = Math.max(0, points.length - recent) >> 1;
  const kept: SeriesPoint[] = [];
  let from = 0;
  for (let i = 0; i < pairs; i++) {
    const [a, b] = [points[2 * i]!, points[2 * i + 1]!];
    kept.push(together(a, b, (a.seconds - from) / (b.seconds - from)));
    from = b.seconds;
  }
  points.splice(0, 2 * pairs, ...kept);
}

/** One point of two, of which the first one has a share of the time. */
function together(a: SeriesPoint, b: SeriesPoint, share: number): SeriesPoint {
  const mean = (key: "packetsPerSecond" | "bitsPerSecond") => share * a[key] + (1 - share) * b[key];
  const added = (key: "late" | "lost") =>
    a[key] === undefined && b[key] === undefined ? {} : { [key]: (a[key] ?? 0) + (b[key] ?? 0) };
  const [x, y] = [a.latency ?? b.latency, b.latency ?? a.latency];
  const highest = (key: keyof LatencyPoint) => Math.max(x?.[key] ?? 0, y?.[key] ?? 0);
  const latency: LatencyPoint = {
    p50: highest("p50"),
    p90: highest("p90"),
    p99: highest("p99"),
    p999: highest("p999"),
    max: highest("max"),
  };
  return {
    seconds: b.seconds,
    packetsPerSecond: mean("packetsPerSecond"),
    bitsPerSecond: mean("bitsPerSecond"),
    ...added("late"),
    ...added("lost"),
    ...x ? { latency } : {},
  };
}

/**
 * A point of a series.
 *
 * @param seconds since the beginning.
 * @param took how long after the last point, seconds.
 */
export function pointOf(
  seconds: number,
  took: number,
  before: Counts,
  after: Counts,
  latency: LatencyPoint | undefined,
): SeriesPoint {
  const rate = (key: "packets" | "bits") => (after[key] - before[key]) / took;
  const more = (key: "late" | "lost") => {
    const value = after[key];
    return value === undefined ? {} : { [key]: value - (before[key] ?? 0) };
  };
  return {
    seconds,
    packetsPerSecond: rate("packets"),
    bitsPerSecond: rate("bits"),
    ...more("late"),
    ...more("lost"),
    ...latency ? { latency } : {},
  };
}

/**
 * Tells the latencies of each second, of histograms that others record in.
 *
 * @param histograms gives the histograms that there are now.
 * @param unit how many of their values are a microsecond.
 */
export function latencyBySecond(
  histograms: () => Iterable<Histogram>,
  unit: number,
): () => LatencyPoint | undefined {
  const seen = new Map<Histogram, Histogram>();
  const recent = new Histogram();
  return () => {
    recent.clear();
    for (const histogram of histograms()) {
      if (!seen.has(histogram)) seen.set(histogram, new Histogram());
      histogram.since(seen.get(histogram)!, recent);
    }
    if (recent.count === 0) return undefined;
    const { p50, p90, p99, p999, max } = recent.summary(unit);
    return { p50, p90, p99, p999, max };
  };
}
