/**
 * HdrHistogram's text format for distributions, `.hgrm`: a line for each percentile of interest,
 * closer together towards 100 %.
 *
 * @module
 */

/** Lines for each halving of what is left up to 100 %, as HdrHistogram has them. */
const TICKS = 5;

/** @internal What is written. */
export interface Distribution {
  /** The highest value of each counter, and how many values it has, ascending. */
  steps: readonly (readonly [value: number, times: number])[];
  /** How many of these values are one unit of what is written. */
  unit: number;
  /** In units. */
  mean: number;
  deviation: number;
  max: number;
  count: number;
  /** Powers of two that have counters of their own, and half the number of counters of each. */
  buckets: number;
  half: number;
}

/** A line of the table; the last one has no fourth column. */
function line(value: number, percent: number, seen: number, last: boolean): string {
  const columns = [
    value.toFixed(3).padStart(12),
    (percent / 100).toFixed(12),
    String(seen).padStart(10),
  ];
  if (!last) columns.push((100 / (100 - percent)).toFixed(2).padStart(14));
  return columns.join(" ");
}

/** @internal The text, which ends in a new line. */
export function hgrmText(distribution: Distribution): string {
  const { steps, unit, mean, deviation, max, count, buckets, half } = distribution;
  const lines = [
    ["Value".padStart(12), "Percentile".padStart(14), "TotalCount".padStart(10), "1/(1-Percentile)"]
      .join(" "),
    "",
  ];
  let [seen, percent] = [0, 0];
  for (const [value, times] of steps) {
    seen += times;
    while (seen > 0 && 100 * seen / count >= percent) {
      lines.push(line(value / unit, percent, seen, false));
      // a tick is a part of the half that the percentile lies in
      const halves = Math.floor(Math.log2(100 / (100 - percent))) + 1;
      percent += 100 / (TICKS * 2 ** halves);
      if (seen === count) break;
    }
  }
  if (count > 0) lines.push(line(max, 100, count, true));
  const number = (value: number) => value.toFixed(3).padStart(12);
  const integer = (value: number) => String(value).padStart(12);
  return lines.concat(
    `#[Mean    = ${number(mean)}, StdDeviation   = ${number(deviation)}]`,
    `#[Max     = ${number(max)}, Total count    = ${integer(count)}]`,
    `#[Buckets = ${integer(buckets)}, SubBuckets     = ${integer(2 * half)}]`,
    "",
  ).join("\n");
}
