/**
 * Search for the loads that a device forwards: by the method MLRsearch (draft-ietf-bmwg-mlrsearch),
 * and as RFC 2544 asks. Pure code: who measures is handed in.
 *
 * @module
 */

import {
  type Bounds,
  lossAt,
  type Target,
  type Trial,
  type TrialDone,
  trialDone,
  type TrialResult,
  Trials,
} from "./trials.ts";

/** What to search for: the highest load at which a device still does well enough. */
export interface SearchGoal {
  /** The largest share of packets that may be lost, from 0 to below 1; 0 where left out. */
  lossRatio?: number;
  /** The share of the time in which more may be lost, from 0 to below 1; 0.5 where left out. */
  exceedRatio?: number;
  /** How far apart the bounds may be at the end, as a share of the upper one; 0.005. */
  width?: number;
  /** Seconds of the first trials; 1 where left out. */
  initialTrialDuration?: number;
  /** Seconds of the trials that decide; 1 where left out. */
  finalTrialDuration?: number;
  /** Seconds of trials that a bound needs; 21 where left out. */
  durationSum?: number;
  /** How many coarser searches come first, each twice as wide as the next; 2 where left out. */
  precedingTargets?: number;
  /** By how much steps grow while a bound is not found yet; 2 where left out. */
  expansion?: number;
}

/** What was found for a goal. */
export interface GoalResult {
  /** The goal, with all that was left out. */
  goal: Required<SearchGoal>;
  /** The highest load at which the goal is reached, packets a second; undefined where none is. */
  lower: number | undefined;
  /** The lowest load at which it is not; undefined where even the highest load reaches it. */
  upper: number | undefined;
  /**
   * Packets a second that the device forwarded at the lower bound, in the worst of the trials that
   * the exceed ratio demands to be good: the conditional throughput.
   */
  throughput: number | undefined;
}

/** What a search found. */
export interface SearchResult {
  /** A result for each goal. */
  goals: GoalResult[];
  /** All trials, in the order in which they were done. */
  trials: TrialDone[];
  /** Whether all goals were searched to their end. */
  complete: boolean;
}

/** Options of {@linkcode search}. */
export interface SearchOptions {
  /** What to search for; NDR and PDR where left out. */
  goals?: readonly SearchGoal[];
  /** The lowest load, packets a second, above 0. */
  minLoad: number;
  /** The highest load, packets a second, above the lowest. */
  maxLoad: number;
  /** Seconds of a first trial at the highest load that does not count; none where left out. */
  warmupDuration?: number;
  /** Seconds of trials after which the search ends without its end; 1200 where left out. */
  maxDuration?: number;
  /** Ends the search; what was measured is kept. */
  signal?: AbortSignal;
}

/**
 * Measures: sends at a load for a time, waits until all has come, and counts. Where the search is
 * ended meanwhile, it may give undefined: a trial that was not done.
 */
export type Measure = (
  trial: Trial,
) => TrialResult | undefined | Promise<TrialResult | undefined>;

/** No packet lost: the non-drop rate. */
export const NDR: SearchGoal = { lossRatio: 0 };
/** Half a percent lost: the partial drop rate. */
export const PDR: SearchGoal = { lossRatio: 0.005 };
/** The throughput of RFC 2544, section 26.1: no packet lost in one trial of 60 seconds. */
export const RFC2544_THROUGHPUT: SearchGoal = {
  lossRatio: 0,
  exceedRatio: 0,
  initialTrialDuration: 60,
  finalTrialDuration: 60,
  durationSum: 60,
  precedingTargets: 0,
};

const DEFAULTS: Required<SearchGoal> = {
  lossRatio: 0,
  exceedRatio: 0.5,
  width: 0.005,
  initialTrialDuration: 1,
  finalTrialDuration: 1,
  durationSum: 21,
  precedingTargets: 2,
  expansion: 2,
};

/** A goal with all its fields. */
function completed(given: SearchGoal): Required<SearchGoal> {
  const goal = { ...DEFAULTS, ...given };
  const refuse = (what: string, got: number): never => {
    throw new RangeError(`search goal: expected ${what}, got ${got}`);
  };
  const { lossRatio, exceedRatio, width, expansion, precedingTargets } = goal;
  const { initialTrialDuration: first, finalTrialDuration: last, durationSum } = goal;
  if (!(lossRatio >= 0 && lossRatio < 1)) refuse("a loss ratio from 0 to below 1", lossRatio);
  if (!(exceedRatio >= 0 && exceedRatio < 1)) {
    refuse("an exceed ratio from 0 to below 1", exceedRatio);
  }
  if (!(width > 0 && width < 1)) refuse("a width above 0 and below 1", width);
  if (!(first > 0)) refuse("an initial trial duration above 0", first);
  if (!(last >= first)) refuse("a final trial duration not below the initial one", last);
  if (!(durationSum >= last)) refuse("a duration sum not below that of a trial", durationSum);
  if (!(expansion > 1)) refuse("an expansion above 1", expansion);
  const fewest = first < durationSum ? 1 : 0;
  if (!(Number.isInteger(precedingTargets) && precedingTargets >= fewest)) {
    refuse(`${fewest} preceding targets or more`, precedingTargets);
  }
  return goal;
}

