/**
 * Searches for the rates that a device forwards, and says how it goes.
 *
 * @module
 */

import {
  type GoalResult,
  Histogram,
  type LatencySummary,
  lineRate,
  search,
  type SearchGoal,
  type SearchResult,
  type Trial,
} from "../../ffi/traffic/traffic.ts";
import { DpdkError } from "../lib/error.ts";
import type { LatencyRecord } from "./document.ts";
import { packetsOf } from "./measure_options.ts";
import type { Measured, Measurer } from "./measurer.ts";
import { exactRate, loadText, outcomeText } from "./trial_lines.ts";

/** The lowest rate of a search, where none is given, packets a second. */
const MIN = 1000;
/** The least that a rate can be below the highest one, to be searched for. */
const SPAN = 2;

/** Who is told how it goes, and who may end it. */
export interface Listener {
  say: (line: string) => void;
  signal: AbortSignal;
}

/** What to search for. */
export interface RatePlan {
  /** Which flow. */
  flow: number;
  /** The mean size of its frames, bytes with the frame check sequence. */
  frameBytes: number;
  /** Names of goals, and the goals. */
  goals: ReadonlyMap<string, SearchGoal>;
  /** The lowest and the highest rate, as options have them. */
  min: string | undefined;
  max: string | undefined;
  /** Seconds of a first trial that does not count. */
  warmup: number;
  /** Seconds of trials after which the search ends. */
  limit: number;
}

/** What was found for a goal. */
export interface FoundRate {
  name: string;
  result: GoalResult;
  /** Delays at the rate found, microseconds; undefined where there is no such rate. */
  latency: LatencySummary | undefined;
  /** Whether the sender, and not the device, sets the bound. */
  isSenderBound: boolean;
}

/** What was found. */
export interface FoundRates {
  search: SearchResult;
  rates: FoundRate[];
  /** The lowest and the highest load of the search, packets a second. */
  min: number;
  max: number;
  /** Seconds that all trials took, with the waiting. */
  seconds: number;
  /** How many packets came that are none of ours. */
  foreign: number;
  /** All delays at the rates found, by the names of the goals. */
  latencies: LatencyRecord[];
}

/** What sets the bound of a rate: the device, the sender, or the highest rate of the search. */
export function limitOf(
  { result, isSenderBound }: FoundRate,
): "device" | "sender" | "highest rate" {
  if (isSenderBound) return "sender";
  return result.upper === undefined ? "highest rate" : "device";
}

/** What is said where the sender set the bound. */
export const SENDER_BOUND =
  "the sender could not offer more: this is the sender's rate, and the device may forward more";

/** Measures one trial of a flow. */
export async function measureTrial(
  measurer: Measurer,
  flow: number,
  { load, duration }: Trial,
): Promise<Measured | undefined> {
  // at least one, so that a trial says something
  const packets = load === Infinity ? Infinity : Math.max(1, Math.round(load * duration));
  return await measurer.measure({ flow, load, packets, seconds: duration });
}

/**
 * The highest load: what was asked for, what the link carries, or what the sender can do. The first
 * trial warms all up.
 */
async function highest(
  measurer: Measurer,
  { flow, frameBytes, max, warmup }: RatePlan,
  { say }: Listener,
): Promise<number | undefined> {
  const { link } = measurer;
  const known = max !== undefined
    ? packetsOf("--max", max, frameBytes, link)
    : link === undefined
    ? undefined
    : lineRate(frameBytes, link);
  if (known !== undefined && warmup === 0) return known;
  const trial = { load: known ?? Infinity, duration: warmup || 1 };
  const measured = await measureTrial(measurer, flow, trial);
  if (!measured) return undefined;
  say(
    `warm-up: ${loadText(trial.load)} for ${trial.duration} s: ` +
      outcomeText(measured, measurer.cyclesPerMicrosecond),
  );
  return known ?? measured.asked / measurer.directions / trial.duration;
}

/**
 * Searches.
 *
 * @returns undefined where the program was ended before the first trial.
 * @throws {DpdkError} when the rates are none to search between.
 */
export async function findRates(
  measurer: Measurer,
  plan: RatePlan,
  listener: Listener,
): Promise<FoundRates | undefined> {
  const { say, signal } = listener;
  const { flow, goals, limit } = plan;
  const begin = performance.now();
  const max = await highest(measurer, plan, listener);
  if (max === undefined) return undefined;
  const min = plan.min === undefined
    ? Math.min(MIN, max / SPAN)
    : packetsOf("--min", plan.min, plan.frameBytes, measurer.link);
  if (!(min < max)) {
    throw new DpdkError({
      operation: plan.max === undefined ? "--min" : "--max",
      reason: `expected a lowest rate below the highest one, got ${exactRate(min)} and ${
        exactRate(max)
      }`,
    });
  }
  const all: Measured[] = [];
  const options = {
    goals: [...goals.values()],
    minLoad: min,
    maxLoad: max,
    maxDuration: limit,
    signal,
  };
  const result = await search(options, async (trial) => {
    const measured = await measureTrial(measurer, flow, trial);
    if (!measured) return undefined;
    all.push(measured);
    say(
      `trial ${all.length}: ${loadText(trial.load)} for ${trial.duration} s: ` +
        outcomeText(measured, measurer.cyclesPerMicrosecond),
    );
    return measured;
  });
  const at = (load: number | undefined) => all.filter((_, n) => result.trials[n]!.load === load);
  const latencies = [...goals.keys()].flatMap((name, i) =>
    recordOf(name, at(result.goals[i]!.lower), measurer)
  );
  const rates = [...goals.keys()].map((name, i): FoundRate => {
    const goal = result.goals[i]!;
    return {
      name,
      result: goal,
      latency: summaryOf(latencies.find((latency) => latency.name === name)),
      isSenderBound: isSenderBound(at(goal.upper ?? max), goal),
    };
  });
  return {
    search: result,
    rates,
    min,
    max,
    seconds: (performance.now() - begin) / 1000,
    foreign: all.reduce((sum, { foreign }) => sum + foreign, 0),
    latencies,
  };
}

/** The delays of trials under a name; none where no packet came. */
export function recordOf(
  name: string,
  trials: readonly Measured[],
  { cyclesPerMicrosecond }: Measurer,
): LatencyRecord[] {
  const latency = new Histogram();
  for (const trial of trials) latency.add(trial.latency);
  return latency.count > 0 ? [{ name, histogram: latency.toJSON(), cyclesPerMicrosecond }] : [];
}

/** Delays in microseconds. */
export const summaryOf = (record: LatencyRecord | undefined): LatencySummary | undefined =>
  record && Histogram.from(record.histogram).summary(record.cyclesPerMicrosecond);

/**
 * How many packets the sender was too slow for. What the port refused is none of them: its queue is
 * full when the device, or the link, takes no more.
 */
export const notInTime = ({ asked, sent, refused }: Measured): number =>
  Math.max(0, asked - sent - refused);

/** Whether trials would have reached a goal, had the sender been fast enough. */
function isSenderBound(trials: readonly Measured[], { goal }: GoalResult): boolean {
  const short = trials.filter((trial) =>
    notInTime(trial) > 0 &&
    trial.sent - trial.received + trial.refused <= goal.lossRatio * trial.sent
  );
  return 2 * short.length > trials.length;
}
