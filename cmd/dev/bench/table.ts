/**
 * The table of results.
 *
 * @module
 */

import { tableOf, type TableOptions } from "../../lib/table.ts";
import { median, type Row, speed } from "./figures.ts";

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
export function tableOfRows(rows: readonly Row[], options: TableOptions = {}): string {
  const head = ["row", "TypeScript", "C", "speed, C is 1", "at least"];
  return tableOf(head, rows.map(rowCells), { right: head.slice(1), ruled: true, ...options });
}

/** A row's line: medians, their relation, and whether that is enough. */
export function rowCells(row: Row): string[] {
  const { name, unit, ts, c, atLeast } = row;
  const ratio = speed(row);
  const cell = (values: number[]) =>
    `${median(values).toFixed(median(values) < 10 ? 2 : 1)} ${unit}`;
  const wanted = atLeast === undefined ? "" : atLeast.toFixed(2);
  const short = atLeast !== undefined && !(ratio >= atLeast) ? " (missed)" : "";
  return [name, cell(ts), cell(c), ratio.toFixed(2), `${wanted}${short}`];
}
