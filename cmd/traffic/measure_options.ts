/**
 * Options of the commands that measure what a device forwards.
 *
 * @module
 */

import { DpdkError, Port } from "../../mod.ts";
import { Rate, type SearchGoal } from "../../ffi/traffic/traffic.ts";
import { flag, optional, type OptionValues, type Reader, refuse } from "../lib/options.ts";
import { readable, seconds } from "./command.ts";

/** Where to send, and where that comes out again. */
export interface Pair {
  from: number;
  to: number;
}

function pair(text: string): Pair | undefined {
  const [, from, to = from] = /^(\d{1,4})(?:,(\d{1,4}))?$/.exec(text) ?? [];
  return from === undefined ? undefined : { from: Number(from), to: Number(to) };
}

/** A share in percent, from 0 to below 100, with or without its sign: 0.005 of `0.5%`. */
function share(least: number): Reader<number> {
  return (text) => {
    const value = /^\d{1,2}(\.\d+)?%?$/.test(text) ? parseFloat(text) : NaN;
    return value >= least && value < 100 ? Number((value / 100).toPrecision(12)) : undefined;
  };
}

/** Seconds, 0 among them. */
const secondsOrNone = (text: string) => /^0s?$/.test(text) ? 0 : seconds(text);

const rate = (flag: string, what: string) =>
  optional(
    flag,
    `${what} rate as 2Mpps, 5Gbps, 5GbpsL1 or 30%`,
    readable((text) => {
      if (Rate.parse(text).kind === "max") throw new RangeError("no number");
    }),
    undefined,
  );

/** Where, and between which rates. */
export const MEASURE = {
  ports: optional("--ports", "two ports as 0,1, or one", pair, undefined),
  bidirectional: flag("--bidirectional"),
  min: rate("--min", "the lowest"),
  max: rate("--max", "the highest"),
  warmup: optional("--warmup", "seconds", secondsOrNone, 1),
};

/** How long to wait for packets that are on their way. */
export const drain = (otherwise: number) =>
  optional("--drain", "seconds, above 0", seconds, otherwise);

/** How long a device has no traffic between two trials, to be as it was. */
export const pause = (otherwise: number) =>
  optional("--pause", "seconds", secondsOrNone, otherwise);

/** How close the bounds of a search are in the end. */
export const WIDTH = optional("--width", "a share above 0, as 0.5%", share(1e-6), 0.005);

/** Seconds of trials after which a search ends. */
export const LIMIT = optional("--limit", "seconds, above 0", seconds, 1200);

/** What a search by MLRsearch does. */
export const MLRSEARCH = {
  width: WIDTH,
  pdr: optional("--pdr", "a share as 0.5%", share(0), 0.005),
  trial: optional("--trial", "seconds, above 0", seconds, 1),
  firstTrial: optional("--first-trial", "seconds, above 0", seconds, undefined),
  sum: optional("--sum", "seconds, above 0", seconds, 21),
  exceed: optional("--exceed", "a share as 50%", share(0), 0.5),
  preceding: optional("--preceding", "a number from 0 to 9", digit, undefined),
  expansion: optional("--expansion", "a factor above 1, as 2", factor, 2),
  limit: LIMIT,
};

function digit(text: string): number | undefined {
  return /^\d$/.test(text) ? Number(text) : undefined;
}

function factor(text: string): number | undefined {
  const value = /^\d{1,3}(\.\d+)?$/.test(text) ? Number(text) : NaN;
  return value > 1 ? value : undefined;
}

/**
 * The goals of a search by MLRsearch, without their loss ratios.
 *
 * @throws {DpdkError} for options that do not go together.
 */
export function goalOf(options: OptionValues<typeof MLRSEARCH>): SearchGoal {
  const { trial, sum, firstTrial = Math.min(1, trial), exceed, width, expansion } = options;
  if (sum < trial) refuse("--sum", `seconds, not fewer than those of --trial, ${trial}`, `${sum}`);
  if (firstTrial > trial) {
    refuse("--first-trial", `seconds, not more than those of --trial, ${trial}`, `${firstTrial}`);
  }
  const least = firstTrial < sum ? 1 : 0;
  const { preceding = least * 2 } = options;
  if (preceding < least) {
    refuse("--preceding", "1 or more, since first trials are shorter than the sum", `${preceding}`);
  }
  return {
    exceedRatio: exceed,
    width,
    initialTrialDuration: firstTrial,
    finalTrialDuration: trial,
    durationSum: sum,
    precedingTargets: preceding,
    expansion,
  };
}

/** The ports to measure between: 0 and 1 where none are named, or 0 alone where there is no other. */
export function pairOf(
  { ports, bidirectional }: Pick<OptionValues<typeof MEASURE>, "ports" | "bidirectional">,
): Pair {
  const ids = Port.list().map(({ id }) => id);
  const [from = 0, to = from] = ids;
  const pair = ports ?? { from, to };
  if (bidirectional && pair.from === pair.to) {
    throw new DpdkError({
      operation: "--bidirectional",
      reason: `expected two ports, got port ${pair.from} alone`,
    });
  }
  return pair;
}

/**
 * A rate of an option in packets a second.
 *
 * @throws {DpdkError} when the link cannot carry it, or a share is asked of a link of unknown speed.
 */
export function packetsOf(
  flag: string,
  text: string,
  frameBytes: number,
  link: number | undefined,
): number {
  try {
    return Rate.parse(text).packetsPerSecond(frameBytes, link);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new DpdkError({ operation: flag, reason: error.message });
  }
}
