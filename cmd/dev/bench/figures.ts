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

/** A row of the table: a value of both sides for each round. */
export interface Row {
  /** What was measured. */
  name: string;
  /** Of both sides' values, as `Mpps`. */
  unit: string;
  /** Whether more or less of it is good. */
  better: "more" | "less";
  /** The ratio that issue 3 asks for; undefined where it asks for none. */
  atLeast?: number;
  /** TypeScript's values, one a round. */
  ts: number[];
  /** C's, of the same rounds. */
  c: number[];
}

/**
 * How fast TypeScript is where C is 1: the median of the rounds' ratios. Both sides of a round ran
 * at nearly the same time, so that what disturbed one has disturbed the other.
 */
export function speed({ better, ts, c }: Pick<Row, "better" | "ts" | "c">): number {
  const ratios = ts.map((ours, round) => {
    const theirs = c[round] ?? NaN;
    return better === "more" ? ours / theirs : theirs / ours;
  });
  return median(ratios.filter(Number.isFinite));
}
