/**
 * Pacing: which packets are due, by an absolute schedule, so that nothing drifts.
 *
 * @module
 */

import { OBJECTS_MAX } from "../objects.ts";
import { Random } from "./random.ts";

/** How packets follow each other at a rate. */
export type Spacing =
  /** All gaps are equal. */
  | "constant"
  /** As calls that know nothing of each other: gaps are exponential, a Poisson process. */
  | "poisson"
  /** So many packets at once, and equal gaps between. */
  | { burst: number };

/** Options of a {@linkcode Pacer}. */
export interface PacerOptions {
  /** Counts of the clock in a second: `measuredCyclesPerSecond()` of `denodpdk/eal`. */
  cyclesPerSecond: number;
  /**
   * Packets a second; Infinity sends as fast as it goes, and 0 not at all. Where there is
   * {@linkcode PacerOptions.buffer}, the rate in there is used.
   */
  rate?: number;
  /** How packets follow each other; `"constant"` where left out. */
  spacing?: Spacing;
  /** Seed of the gaps of a Poisson process, 32 bits; 1 where left out. */
  seed?: number;
  /** A packet that is sent later than this after its time counts as late, seconds; 10 us. */
  lateAfter?: number;
  /**
   * A packet whose time is longer ago than this is not sent any more but counted as skipped,
   * seconds; 0.1 where left out. What is not as old is sent as fast as it goes.
   */
  catchUp?: number;
  /** The memory of another thread's pacer, to look at it and to change its rate. */
  buffer?: SharedArrayBuffer;
}

/** What was asked for and what came of it, see {@linkcode Pacer.report}. */
export interface PaceReport {
  /** Seconds from the start to the last call. */
  seconds: number;
  /** How many packets the rate asked for in this time; Infinity for an infinite rate. */
  asked: number;
  /** How many packets were sent. */
  sent: number;
  /** How many of those came late, by more than {@linkcode PacerOptions.lateAfter}. */
  late: number;
  /** The longest that one came after its time, seconds. */
  maxLate: number;
  /** How many packets the port did not take. */
  refused: number;
  /** How many packets were not sent, since their time was too long ago. */
  skipped: number;
  /** Packets a second that were asked for, on average. */
  askedRate: number;
  /** Packets a second that were sent, on average. */
  achievedRate: number;
}

/** Places in the memory that threads share. */
const RATE = 0;
const BEGIN = 1;
const NOW = 2;
const ASKED = 3;
const SENT = 4;
const LATE = 5;
const MAX_LATE = 6;
const REFUSED = 7;
const SKIPPED = 8;
/** Since when ASKED does not count. */
const SINCE = 9;
/** The most packets that are asked for. */
const MOST = 10;
const PLACES = 11;

/** Gaps of a Poisson process that are made at once. */
const GAPS = 256;
/** Times of a Poisson process that are kept: those of the largest burst. */
const TIMES = OBJECTS_MAX;

function checkRate(rate: number): number {
  if (rate >= 0) return rate;
  throw new RangeError(`expected packets a second, 0 or more, got ${rate}`);
}

/** Packets of a group that are due at once. */
function groupOf(spacing: Spacing): number {
  if (typeof spacing === "string") return 1;
  const { burst } = spacing;
  if (Number.isInteger(burst) && burst >= 1 && burst <= 2 ** 20) return burst;
  throw new RangeError(`expected a burst of 1 to 1048576 packets, got ${burst}`);
}

