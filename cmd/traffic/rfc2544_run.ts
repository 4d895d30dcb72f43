/**
 * The tests of RFC 2544, on whatever measures trials: throughput, latency at that rate, frame loss and
 * back-to-back frames, one frame size after the other.
 *
 * @module
 */

import {
  backToBack,
  type BackToBackResult,
  type LatencySummary,
  RFC2544_THROUGHPUT,
} from "../../ffi/traffic/traffic.ts";
import {
  findRates,
  type FoundRates,
  type Listener,
  measureTrial,
  notInTime,
  recordOf,
  summaryOf,
} from "./find_rates.ts";
import type { LatencyRecord } from "./document.ts";
import type { Measured, Measurer } from "./measurer.ts";
import { exactRate, outcomeText, percent } from "./trial_lines.ts";

/** The tests behind that of the throughput, in the order in which they are done. */
export const TESTS = ["latency", "loss", "bursts"] as const;

/** Steps of the frame loss rate curve, in a share of the highest rate: RFC 2544, section 26.3. */
export const STEPS = [1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1];
/** The curve ends when so many trials in a row lost nothing. */
const CLEAN = 2;

/** What is tested. */
export interface Rfc2544Plan {
  /** The names of frame sizes, and their mean sizes, bytes with the frame check sequence. */
  sizes: readonly { name: string; frameBytes: number }[];
  /** Which of {@linkcode TESTS}. */
  tests: readonly string[];
  min: string | undefined;
  max: string | undefined;
  width: number;
  warmup: number;
  /** Seconds of a trial of throughput and of frame loss, and of the one of latency. */
  trial: number;
  latency: number;
  /** Seconds of the longest burst, and how many bursts are searched for. */
  burst: number;
  repeats: number;
  /** Seconds of trials of a search after which it ends. */
  limit: number;
}

/** A point of the frame loss rate curve. */
export interface LossPoint {
  /** Packets a second that were asked for and that were sent, in each direction. */
  load: number;
  offered: number;
  /** The load as a share of the highest one. */
  share: number;
  /** The share of the packets sent that were lost. */
  lossRatio: number;
}

/** What came of the tests at a frame size; what was not tested is undefined. */
export interface SizeResult {
  name: string;
  frameBytes: number;
  found: FoundRates;
  /** The throughput, packets a second; undefined where there is none. */
  throughput: number | undefined;
  /** Delays in a trial at the throughput, microseconds. */
  latency: LatencySummary | undefined;
  /** All delays at the throughput: those of that trial, or of the search where there is none. */
  delays: LatencyRecord | undefined;
  loss: LossPoint[] | undefined;
  bursts: BackToBackResult | undefined;
  /** How many bursts the sender could not send at the highest rate. */
  unsentBursts: number;
}

/** Tests all sizes; those that were done before the end are told. */
export async function runRfc2544(
  measurer: Measurer,
  plan: Rfc2544Plan,
  { say, signal }: Listener,
): Promise<SizeResult[]> {
  const results: SizeResult[] = [];
  for (const [flow, { name }] of plan.sizes.entries()) {
    if (signal.aborted) break;
    const at = (line: string) => say(`${sizeText(name)}: ${line}`);
    const result = await testSize(measurer, plan, flow, { say: at, signal });
    if (result) results.push(result);
  }
  return results;
}

export const sizeText = (name: string) => /^\d+$/.test(name) ? `${name} bytes` : name;

