/**
 * Repetition at equal intervals.
 *
 * @module
 */

import { setTimeout as delay } from "node:timers/promises";
import { refuse } from "../option.ts";

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 };

/**
 * The milliseconds of a text such as `500ms`, `1s`, `0.5s` or `2m`.
 *
 * @throws {DpdkError} for any other text.
 */
export function milliseconds(text: string): number {
  const [, number, unit = ""] = text.match(/^(\d+(?:\.\d+)?)(ms|s|m)$/) ?? [];
  const value = Number(number) * (UNITS[unit] ?? NaN);
  if (!(value >= 1)) refuse("every()", "an interval such as 500ms, 1s or 2m", text);
  return value;
}

/**
 * Gives 1, 2, 3 and so on, one each `interval`, up to `times` or until the signal is aborted. The
 * moments are counted from the start, so that they do not drift; moments that pass while the caller
 * is busy are skipped.
 */
export async function* every(
  interval: string,
  signal: AbortSignal,
  times: number = Infinity,
): AsyncGenerator<number> {
  const step = milliseconds(interval);
  const begin = performance.now();
  for (let count = 1, at = begin + step; count <= times && !signal.aborted; count++) {
    await delay(Math.max(0, at - performance.now()), undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    yield count;
    const late = Math.max(0, performance.now() - at);
    at += step * (1 + Math.floor(late / step));
  }
}
