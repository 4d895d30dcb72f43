/**
 * Back-to-back frames: how many frames in a row a device takes at full rate. RFC 2544, section
 * 26.4, as RFC 9004 updates it.
 *
 * @module
 */

import type { TrialResult } from "./trials.ts";

/** Options of {@linkcode backToBack}. */
export interface BackToBackOptions {
  /** The longest burst to try, frames: two seconds at the rate of the link, says RFC 2544. */
  maxBurst: number;
  /** How exact each search is, frames; 1 where left out. */
  resolution?: number;
  /** How many searches to do; 50 where left out, as RFC 9004 says. */
  repeats?: number;
  /** Ends the searches; those that were done are kept. */
  signal?: AbortSignal;
}

/** What {@linkcode backToBack} found; lengths in frames. */
export interface BackToBackResult {
  /** The longest burst without loss, of each search; 0 where even one frame was lost. */
  bursts: number[];
  /** The mean of them, which is the result. */
  mean: number;
  /** The shortest of them. */
  min: number;
  /** The longest of them. */
  max: number;
  /** Their standard deviation. */
  deviation: number;
  /** Whether all searches were done. */
  complete: boolean;
}

/**
 * Searches for the longest burst of frames, sent with the shortest gaps, of which a device loses
 * none; several times, since the answer varies.
 *
 * @param measure sends a burst of so many frames, waits until all has come, and counts; undefined
 * ends the searches.
 * @throws {RangeError} when an option is no integer above 0.
 *
 * @example A device with a queue of 1024 frames that sends nothing meanwhile
 * ```ts
 * import { backToBack } from "denodpdk/traffic";
 *
 * const { mean } = await backToBack(
 *   { maxBurst: 1e6, repeats: 3 },
 *   (frames) => ({ sent: frames, received: Math.min(frames, 1024) }),
 * );
 * console.log(mean); // 1024
 * ```
 */
export async function backToBack(
  options: BackToBackOptions,
  measure: (frames: number) => TrialResult | undefined | Promise<TrialResult | undefined>,
): Promise<BackToBackResult> {
  const { maxBurst, resolution = 1, repeats = 50, signal } = options;
  for (const [name, value] of Object.entries({ maxBurst, resolution, repeats })) {
    if (Number.isInteger(value) && value > 0) continue;
    throw new RangeError(`backToBack ${name}: expected an integer above 0, got ${value}`);
  }
  let isOver = false;
  const isWhole = async (frames: number) => {
    const result = await measure(frames);
    isOver = !result;
    return result?.sent === frames && result.received === frames;
  };
  const bursts: number[] = [];
  while (bursts.length < repeats && !signal?.aborted && !isOver) {
    let [whole, torn] = [0, maxBurst + 1];
    // the longest first: most devices that take it take it always
    for (let frames = maxBurst; torn - whole > resolution;) {
      if (signal?.aborted) break;
      const whether = await isWhole(frames);
      if (isOver) break;
      if (whether) whole = frames;
      else torn = frames;
      frames = Math.floor((whole + torn) / 2);
    }
    if (whole === maxBurst || torn - whole <= resolution) bursts.push(whole);
  }
  const mean = bursts.reduce((sum, burst) => sum + burst, 0) / (bursts.length || 1);
  const squares = bursts.reduce((sum, burst) => sum + (burst - mean) ** 2, 0);
  return {
    bursts,
    mean,
    min: bursts.length > 0 ? Math.min(...bursts) : 0,
    max: bursts.length > 0 ? Math.max(...bursts) : 0,
    deviation: Math.sqrt(squares / (bursts.length || 1)),
    complete: bursts.length === repeats,
  };
}