async function testSize(
  measurer: Measurer,
  plan: Rfc2544Plan,
  flow: number,
  listener: Listener,
): Promise<SizeResult | undefined> {
  const { name, frameBytes } = plan.sizes[flow]!;
  const { min, max, width, warmup, trial, limit } = plan;
  const goal = {
    ...RFC2544_THROUGHPUT,
    width,
    initialTrialDuration: trial,
    finalTrialDuration: trial,
    durationSum: trial,
  };
  const goals = new Map([["throughput", goal]]);
  const search = { flow, frameBytes, goals, min, max, warmup, limit };
  const found = await findRates(measurer, search, listener);
  if (!found) return undefined;
  const throughput = found.rates[0]?.result.lower;
  const result: SizeResult = {
    name,
    frameBytes,
    found,
    throughput,
    latency: undefined,
    delays: found.latencies.map((record) => ({ ...record, name: sizeText(name) }))[0],
    loss: undefined,
    bursts: undefined,
    unsentBursts: 0,
  };
  const test = new SizeTest(measurer, plan, flow, listener);
  const wants = (what: typeof TESTS[number]) =>
    plan.tests.includes(what) && !listener.signal.aborted;
  if (wants("latency") && throughput !== undefined) {
    const delays = await test.latency(sizeText(name), throughput);
    result.latency = summaryOf(delays);
    result.delays = delays ?? result.delays;
  }
  if (wants("loss")) result.loss = await test.loss(found.max);
  if (wants("bursts")) {
    result.bursts = await test.bursts(found.max);
    result.unsentBursts = test.unsent;
  }
  return result;
}

/** The tests of one size, behind that of the throughput. */
class SizeTest {
  /** How many bursts the sender could not send in time. */
  unsent = 0;
  readonly #measurer: Measurer;
  readonly #plan: Rfc2544Plan;
  readonly #flow: number;
  readonly #listener: Listener;

  constructor(measurer: Measurer, plan: Rfc2544Plan, flow: number, listener: Listener) {
    this.#measurer = measurer;
    this.#plan = plan;
    this.#flow = flow;
    this.#listener = listener;
  }

  /** Delays at the throughput, under a name. */
  async latency(name: string, load: number): Promise<LatencyRecord | undefined> {
    const measured = await this.#trial("latency", load, this.#plan.latency);
    return measured && recordOf(name, [measured], this.#measurer)[0];
  }

  /** The frame loss rate at steps below the highest rate, until there is none. */
  async loss(max: number): Promise<LossPoint[]> {
    const points: LossPoint[] = [];
    for (const share of STEPS) {
      const load = share * max;
      const measured = await this.#trial(`loss at ${percent(share)}`, load, this.#plan.trial);
      if (!measured) break;
      const { sent, received, offered } = measured;
      const lossRatio = sent > 0 ? Math.max(0, sent - received) / sent : 0;
      points.push({ load, offered, share, lossRatio });
      const last = points.slice(-CLEAN);
      if (last.length === CLEAN && last.every(({ lossRatio }) => lossRatio === 0)) break;
    }
    return points;
  }

  /** The longest bursts without loss at the highest rate. */
  async bursts(max: number): Promise<BackToBackResult> {
    const { burst, repeats } = this.#plan;
    const [measurer, { say, signal }] = [this.#measurer, this.#listener];
    const maxBurst = Math.max(1, Math.round(max * burst));
    const found = await backToBack({ maxBurst, repeats, signal }, async (frames) => {
      const order = { flow: this.#flow, load: max, packets: frames, seconds: frames / max };
      const measured = await measurer.measure(order);
      if (!measured) return undefined;
      const { sent, received } = measured;
      if (notInTime(measured) > 0 && received >= sent) this.unsent++;
      return { sent: sent / measurer.directions, received: received / measurer.directions };
    });
    const { mean, min: least, max: most, bursts } = found;
    say(
      `bursts at ${exactRate(max)}: ${bursts.length} searches, ${
        mean.toFixed(1)
      } frames on average, ` +
        `${least} to ${most}${least === maxBurst ? ", the longest that was tried" : ""}`,
    );
    return found;
  }

  async #trial(what: string, load: number, duration: number): Promise<Measured | undefined> {
    const measured = await measureTrial(this.#measurer, this.#flow, { load, duration });
    if (!measured) return undefined;
    const outcome = outcomeText(measured, this.#measurer.cyclesPerMicrosecond);
    this.#listener.say(`${what}: ${exactRate(load)} for ${duration} s: ${outcome}`);
    return measured;
  }
}
