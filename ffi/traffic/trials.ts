/**
 * Trials at loads, and what a goal makes of them: is a load a lower bound, an upper bound or not
 * known yet? Draft-ietf-bmwg-mlrsearch, "Load Classification".
 *
 * @module
 */

/** A trial to do: send at a load for a time, wait, and count. */
export interface Trial {
  /** Packets a second. */
  load: number;
  /** Seconds. */
  duration: number;
}

/** What a trial showed. */
export interface TrialResult {
  /** How many packets were sent. */
  sent: number;
  /** How many of them came back. */
  received: number;
  /**
   * How many packets should have been sent. Those that were not count as lost, so that the search
   * goes on at loads that the sender can do. {@linkcode TrialResult.sent} where left out.
   */
  asked?: number;
  /** How long the trial took, seconds; what was planned where left out. */
  duration?: number;
}

/** A trial that was done. */
export interface TrialDone
  extends Trial, Readonly<Required<Pick<TrialResult, "sent" | "received">>> {
  /** The share of packets that were lost or not sent, from 0 to 1. */
  lossRatio: number;
  /** How long the trial took, seconds. */
  took: number;
}

/** @internal What a goal, or a step to it, asks of a load. */
export interface Target {
  /** The largest share of packets that a good trial loses. */
  lossRatio: number;
  /** The share of the time that bad trials may take at a lower bound. */
  exceedRatio: number;
  /** Seconds of a trial that counts in full. */
  trialDuration: number;
  /** Seconds of trials that decide. */
  durationSum: number;
  /** Steps between the bounds, at most. */
  width: number;
}

/** The share of packets that a trial lost or did not send. */
function lossOf({ sent, received, asked = sent }: TrialResult): number {
  const all = Math.max(sent, asked);
  const bad = Math.abs(sent - received) + Math.abs(asked - sent);
  return all > 0 ? Math.min(1, bad / all) : 0;
}

/** @internal */
export function trialDone(trial: Trial, result: TrialResult): TrialDone {
  const { sent, received, duration = trial.duration } = result;
  return { ...trial, sent, received, lossRatio: lossOf(result), took: duration };
}

/**
 * @internal Whether a load is a lower bound (true) or an upper bound (false) for a target;
 * undefined while more trials could decide otherwise.
 */
export function classify(trials: readonly TrialDone[], target: Target): boolean | undefined {
  const { exceedRatio, durationSum } = target;
  const time = { goodLong: 0, badLong: 0, goodShort: 0, badShort: 0 };
  for (const { duration, lossRatio, took } of trials) {
    const isGood = lossRatio <= target.lossRatio;
    const isLong = duration >= target.trialDuration;
    time[isLong ? (isGood ? "goodLong" : "badLong") : isGood ? "goodShort" : "badShort"] += took;
  }
  // good short trials make up for bad ones, but never more than that
  const balance = time.goodShort * exceedRatio / (1 - exceedRatio);
  const bad = time.badLong + Math.max(0, time.badShort - balance);
  const whole = Math.max(time.goodLong + bad, durationSum);
  const mayBeLower = bad <= whole * exceedRatio;
  const mustBeLower = whole - time.goodLong <= whole * exceedRatio;
  return mayBeLower === mustBeLower ? mayBeLower : undefined;
}

/**
 * @internal The loss at a lower bound, for its conditional throughput: that of the trial which is
 * just good enough for the exceed ratio. Time without trials counts as lost.
 */
export function lossAt(trials: readonly TrialDone[], target: Target): number {
  const long = trials.filter(({ duration }) => duration >= target.trialDuration)
    .sort((a, b) => a.lossRatio - b.lossRatio);
  const whole = Math.max(target.durationSum, long.reduce((sum, { took }) => sum + took, 0));
  let left = whole * (1 - target.exceedRatio);
  for (const { lossRatio, took } of long) {
    left -= took;
    if (left <= 1e-9 * whole) return lossRatio;
  }
  return 1;
}

/** @internal Places on the scale of loads between which the answer lies. */
export interface Bounds {
  lower: number | undefined;
  upper: number | undefined;
}

/** @internal All trials, by the place of their load on a scale of loads. */
export class Trials {
  readonly #places = new Map<number, TrialDone[]>();
  /** The places that have trials, ascending. */
  #sorted: number[] = [];

  /** Adds a trial. */
  add(place: number, trial: TrialDone): void {
    const trials = this.#places.get(place);
    if (trials) return void trials.push(trial);
    this.#places.set(place, [trial]);
    this.#sorted = [...this.#places.keys()].sort((a, b) => a - b);
  }

  /** The trials at a place. */
  at(place: number): readonly TrialDone[] {
    return this.#places.get(place) ?? [];
  }

  /**
   * The lowest load that is an upper bound, and the highest lower bound below it: a load above that
   * lost less again does not count.
   */
  bounds(target: Target): Bounds {
    let lower: number | undefined;
    for (const place of this.#sorted) {
      const isLower = classify(this.at(place), target);
      if (isLower === false) return { lower, upper: place };
      if (isLower) lower = place;
    }
    return { lower, upper: undefined };
  }
}
