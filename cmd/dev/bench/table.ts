/**
 * The table of results.
 *
 * @module
 */

import { tableOf, type TableOptions } from "../../lib/table.ts";
import { median, type Row, speed, spread } from "./figures.ts";

/** What a figure depends on besides the code. */
export interface Conditions {
  /** When the run began. */
  date: string;
  /** CPUs of the machine. */
  cpus: number;
  /** Load averages before the run. */
  load: string[];
  /** Version of Deno. */
  deno: string;
}

/** The conditions now. */
export function conditions(): Conditions {
  return {
    date: new Date().toISOString(),
    cpus: navigator.hardwareConcurrency,
    load: Deno.loadavg().map((load) => load.toFixed(2)),
    deno: Deno.version.deno,
  };
}

/** The table of some rows. */
export function tableOfRows(
  rows: readonly Row[],
  { peer = "C", ...options }: TableOptions & { peer?: string } = {},
): string {
  const head = ["row", "TypeScript", peer, `speed, ${peer} is 1`, "at least"];
  return tableOf(head, rows.map(rowCells), { right: head.slice(1), ruled: true, ...options });
}

/** What the mean of the rows in which packets were forwarded must be. */
export const MEAN = 0.98;

/** The mean of the rows in which packets were forwarded; undefined where there is none. */
export function meanLine(
  rows: readonly Row[],
  peer = "C",
  atLeast = MEAN,
): string | undefined {
  const speeds = rows.filter(({ forwards }) => forwards).map(speed);
  if (speeds.length === 0) return undefined;
  const mean = speeds.reduce((sum, speed) => sum + speed, 0) / speeds.length;
  const short = mean >= atLeast ? "" : ", missed";
  return `forwarding: ${mean.toFixed(3)} of ${peer} on the mean (at least ${atLeast}${short})`;
}

/** A row's line: medians, their relation, and whether that is enough. */
export function rowCells(row: Row): string[] {
  const { name, unit, ts, c, cpu, atLeast } = row;
  const ratio = speed(row);
  const cell = (values: number[], cpu: number[] | undefined) => {
    const value = `${median(values).toFixed(median(values) < 10 ? 2 : 1)} ${unit}`;
    return cpu === undefined ? value : `${value}, ${median(cpu).toFixed(2)} CPU`;
  };
  const wanted = atLeast === undefined ? "" : atLeast.toFixed(2);
  const short = atLeast !== undefined && !(ratio >= atLeast) ? " (missed)" : "";
  const apart = spread(row);
  const shown = apart === undefined ? ratio.toFixed(2) : `${ratio.toFixed(3)} ±${apart.toFixed(3)}`;
  return [name, cell(ts, cpu?.ts), cell(c, cpu?.c), shown, `${wanted}${short}`];
}