/** The loads that are measured: places on a scale, each a step of the finest goal above the last. */
class Scale {
  /** The place of the highest load; the lowest one is 0. */
  readonly highest: number;
  readonly #min: number;
  readonly #max: number;
  readonly #step: number;

  constructor(min: number, max: number, widths: readonly number[]) {
    if (!(min > 0 && max > min && max < Infinity)) {
      throw new RangeError(`search: expected loads with 0 < min < max, got ${min} and ${max}`);
    }
    this.#min = min;
    this.#max = max;
    // a little less, so that rounding makes no interval wider than its goal
    this.#step = -Math.log1p(-Math.min(...widths)) * 0.999999;
    this.highest = Math.ceil(Math.log(max / min) / this.#step);
  }

  load(place: number): number {
    if (place <= 0) return this.#min;
    return this.#max * Math.exp((place - this.highest) * this.#step);
  }

  /** The highest place whose load is not above a load. */
  below(load: number): number {
    if (!(load > this.#min)) return 0;
    // at a load of the scale itself, rounding must not lead a place down
    const place = this.highest + Math.floor(Math.log(load / this.#max) / this.#step + 1e-9);
    return Math.min(this.highest, Math.max(0, place));
  }

  /** How many steps a relative width has, 1 at least. */
  steps(width: number): number {
    return Math.max(1, Math.floor(-Math.log1p(-width) / this.#step));
  }
}

/** A goal and the coarser targets before it, coarsest first. */
function targetsOf(goal: Required<SearchGoal>, scale: Scale): Target[] {
  const { lossRatio, exceedRatio, precedingTargets: more, durationSum } = goal;
  const shrink = more > 0 ? (goal.initialTrialDuration / durationSum) ** (1 / more) : 1;
  return Array.from({ length: more + 1 }, (_, i) => {
    const before = more - i;
    const sum = before === more && more > 0
      ? goal.initialTrialDuration
      : durationSum * shrink ** before;
    return {
      lossRatio,
      exceedRatio,
      durationSum: sum,
      trialDuration: Math.min(goal.finalTrialDuration, sum),
      width: scale.steps(goal.width) * 2 ** before,
    };
  });
}

/** Where a goal wants the next trial. */
interface Wish {
  place: number;
  duration: number;
}

/** Follows one goal: from a coarse target to the fine one. */
class Selector {
  readonly goal: Required<SearchGoal>;
  readonly #targets: readonly Target[];
  readonly #scale: Scale;
  readonly #trials: Trials;
  #at = 0;
  /** The bounds for the target before. */
  #before: Bounds = { lower: undefined, upper: undefined };
  /** Steps to go from a bound while the other one is missing or far away. */
  #reach: number;

  constructor(goal: Required<SearchGoal>, scale: Scale, trials: Trials) {
    this.goal = goal;
    this.#scale = scale;
    this.#trials = trials;
    this.#targets = targetsOf(goal, scale);
    // the width of the next target: if the guess was good, both are done
    this.#reach = (this.#targets[1] ?? this.#targets[0]!).width;
  }

  /** The target that decides. */
  get final(): Target {
    return this.#targets.at(-1)!;
  }

  /** The next trial; undefined when the goal is done. */
  wish(): Wish | undefined {
    for (;;) {
      const target = this.#targets[this.#at]!;
      const bounds = this.#trials.bounds(target);
      const place = this.#place(target, bounds);
      if (place !== undefined) return { place, duration: target.trialDuration };
      if (target === this.final) return undefined;
      this.#at++;
      this.#before = bounds;
      this.#reach = this.#targets[this.#at]!.width;
    }
  }

  /** Makes steps larger that did not lead to the bound that is missing. */
  learn({ place }: Wish): void {
    const { lower, upper } = this.#trials.bounds(this.#targets[this.#at]!);
    if (lower === place || (lower === undefined && upper === place)) {
      this.#reach = Math.ceil(this.#reach * this.goal.expansion);
    }
  }

  #place(target: Target, { lower, upper }: Bounds): number | undefined {
    const { highest } = this.#scale;
    if (lower !== undefined && upper !== undefined && upper - lower <= target.width) {
      return undefined;
    }
    if (lower === highest || upper === 0) return undefined;
    const isOpen = (place: number | undefined): place is number =>
      place !== undefined && place > (lower ?? -1) && place < (upper ?? highest + 1);
    const before = this.#before;
    if (before.lower !== undefined && before.upper !== undefined) {
      const wide = before.upper - before.lower > target.width;
      const middle = Math.floor((before.lower + before.upper) / 2);
      if (wide && isOpen(middle)) return middle;
    }
    // bounds that trials for another goal made may be far away
    if (isOpen(before.lower)) return before.lower;
    if (isOpen(before.upper)) return before.upper;
    if (upper === undefined) {
      return lower === undefined ? highest : Math.min(highest, lower + this.#reach);
    }
    // a lower bound that was guessed from what was forwarded is near
    if (lower !== undefined) return Math.min(lower + this.#reach, Math.floor((lower + upper) / 2));
    return Math.max(0, Math.min(upper - this.#reach, this.#guess(upper)));
  }

  /** What the device forwarded at an upper bound, as the load at which the goal may be reached. */
  #guess(upper: number): number {
    // what was lost below the bound was lost in trials that are not counted yet
    const forwarded = this.#trials.at(upper).map(({ load, lossRatio }) => load * (1 - lossRatio));
    const least = Math.min(...forwarded) / (1 - this.goal.lossRatio);
    return this.#at === 0 ? this.#scale.below(least) : upper;
  }
}

/**
 * Searches for the highest loads at which a device reaches goals, all goals at once, by the method
 * of draft-ietf-bmwg-mlrsearch: short trials find where to look, and as many as the goal asks for
 * decide. A load is a lower bound of a goal when enough of the time passed in good trials, however
 * the others are; an upper bound when that cannot come any more.
 *
 * Where a goal is reached even at the highest load, {@linkcode GoalResult.upper} is undefined; where
 * it is not reached at the lowest one, {@linkcode GoalResult.lower} is.
 *
 * @param measure does one trial.
 * @throws {RangeError} when loads or goals are out of range.
 *
 * @example A device that forwards a million packets a second, whatever comes
 * ```ts
 * import { search, type Trial } from "denodpdk/traffic";
 *
 * const { goals: [ndr, pdr], trials } = await search(
 *   { minLoad: 1e4, maxLoad: 14_880_952 },
 *   ({ load, duration }: Trial) => {
 *     const sent = Math.round(load * duration);
 *     return { sent, received: Math.min(sent, Math.round(1e6 * duration)) };
 *   },
 * );
 * console.log(trials.length, ndr?.lower, pdr?.lower);
 * ```
 */
export async function search(options: SearchOptions, measure: Measure): Promise<SearchResult> {
  const goals = (options.goals ?? [NDR, PDR]).map(completed);
  if (goals.length === 0) throw new RangeError("search: expected a goal, got none");
  const { minLoad, maxLoad, warmupDuration = 0, maxDuration = 1200, signal } = options;
  const scale = new Scale(minLoad, maxLoad, goals.map(({ width }) => width));
  const trials = new Trials();
  const selectors = goals.map((goal) => new Selector(goal, scale, trials));
  const done: TrialDone[] = [];
  let seconds = 0;
  const isOver = () => seconds >= maxDuration || signal?.aborted === true;
  if (warmupDuration > 0 && !isOver()) await measure({ load: maxLoad, duration: warmupDuration });
  let wishes: { selector: Selector; wish: Wish }[] = [];
  for (;;) {
    wishes = selectors.flatMap((selector) => {
      const wish = selector.wish();
      return wish ? [{ selector, wish }] : [];
    });
    if (wishes.length === 0 || isOver()) break;
    // the lowest load first: it tells most about the loads above
    const { selector, wish } = wishes.reduce((first, other) =>
      other.wish.place < first.wish.place ? other : first
    );
    const trial = { load: scale.load(wish.place), duration: wish.duration };
    const measured = await measure(trial);
    if (!measured) break;
    const result = trialDone(trial, measured);
    seconds += result.took;
    done.push(result);
    trials.add(wish.place, result);
    selector.learn(wish);
  }
  const resultOf = ({ goal, final }: Selector): GoalResult => {
    const { lower, upper } = trials.bounds(final);
    const load = (place: number | undefined) => place === undefined ? undefined : scale.load(place);
    const throughput = lower === undefined
      ? undefined
      : scale.load(lower) * (1 - lossAt(trials.at(lower), final));
    return { goal, lower: load(lower), upper: load(upper), throughput };
  };
  return { goals: selectors.map(resultOf), trials: done, complete: wishes.length === 0 };
}
