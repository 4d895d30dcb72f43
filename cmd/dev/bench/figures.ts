/**
 * What is made of measured values.
 *
 * @module
 */

/** The value of which as many are above as below; NaN of none. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/**
 * The value below which `part` of all lie, between two of them where it falls between; NaN of none.
 *
 * @param part from 0 to 1: 0.99 for p99.
 */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * part;
  const [low = NaN, high = low] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return low + (high - low) * (at - Math.floor(at));
}

/** A row of the table: values of both sides, those of one number measured one after the other. */
export interface Row {
  /** What was measured. */
  name: string;
  /** Of both sides' values, as `Mpps`. */
  unit: string;
  /** Whether more or less of it is good. */
  better: "more" | "less";
  /** The ratio that it should have; undefined where any will do. */
  atLeast?: number;
  /** TypeScript's values, one a round, or one a window. */
  ts: number[];
  /** C's. */
  c: number[];
  /** How many CPUs each side had, in each round or window; undefined where it is not told. */
  cpu?: Record<"ts" | "c", number[]>;
  /** Packets were forwarded; the mean of these rows is told as well. */
  forwards?: true;
}

/** How fast TypeScript is where C is 1, in each round or window. */
function ratiosOf({ better, ts, c }: Pick<Row, "better" | "ts" | "c">): number[] {
  return ts.map((ours, round) => {
    const theirs = c[round] ?? NaN;
    return better === "more" ? ours / theirs : theirs / ours;
  }).filter(Number.isFinite);
}

/**
 * How fast TypeScript is where C is 1: the median of all ratios. Both sides of one ran at nearly the
 * same time, so that what disturbed one has disturbed the other.
 */
export function speed(row: Pick<Row, "better" | "ts" | "c">): number {
  return median(ratiosOf(row));
}

/** With fewer values no spread can be given. */
const FEW = 20;

/**
 * How far the true median may be from {@linkcode speed}: half of the notch of a box plot, which is
 * 1.57 times the range of the middle half by the root of their number (McGill, 1978), so that two
 * rows whose notches do not meet differ with a certainty of 95 %. Undefined for few values.
 */
export function spread(row: Pick<Row, "better" | "ts" | "c">): number | undefined {
  const ratios = ratiosOf(row);
  if (ratios.length < FEW) return undefined;
  return 1.57 * (quantile(ratios, 0.75) - quantile(ratios, 0.25)) / Math.sqrt(ratios.length);
}
