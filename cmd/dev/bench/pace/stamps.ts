/**
 * What a receiver that stamps packets knows of their pace, and what is made of it.
 *
 * @module
 */

import type { RxQueue } from "../../../../mod.ts";
import type { HistogramData, PaceReport } from "../../../../ffi/traffic/traffic.ts";

/** How many parts of a run are looked at for drift. */
export const PARTS = 10;
/** How many gaps are kept one by one, for the test of a distribution. */
export const KEPT = 50_000;

/** What the lcore that stamps is given. */
export interface StampData {
  rx: RxQueue;
  /** Packets a second that are to come, and for how many seconds. */
  rate: number;
  seconds: number;
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

/** By which part a mean may be off. */
export const OFF = 0.001;
/** The least probability that gaps are exponential. */
export const PROBABLE = 0.01;

/** What a run was to show and did not; nothing where all is well. */
export function paceFailures(
  { off, drift }: Pace,
  sent: PaceReport,
  received: number,
  probability?: number,
): string[] {
  const percent = (part: number) => `${(100 * part).toFixed(3)} %`;
  const mean = Math.abs(off) > OFF ? [`the mean is off by ${percent(off)}`] : [];
  return [
    ...received === sent.sent ? [] : [`${sent.sent} packets sent, ${received} came`],
    ...probability === undefined
      ? [...mean, ...Math.abs(drift) > OFF ? [`it drifts by ${percent(drift)}`] : []]
      : probability > PROBABLE
      ? []
      : [`gaps are not exponential, p = ${probability.toPrecision(2)}`],
  ];
}
