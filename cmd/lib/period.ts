/**
 * `-T PERIOD`: how often a program shows its statistics.
 *
 * @module
 */

/** A day, as l2fwd's `MAX_TIMER_PERIOD`. */
const MAX_SECONDS = 86_400;

/** What {@linkcode parsePeriod} expects, for messages. */
export const PERIOD = `seconds from 0 to ${MAX_SECONDS}`;

/** Reads a period in seconds; undefined where it is none. The C samples take whole seconds only. */
export function parsePeriod(text: string): number | undefined {
  const seconds = /^\d{1,5}(\.\d{1,3})?$/.test(text) ? Number(text) : Infinity;
  return seconds <= MAX_SECONDS ? seconds : undefined;
}