/**
 * Says how many packets are due. Each packet has its time in a schedule that begins with
 * {@linkcode Pacer.start}; a packet that is sent late does not make those behind it late, so the
 * mean rate is what was asked for as long as the loop and the port can do it. What they cannot do
 * is told, and never makes the test longer.
 *
 * The clock is handed in, so the same schedule runs in a test without waiting. A call that finds
 * nothing due takes some nanoseconds and makes no object. Where one turn of the loop takes longer
 * than the gap between packets, several are due at once: at high rates packets go in bursts, as
 * large as needed and no larger.
 *
 * One thread uses a pacer. Others may look at it and change its rate, through
 * {@linkcode Pacer.buffer}.
 *
 * @example A loop on an lcore
 * ```ts
 * import type { Burst, TxQueue } from "denodpdk";
 * import { measuredCyclesPerSecond, tscCycles } from "denodpdk/eal";
 * import { Pacer } from "denodpdk/traffic";
 *
 * function send(tx: TxQueue, fill: (count: number) => Burst, running: () => boolean) {
 *   const pacer = new Pacer({ cyclesPerSecond: measuredCyclesPerSecond(), rate: 2e6 });
 *   pacer.start(tscCycles());
 *   while (running()) {
 *     const count = pacer.due(tscCycles(), 32);
 *     if (count > 0) pacer.sent(count, tx.send(fill(count)));
 *   }
 *   console.log(pacer.report());
 * }
 * ```
 */
export class Pacer {
  /** The memory with the rate and all counters; `new Pacer({ buffer, ... })` sees the same. */
  readonly buffer: SharedArrayBuffer;
  /** Counts of the clock in a second. */
  readonly cyclesPerSecond: number;
  readonly #shared: Float64Array;
  readonly #random: Random | undefined;
  readonly #group: number;
  readonly #lateAfter: number;
  readonly #catchUp: number;
  /** The rate that the schedule below is for. */
  #rate: number;
  /** When the schedule begins: the first group of packets is due then. */
  #base = 0;
  /** Cycles from one group to the next. */
  #step = 0;
  /** How many packets of the schedule were released or skipped. */
  #released = 0;
  /** Gaps of a Poisson process, as multiples of the mean one, and how many of them were used. */
  readonly #gaps: Float64Array = new Float64Array(GAPS);
  #gap = GAPS;
  /** When the next packet is due. */
  #next = Infinity;
  /** How many packets may still be due. */
  #left = Infinity;
  /** When packets were due last, and how many; of a Poisson process also the times of the last ones. */
  #at = 0;
  #count = 0;
  readonly #times: Float64Array | undefined;

  /**
   * A pacer that has not begun.
   *
   * @throws {RangeError} when the rate is negative, or a burst no integer in range.
   */
  constructor(options: PacerOptions) {
    const { cyclesPerSecond, spacing = "constant", seed = 1, buffer } = options;
    const { lateAfter = 10e-6, catchUp = 0.1 } = options;
    this.buffer = buffer ?? new SharedArrayBuffer(PLACES * Float64Array.BYTES_PER_ELEMENT);
    this.#shared = new Float64Array(this.buffer);
    if (!buffer) {
      this.#shared[RATE] = checkRate(options.rate ?? 0);
      this.#shared[MOST] = Infinity;
    }
    this.#rate = this.#shared[RATE]!;
    this.cyclesPerSecond = cyclesPerSecond;
    this.#random = spacing === "poisson" ? new Random(seed) : undefined;
    this.#times = this.#random && new Float64Array(TIMES);
    this.#group = groupOf(spacing);
    this.#lateAfter = lateAfter * cyclesPerSecond;
    this.#catchUp = catchUp * cyclesPerSecond;
  }

  /** Packets a second. Setting it takes effect with the next {@linkcode Pacer.due}. */
  get rate(): number {
    return this.#shared[RATE]!;
  }

  set rate(packetsPerSecond: number) {
    this.#shared[RATE] = checkRate(packetsPerSecond);
  }

  /** When the next packet is due, in cycles; Infinity at a rate of 0. */
  get next(): number {
    return this.#next;
  }

  /** Whether as many packets were due as {@linkcode Pacer.start} was told. */
  get isDone(): boolean {
    return this.#left <= 0;
  }

