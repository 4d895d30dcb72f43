/**
 * Looks at counters once a second while packets flow, and shows how it goes.
 *
 * @module
 */

import { Histogram } from "../../ffi/traffic/traffic.ts";
import { say } from "../lib/stdout.ts";
import type { LatencyPoint, SeriesPoint } from "./document.ts";
import { secondLine } from "./lines.ts";

/** Counts from the beginning until now. */
export interface Counts {
  packets: number;
  /** Bits of layer 2, of frames with their check sequence. */
  bits: number;
  /** How many packets were late, where that is known. */
  late?: number;
  /** How many packets were lost, where that is known. */
  lost?: number;
}

/** Options of {@linkcode watch}. */
export interface WatchOptions {
  /** What happens to the packets: `sent`, `received`. */
  verb: string;
  /** The counts until now. */
  counts: () => Counts;
  /** The latencies of the last second, where they are known. */
  latency?: () => LatencyPoint | undefined;
}

/** What looks at the counters. */
export interface Watch {
  /** The seconds until now. */
  readonly points: SeriesPoint[];
  /** Ends it. */
  readonly stop: () => void;
}

/** Looks at counters each second, and prints a line. */
export function watch({ verb, counts, latency = () => undefined }: WatchOptions): Watch {
  const points: SeriesPoint[] = [];
  const begin = performance.now();
  let [time, before] = [begin, counts()];
  const look = () => {
    const [now, after] = [performance.now(), counts()];
    points.push(pointOf((now - begin) / 1000, (now - time) / 1000, before, after, latency()));
    const { packetsPerSecond, bitsPerSecond } = points.at(-1)!;
    say(secondLine(verb, points.length, packetsPerSecond, bitsPerSecond));
    [time, before] = [now, after];
  };
  const timer = setInterval(look, 1000);
  return { points, stop: () => clearInterval(timer) };
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
  return () => {
    const recent = new Histogram();
    for (const histogram of histograms()) {
      if (!seen.has(histogram)) seen.set(histogram, new Histogram());
      recent.add(histogram.since(seen.get(histogram)!));
    }
    if (recent.count === 0) return undefined;
    const { p50, p90, p99, p999, max } = recent.summary(unit);
    return { p50, p90, p99, p999, max };
  };
}
