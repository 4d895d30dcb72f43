/**
 * The table of results.
 *
 * @module
 */

import Table from "cli-table3";
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

/** An empty table. */
export function newTable(): Table.Table {
  return new Table({
    head: ["row", "TypeScript", "C", "speed, C is 1", "at least"],
    colAligns: ["left", "right", "right", "right", "right"],
    style: Deno.stdout.isTerminal() && !Deno.noColor ? {} : { head: [], border: [] },
  });
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