  /**
   * Begins, with all counts at 0. The first packet is due now; of a Poisson process after a gap.
   *
   * @param now the clock, in cycles.
   * @param packets how many packets are to be due in all, skipped ones among them; no end where left
   * out.
   */
  start(now: number, packets = Infinity): void {
    const { rate } = this;
    this.#left = packets;
    this.#shared.fill(0);
    this.#shared[RATE] = rate;
    this.#shared[BEGIN] = this.#shared[NOW] = this.#shared[SINCE] = now;
    this.#shared[MOST] = packets;
    this.#rate = rate;
    this.#begin(now, now);
  }

  /** @internal The time of the last {@linkcode Pacer.due} that found packets. */
  get now(): number {
    return this.#shared[NOW]!;
  }

  /** Whether the schedule has begun, in this thread or in the one that uses the pacer. */
  get isStarted(): boolean {
    return this.#shared[BEGIN]! > 0;
  }

  /**
   * How many packets to send now; they are taken from the schedule.
   *
   * @param now the clock, in cycles.
   * @param room the most that can be sent now.
   */
  due(now: number, room: number): number {
    const shared = this.#shared;
    if (now < this.#next && shared[RATE] === this.#rate) return 0;
    // what is below takes the clock from there: a number above 2^31 in a call is put on the heap
    shared[NOW] = now;
    return this.#release(room);
  }

  /**
   * Tells what became of the packets that were due.
   *
   * @param count how many there were.
   * @param taken how many of them the port took; the others count as refused.
   */
  sent(count: number, taken: number): void {
    const shared = this.#shared;
    shared[SENT]! += taken;
    shared[REFUSED]! += count - taken;
  }

  /**
   * @internal Tells what became of packets that the port had not taken, and that were offered again.
   *
   * @param clock the time, in cycles, as its first element.
   * @param left how many packets waited: the last ones of those that were due.
   * @param taken how many of them the port took; the others go on waiting.
   */
  sentAgain(clock: Float64Array, left: number, taken: number): void {
    const shared = this.#shared;
    const now = shared[NOW] = clock[0]!;
    shared[SENT]! += taken;
    // as fast as it goes, no packet has a time
    if (this.#step === 0) return;
    for (let back = left; back > left - taken; back--) {
      const due = this.#dueOf(back);
      if (now - due > this.#lateAfter && this.#at - due <= this.#lateAfter) shared[LATE]!++;
      if (now - due > shared[MAX_LATE]!) shared[MAX_LATE] = now - due;
    }
  }

  /**
   * What was asked for and what came of it.
   *
   * @param now the clock, in cycles; the time of the last packets where left out.
   */
  report(now: number = this.#shared[NOW]!): PaceReport {
    const [shared, rate, hz] = [this.#shared, this.#rate, this.cyclesPerSecond];
    const seconds = (now - shared[BEGIN]!) / hz;
    const since = now - shared[SINCE]!;
    const asked = Math.min(shared[MOST]!, shared[ASKED]! + (since > 0 ? rate * since / hz : 0));
    const sent = shared[SENT]!;
    return {
      seconds,
      asked,
      sent,
      late: shared[LATE]!,
      maxLate: shared[MAX_LATE]! / hz,
      refused: shared[REFUSED]!,
      skipped: shared[SKIPPED]!,
      askedRate: seconds > 0 ? asked / seconds : rate,
      achievedRate: seconds > 0 ? sent / seconds : 0,
    };
  }

  /** What is due at {@linkcode NOW}. */
  #release(room: number): number {
    const shared = this.#shared;
    if (shared[RATE] !== this.#rate) {
      this.#change(shared[NOW]!);
      if (shared[NOW]! < this.#next) return 0;
    }
    const most = Math.min(room, this.#left);
    // as fast as it goes
    const count = this.#step === 0
      ? most
      : this.#random === undefined
      ? this.#constant(most)
      : this.#poisson(most);
    this.#at = shared[NOW]!;
    this.#count = count;
    this.#left -= count;
    if (this.#left <= 0) this.#next = Infinity;
    return count;
  }

  /** What is due of a schedule with equal gaps. */
  #constant(room: number): number {
    const shared = this.#shared;
    const now = shared[NOW]!;
    const longest = now - this.#next;
    if (longest > this.#catchUp) {
      const old = Math.min(this.#left, this.#unreleased(now - this.#catchUp));
      shared[SKIPPED]! += old;
      this.#released += old;
      this.#left -= old;
    }
    const count = Math.min(room, this.#left, this.#unreleased(now));
    if (longest > this.#lateAfter) {
      shared[LATE]! += Math.min(count, this.#unreleased(now - this.#lateAfter));
    }
    if (longest > shared[MAX_LATE]!) shared[MAX_LATE] = Math.min(longest, this.#catchUp);
    this.#released += count;
    this.#next = this.#base + Math.floor(this.#released / this.#group) * this.#step;
    return count;
  }

  /** The time of a packet of those that were due last, so many before their end. */
  #dueOf(back: number): number {
    if (this.#times) return this.#times[(this.#count - back) % TIMES]!;
    return this.#base + Math.floor((this.#released - back) / this.#group) * this.#step;
  }

  /** How many packets of a schedule with equal gaps are due at a time and not released. */
  #unreleased(at: number): number {
    // half a cycle more: at the very time of a group, rounding must not say that it is not due
    const groups = Math.floor((at - this.#base + 0.5) / this.#step) + 1;
    return Math.max(0, Math.max(0, groups) * this.#group - this.#released);
  }

  /** What is due of a Poisson process. */
  #poisson(room: number): number {
    const shared = this.#shared;
    const now = shared[NOW]!;
    const gaps = this.#gaps;
    const step = this.#step;
    const times = this.#times!;
    let count = 0;
    let next = this.#next;
    let gap = this.#gap;
    while (next <= now && count < room && count < this.#left) {
      const lateness = now - next;
      if (lateness > this.#catchUp) {
        this.#left--;
        shared[SKIPPED]!++;
      } else {
        times[count++ % TIMES] = next;
        if (lateness > this.#lateAfter) shared[LATE]!++;
        if (lateness > shared[MAX_LATE]!) shared[MAX_LATE] = lateness;
      }
      if (gap === GAPS) {
        this.#random!.exponential(gaps);
        gap = 0;
      }
      next += gaps[gap++]! * step;
    }
    this.#next = next;
    this.#gap = gap;
    return count;
  }

  /** Begins a schedule of the present rate whose first group is due at a time. */
  #begin(now: number, first: number): void {
    this.#step = this.cyclesPerSecond / this.#rate * this.#group;
    this.#released = 0;
    this.#base = first;
    this.#next = this.#rate === 0 ? Infinity : first;
    if (this.#random && this.#step > 0 && this.#rate > 0) {
      this.#random.exponential(this.#gaps);
      this.#gap = 1;
      this.#next = now + this.#gaps[0]! * this.#step;
    }
  }

  /** Goes on at another rate: what is due stays due, and of the gap that began the rest is left. */
  #change(now: number): void {
    const shared = this.#shared;
    const [old, rate] = [this.#rate, shared[RATE]!];
    const since = now - shared[SINCE]!;
    if (since > 0) shared[ASKED]! += old * since / this.cyclesPerSecond;
    shared[SINCE] = now;
    const [wasNext, random] = [this.#next, this.#random];
    // a schedule that ran has packets due, and a part of a gap behind it
    const ran = old > 0 && old < Infinity;
    const turns = ran ? (now - this.#base) / this.#step : 0;
    const left = Math.floor(turns) + 1 - turns;
    const owed = ran && !random ? this.#unreleased(now) : 0;
    this.#rate = rate;
    if (rate === 0) shared[SKIPPED]! += owed;
    this.#begin(now, now + left * (this.cyclesPerSecond / rate) * this.#group);
    if (rate === 0 || rate === Infinity) return;
    if (random && wasNext < now) this.#next = wasNext;
    if (owed === 0) return;
    this.#released = -owed;
    this.#next = now;
  }
}
