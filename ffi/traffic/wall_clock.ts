/**
 * The wall clock by the time stamp counter.
 *
 * @module
 */

import { struct_shim_wall } from "../boundary/constants.ts";
import { shim } from "../boundary/library.ts";
import { readStruct } from "../boundary/native.ts";

/** The time stamp counter and the wall clock at one instant. */
export interface WallReading {
  /** The counter. */
  cycles: number;
  /** Whole seconds since 1970, and the nanoseconds to be added. */
  seconds: number;
  nanoseconds: number;
}

/** Both at this instant, as close as they can be read: `CLOCK_REALTIME`. */
export function readWall(): WallReading {
  const { tsc, ns } = readStruct(struct_shim_wall, (memory) => shim().shim_tsc_wall(memory));
  return {
    cycles: Number(tsc),
    seconds: Number(ns / 1_000_000_000n),
    nanoseconds: Number(ns % 1_000_000_000n),
  };
}

/** A clock that is further off than this was set, and is followed at once, nanoseconds. */
const SET = 0.5e9;
/** How much faster or slower than the counter the clock goes at most while it is brought right. */
const SLEW = 0.1;

/** Places in the numbers of a clock. */
const CYCLES = 0;
/** Nanoseconds since the epoch of the clock, at those cycles. */
const SINCE = 1;
const NS_PER_CYCLE = 2;

/**
 * @internal Tells the time of a count of the time stamp counter. It is compared with the kernel's
 * clock again and again, and brought right step by step, so it neither drifts nor goes back; a clock
 * that somebody has set is followed at once.
 */
export class WallClock {
  /** The time of the last {@linkcode WallClock.tell}: whole seconds since 1970. */
  seconds = 0;
  /** And nanoseconds to be added. */
  nanoseconds = 0;
  /** Whole seconds since 1970 at which the nanoseconds of the clock begin. */
  readonly #epoch: number;
  readonly #now = new Float64Array(3);
  #last: { cycles: number; since: number };

  /**
   * @param reading the two clocks now.
   * @param cyclesPerSecond the counter's rate, as well as it is known.
   */
  constructor({ cycles, seconds, nanoseconds }: WallReading, cyclesPerSecond: number) {
    this.#epoch = seconds;
    this.#now[CYCLES] = cycles;
    this.#now[SINCE] = nanoseconds;
    this.#now[NS_PER_CYCLE] = 1e9 / cyclesPerSecond;
    this.#last = { cycles, since: nanoseconds };
  }

  /** Sets {@linkcode seconds} and {@linkcode nanoseconds} to the time of a count. */
  tell(cycles: number): void {
    const now = this.#now;
    const since = now[SINCE]! + (cycles - now[CYCLES]!) * now[NS_PER_CYCLE]!;
    const second = Math.floor(since / 1e9);
    this.seconds = this.#epoch + second;
    this.nanoseconds = Math.floor(since - second * 1e9);
  }

  /** Compares with the clocks as they are now. Call this about once a second. */
  compare({ cycles, seconds, nanoseconds }: WallReading): void {
    const now = this.#now;
    const since = (seconds - this.#epoch) * 1e9 + nanoseconds;
    const passed = cycles - this.#last.cycles;
    if (passed <= 0) return;
    const told = now[SINCE]! + (cycles - now[CYCLES]!) * now[NS_PER_CYCLE]!;
    const error = since - told;
    now[CYCLES] = cycles;
    if (Math.abs(error) > SET) {
      now[SINCE] = since;
    } else {
      now[SINCE] = told;
      // the rate of late, and so much more that the error is gone when as much time has passed again
      const rate = (since - this.#last.since) / passed;
      const most = SLEW * rate;
      now[NS_PER_CYCLE] = rate + Math.max(-most, Math.min(most, error / passed));
    }
    this.#last = { cycles, since };
  }
}
