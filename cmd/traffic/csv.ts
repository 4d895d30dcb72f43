/**
 * Results as comma-separated values, for spreadsheets: a row for each second, or for each trial of a
 * search.
 *
 * @module
 */

import type { LatencyPoint, SearchRecord, Series } from "./document.ts";

type Value = string | number | undefined;

const SERIES_HEAD = [
  "series",
  "seconds",
  "packets_per_second",
  "bits_per_second",
  "late",
  "lost",
  "p50_us",
  "p90_us",
  "p99_us",
  "p99.9_us",
  "max_us",
];

const TRIALS_HEAD = ["search", "trial", "load_pps", "seconds", "sent", "received", "loss_ratio"];

/** A value; a text that would be more than one is in quotes. */
function field(value: Value): string {
  const text = value === undefined ? "" : `${value}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function seriesRows(series: readonly Series[]): Value[][] {
  return series.flatMap(({ name, points }) =>
    points.map((point) => {
      const latency: Partial<LatencyPoint> = point.latency ?? {};
      const { p50, p90, p99, p999, max } = latency;
      return [
        name,
        point.seconds,
        point.packetsPerSecond,
        point.bitsPerSecond,
        point.late,
        point.lost,
        ...[p50, p90, p99, p999, max],
      ];
    })
  );
}

function trialRows(searches: readonly SearchRecord[]): Value[][] {
  return searches.flatMap(({ name, result }) =>
    result.trials.map(({ load, duration, sent, received, lossRatio }, i) => [
      name,
      i + 1,
      load,
      duration,
      sent,
      received,
      lossRatio,
    ])
  );
}

/** The rows of a document, as RFC 4180 has them but for the ends of lines. */
export function csvText(
  { series = [], searches = [] }: { series?: Series[]; searches?: SearchRecord[] },
): string {
  const rows: Value[][] = searches.length > 0
    ? [TRIALS_HEAD, ...trialRows(searches)]
    : [SERIES_HEAD, ...seriesRows(series)];
  return rows.map((row) => `${row.map(field).join(",")}\n`).join("");
}
