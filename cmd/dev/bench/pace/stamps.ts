/**
 * What a receiver that stamps packets knows of their pace, and what is made of it.
 *
 * @module
 */

import type { RxQueue } from "../../../../mod.ts";
import { type HistogramData, Pacer, type PaceReport } from "../../../../ffi/traffic/traffic.ts";

/** How many parts of a run are looked at for drift. */
export const PARTS = 10;
/** A turn of the receiver's loop that takes longer was not the loop's own, seconds. */
export const TURN = 10e-6;
/** A packet that comes so long after its time was held up, seconds: longer than those that count as late. */
const HELD_UP = 20e-6;
/**
 * Of so many packets the one that is least late shows when they were to come: what the two ends make of
 * a second differs by some 1e-5.
 */
const BLOCK = 1000;

/** What the lcore that stamps is given. */
export interface StampData {
  rx: RxQueue;
  /** Packets a second that are to come, and for how many seconds. */
  rate: number;
  seconds: number;
  /** How many gaps are kept one by one, for the test of a distribution. */
  keep: number;
}

/** What it says in the end. Times are in cycles. */
export interface Stamps {
  packets: number;
  /** From the first packet to the last. */
  took: number;
  cyclesPerSecond: number;
  /** The times between packets. */
  gaps: HistogramData;
  /** The first of them. */
  kept: number[];
  /** How many packets came while the loop did not run for longer than {@linkcode TURN}. */
  delayed: number;
  /**
   * Of each part of the run, how long the packet that was least late came after its time: that of a
   * schedule that begins with the first packet.
   */
  late: number[];
}

/** How a run kept its pace. */
export interface Pace {
  /** By which part the mean rate, first packet to last, is off what was asked for. */
  off: number;
  /** By which part the schedule was off, from the first part of the run to the last. */
  drift: number;
}

/** How a run kept its pace; for a Poisson process the mean of many says something, a drift nothing. */
export function paceOf({ packets, took, cyclesPerSecond, late }: Stamps, rate: number): Pace {
  const seconds = took / cyclesPerSecond;
  const [first = NaN, last = NaN] = [late[0], late.at(-1)];
  return {
    off: (packets - 1) / seconds / rate - 1,
    drift: (last - first) / ((PARTS - 1) / PARTS * took),
  };
}

/** The times between packets of a Poisson process, in cycles, as a sender of seed 1 has them. */
export function scheduledGaps(
  { rate, cyclesPerSecond }: { rate: number; cyclesPerSecond: number },
  count: number,
): Float64Array {
  const pacer = new Pacer({ cyclesPerSecond, rate, spacing: "poisson" });
  pacer.start(0);
  const time = () => {
    pacer.due(pacer.next, 1);
    return pacer.now;
  };
  const gaps = new Float64Array(count);
  let before = time();
  for (let i = 0; i < count; i++) {
    const now = time();
    gaps[i] = now - before;
    before = now;
  }
  return gaps;
}

/** The gaps between packets of which neither was held up. */
export function undisturbed({ kept, cyclesPerSecond }: Stamps, scheduled: Float64Array): number[] {
  let sum = 0;
  const late = [0, ...kept.map((gap, i) => sum += gap - scheduled[i]!)];
  const heldUp = late.map(() => false);
  for (let first = 0; first < late.length; first += BLOCK) {
    const block = late.slice(first, first + BLOCK);
    const least = Math.min(...block);
    block.forEach((one, i) => heldUp[first + i] = one - least > HELD_UP * cyclesPerSecond);
  }
  return kept.filter((_, i) => !heldUp[i] && !heldUp[i + 1]);
}

/** By which part a mean may be off. */
export const OFF = 0.001;
/** The least probability that gaps are exponential. */
export const PROBABLE = 0.01;

/** What is seen of a Poisson process. */
export interface PoissonGaps {
  /** How many gaps are disturbed. */
  disturbed: number;
  /** The probability that the others are exponential. */
  probability: number;
}

/** What a run was to show and did not; nothing where all is well. */
export function paceFailures(
  { off, drift }: Pace,
  sent: PaceReport,
  { packets, delayed }: { packets: number; delayed: number },
  poisson?: PoissonGaps,
): string[] {
  const percent = (part: number) => `${(100 * part).toFixed(3)} %`;
  const failures = packets === sent.sent ? [] : [`${sent.sent} packets sent, ${packets} came`];
  if (!poisson) {
    if (Math.abs(off) > OFF) failures.push(`the mean is off by ${percent(off)}`);
    if (Math.abs(drift) > OFF) failures.push(`it drifts by ${percent(drift)}`);
    return failures;
  }
  const { disturbed, probability } = poisson;
  if (probability <= PROBABLE) {
    failures.push(`gaps are not exponential, p = ${probability.toPrecision(2)}`);
  }
  // a packet that was held up has a gap before it and one behind it
  const heldUp = sent.late + delayed;
  if (disturbed > 2 * heldUp) {
    failures.push(`${disturbed} gaps are disturbed, but only ${heldUp} packets were held up`);
  }
  return failures;
}
