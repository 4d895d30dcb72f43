/**
 * Latencies at shares of the rates that a search found: at the rate itself a device's queues are full,
 * and a latency there is the length of a queue.
 *
 * @module
 */

import { optional, type OptionSpec } from "../lib/options.ts";
import type { LatencyRecord, ResultTable } from "./document.ts";
import { type FoundRates, type Listener, measureTrial, recordOf, summaryOf } from "./find_rates.ts";
import type { Measurer } from "./measurer.ts";
import type { LatencySummary } from "../../ffi/traffic/traffic.ts";
import { exactRate, LATENCIES, outcomeText, percent } from "./trial_lines.ts";

/** Percentages, each once: shares from above 0 to 1. */
function shares(text: string): number[] | undefined {
  const words = text.split(",");
  if (!words.every((word) => /^\d{1,3}(\.\d+)?%?$/.test(word))) return undefined;
  const all = words.map((word) => Number((parseFloat(word) / 100).toPrecision(12)));
  const isRight = all.every((share) => share > 0 && share <= 1) && new Set(all).size === all.length;
  return isRight ? all : undefined;
}

/** The option for the shares. */
export const LATENCY_AT: OptionSpec<number[]> = optional(
  "--latency-at",
  "percentages above 0 up to 100, each once, as 10,50,90",
  shares,
  [],
);

/** Latencies at a share of a rate that was found. */
export interface LatencyAt {
  /** The name of the goal, and the share of its rate. */
  goal: string;
  share: number;
  /** Packets a second that were asked for and that were sent, in each direction. */
  load: number;
  offered: number;
  /** The share of the packets sent that were lost. */
  lossRatio: number;
  /** Delays, microseconds; undefined where no packet came. */
  latency: LatencySummary | undefined;
}

/** What to measure. */
export interface LatencyPlan {
  /** Which flow. */
  flow: number;
  shares: readonly number[];
  /** Seconds of each trial. */
  duration: number;
}

/** Measures a trial at each share of each rate; where the program is ended, those until then. */
export async function latenciesAt(
  measurer: Measurer,
  { rates }: FoundRates,
  { flow, shares, duration }: LatencyPlan,
  { say }: Listener,
): Promise<{ at: LatencyAt[]; records: LatencyRecord[] }> {
  const at: LatencyAt[] = [];
  const records: LatencyRecord[] = [];
  for (const { name: goal, result: { lower } } of rates) {
    if (lower === undefined) continue;
    for (const share of shares) {
      const load = share * lower;
      const measured = await measureTrial(measurer, flow, { load, duration });
      if (!measured) return { at, records };
      const name = `${percent(share)} of ${goal}`;
      const { sent, received, offered } = measured;
      const outcome = outcomeText(measured, measurer.cyclesPerMicrosecond);
      say(`${name}: ${exactRate(load)} for ${duration} s: ${outcome}`);
      const [record] = recordOf(name, [measured], measurer);
      if (record) records.push(record);
      const lossRatio = sent > 0 ? Math.max(0, sent - received) / sent : 0;
      at.push({ goal, share, load, offered, lossRatio, latency: summaryOf(record) });
    }
  }
  return { at, records };
}

/** What was measured so, in a table that fits a terminal of 80 columns; none where nothing was. */
export function latencyAtTables(all: readonly LatencyAt[]): ResultTable[] {
  if (all.length === 0) return [];
  const keys = LATENCIES.filter(({ name }) => ["min", "p50", "p99", "max"].includes(name));
  return [{
    title: "Latency at shares of the rates found, us",
    head: ["at", "rate", "lost", ...keys.map(({ name }) => name)],
    rows: all.map(({ goal, share, load, lossRatio, latency }) => [
      `${percent(share)} of ${goal}`,
      exactRate(load),
      percent(lossRatio),
      ...keys.map(({ key }) => latency ? latency[key].toFixed(2) : "none"),
    ]),
  }];
}
