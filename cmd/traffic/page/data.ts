/**
 * What the script of a page draws.
 *
 * @module
 */

/** How the values of an axis are shown. */
export type Unit =
  /** Seconds. */
  | "s"
  /** Packets a second. */
  | "pps"
  /** Microseconds. */
  | "us"
  /** A share, 1 is all. */
  | "share"
  /** A percentile q, as 1/(1-q). */
  | "percentile"
  /** A plain number. */
  | "";

/** An axis. */
export interface PlotAxis {
  /** What is on it, with the unit. */
  label: string;
  unit: Unit;
  /** Whether it is logarithmic. */
  log?: boolean;
  /** Whether it has only the values that there are; from 0 where left out, so that heights compare. */
  fits?: boolean;
}

/** A line of a plot. */
export interface PlotLine {
  name: string;
  /** A value for each of the plot's; null where there is none. */
  values: (number | null)[];
  /** How it is drawn; a line where left out. */
  as?: "line" | "points" | "steps";
}

/** A plot. */
export interface Plot {
  title: string;
  /** What a reader must know of it. */
  note?: string;
  x: PlotAxis;
  y: PlotAxis;
  /** Where the values are on the x axis, ascending. */
  xs: number[];
  lines: PlotLine[];
}
