/**
 * `ndr`: searches for the highest rates that a device forwards without loss, and nearly so.
 *
 * @module
 */

import { NDR, type SearchGoal } from "../../ffi/traffic/traffic.ts";
import { counted } from "../lib/counted.ts";
import type { OptionValues } from "../lib/options.ts";
import { say } from "../lib/stdout.ts";
import { command } from "./command.ts";
import type { LatencyRecord, ResultTable, SearchRecord } from "./document.ts";
import {
  findRates,
  type FoundRate,
  type FoundRates,
  limitOf,
  type Listener,
  SENDER_BOUND,
} from "./find_rates.ts";
import { flowOf } from "./flow.ts";
import { latenciesAt, LATENCY_AT, type LatencyAt, latencyAtTables } from "./latency_at.ts";
import { drain, goalOf, MEASURE, MLRSEARCH, pairOf, pause } from "./measure_options.ts";
import { type Measurer, measuring } from "./measurer.ts";
import { OUTPUTS, saveResults } from "./results.ts";
import { LOAD } from "./send.ts";
import { session } from "./session.ts";
import {
  exactBits,
  exactRate,
  floorLine,
  LATENCIES,
  percent,
  tableText,
  wireBits,
} from "./trial_lines.ts";

/** What comes behind the last packet of a trial comes within this time, seconds. */
const DRAIN = 0.2;

const { frame, size, spacing } = LOAD;
const OPTIONS = {
  frame,
  size,
  spacing,
  ...MEASURE,
  drain: drain(DRAIN),
  pause: pause(0),
  ...MLRSEARCH,
  latencyAt: LATENCY_AT,
  ...OUTPUTS,
};

/** The values of the command's options. */
export type NdrOptions = OptionValues<typeof OPTIONS>;

/** The goals by their names. */
export function goalsOf(options: NdrOptions): ReadonlyMap<string, SearchGoal> {
  const goal = goalOf(options);
  return new Map([["NDR", { ...NDR, ...goal }], ["PDR", { ...goal, lossRatio: options.pdr }]]);
}

/** What was found, in a table: a column for each goal. */
export function rateTable(
  { rates }: FoundRates,
  frameBytes: number,
  { directions }: Pick<Measurer, "directions">,
): ResultTable {
  const row = (name: string, of: (rate: FoundRate) => string) => [name, ...rates.map(of)];
  const at = (of: (load: number) => string) => ({ result: { lower } }: FoundRate) =>
    lower === undefined ? "none" : of(lower);
  const each = directions > 1 ? " each way" : "";
  return {
    title: "Rates that the device forwards",
    head: ["what", ...rates.map(({ name }) => name)],
    rows: [
      row("loss allowed", ({ result }) => percent(result.goal.lossRatio)),
      row(`rate${each}`, at(exactRate)),
      row("layer 2, with check sequence", at((load) => exactBits(8 * frameBytes * load))),
      row(
        "layer 1, with preamble and gap",
        at((load) => exactBits(wireBits(frameBytes) * load)),
      ),
      row(
        "lowest rate that lost more",
        ({ result: { upper } }) => upper === undefined ? "none" : exactRate(upper),
      ),
      row("limited by", limitOf),
      row(
        "forwarded in the worst trial that counts",
        ({ result: { throughput } }) => throughput === undefined ? "none" : exactRate(throughput),
      ),
      ...LATENCIES.map(({ key, name }) =>
        row(`latency ${name}, us`, ({ latency }) => latency ? latency[key].toFixed(2) : "none")
      ),
    ],
  };
}

/** What a reader must know to judge the rates, a line each. */
export function foundNotes({ search, rates, foreign }: FoundRates): string[] {
  const lines: string[] = [];
  if (!search.complete) {
    lines.push("the search was ended early: these are the bounds that are known so far");
  }
  for (const { name, isSenderBound } of rates) {
    if (isSenderBound) lines.push(`${name}: ${SENDER_BOUND}`);
  }
  if (foreign > 0) lines.push(`${counted(foreign, "packet")} came that were none of ours`);
  return lines;
}

/** How much was measured. */
function effortLine({ search, min, max, seconds }: FoundRates): string {
  return `${counted(search.trials.length, "trial")} between ${exactRate(min)} and ${
    exactRate(max)
  }, ${seconds.toFixed(1)} s`;
}

/** What a search came to. */
export interface NdrResult {
  found: FoundRates;
  /** Latencies at shares of the rates. */
  latencyAt: LatencyAt[];
  /** All delays, of the rates and of their shares. */
  latencies: LatencyRecord[];
  tables: ResultTable[];
  record: SearchRecord;
  /** What a reader must know to judge the rates. */
  notes: string[];
}

/** Searches with a measurer, and prints what comes of it. */
export async function runNdr(
  measurer: Measurer,
  options: NdrOptions,
  listener: Listener,
): Promise<NdrResult | undefined> {
  const frameBytes = flowOf({ ...options, stream: 0 }).meanFrame;
  const goals = goalsOf(options);
  const { min, max, warmup, limit, latencyAt, trial } = options;
  const plan = { flow: 0, frameBytes, goals, min, max, warmup, limit };
  listener.say(floorLine(measurer.floor));
  const found = await findRates(measurer, plan, listener);
  if (!found) {
    listener.say("ended before the first trial: nothing is known");
    return undefined;
  }
  const latencyPlan = { flow: 0, shares: latencyAt, duration: trial };
  const { at, records } = await latenciesAt(measurer, found, latencyPlan, listener);
  const tables = [rateTable(found, frameBytes, measurer), ...latencyAtTables(at)];
  for (const [i, table] of tables.entries()) {
    listener.say(i > 0 ? `${table.title}\n${tableText(table)}` : tableText(table));
  }
  const notes = foundNotes(found);
  for (const line of [effortLine(found), ...notes]) listener.say(line);
  const record = {
    name: options.size,
    frameBits: 8 * frameBytes,
    goals: [...goals.keys()],
    result: found.search,
  };
  const latencies = [...found.latencies, ...records];
  return { found, latencyAt: at, latencies, tables, record, notes };
}

/** The command. */
export const NDR_COMMAND = command(OPTIONS, (options) => {
  // wrong options are refused before anything is started
  const { frame, size, spacing, drain, pause, bidirectional } = options;
  flowOf({ frame, size, stream: 0 });
  goalsOf(options);
  return session(async (session) => {
    const begin = new Date();
    const measure = {
      ...pairOf(options),
      bidirectional,
      flows: [{ frame, size }],
      spacing,
      drain,
      pause,
    };
    await measuring(session, measure, async (measurer) => {
      const done = await runNdr(measurer, options, { say, signal: session.signal });
      if (!done) return;
      const { found: { latencies: _, ...found }, latencyAt, latencies, tables, record, notes } =
        done;
      saveResults(options, {
        command: "ndr",
        args: session.args,
        begin,
        seconds: found.seconds,
        searches: [record],
        latencies,
        notes,
        tables,
        result: { ...found, latencyAt, floor: measurer.floor },
      });
    });
    return 0;
  });
});
