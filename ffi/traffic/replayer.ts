/**
 * Replaying on an lcore: packets of capture files are sent when they are due.
 *
 * @module
 */

// a Worker that is handed a queue needs its port's class, and may import its type alone
import "../ethdev/port.ts";
import type { TxQueue } from "../ethdev/tx_queue.ts";
import { Burst } from "../mbuf/burst.ts";
import type { Mempool } from "../mempool.ts";
import { PortPatience } from "./port_patience.ts";
import { Rate } from "./rate.ts";
import { LANE, ReplayCounts, type ReplayReport } from "./replay_counts.ts";
import { type ReplayPace, replayPace } from "./replay_pace.ts";
import { ReplayRingReader } from "./replay_ring.ts";

/** One file of a replay, and where it is sent. */
export interface ReplayLane {
  /** The queue. The replayer does not dispose of it. */
  tx: TxQueue;
  /** {@linkcode ReplayFile.memory}. */
  file: SharedArrayBuffer;
  /** How many seconds the file begins behind the others, {@linkcode ReplayFile.offsets}; 0. */
  offset?: number;
}

/** Options of a {@linkcode Replayer}. */
export interface ReplayerOptions {
  /** The files, each with a queue of its own. */
  lanes: readonly ReplayLane[];
  /**
   * Where packets come from. Its mbufs must be as long as the longest packet that
   * {@linkcode ReplayFileOptions.mtu} allows. The replayer does not dispose of it.
   */
  pool: Mempool;
  /** Counts of the clock in a second: `measuredCyclesPerSecond()` of `denodpdk/eal`. */
  cyclesPerSecond: number;
  /** How much faster than in the file packets follow each other; 1 where left out. */
  speed?: number;
  /**
   * A rate for each file instead of its own times, as {@linkcode Rate.parse} reads it: `2Mpps`,
   * `5Gbps`, `max`. Bits are counted exactly, packet by packet.
   */
  rate?: string;
  /** Speed of the link, Mbit/s, where it is known; a rate above it is refused. */
  linkMbps?: number;
  /** The most packets that are sent at once; 32 where left out. */
  burst?: number;
  /** The memory of {@linkcode ReplayCounts}, in which another thread looks at the counts. */
  counts?: SharedArrayBuffer;
}

/** A packet that is sent later than this after its time counts as late, seconds. */
const LATE_AFTER = 10e-6;
/** Places in the numbers that all lanes see; the time is the first, as {@linkcode PortPatience} has it. */
const NOW = 0;
/** When the round began, cycles. */
const ORIGIN = 1;
const CYCLES_PER_UNIT = 2;
const LATE = 3;
const CLOCK = 4;

/**
 * Sends the packets of capture files by their times, faster or slower, or at a rate; several files out
 * of several queues by one clock. A loop on an lcore calls {@linkcode Replayer.turn} again and again.
 *
 * Each packet has its time in a schedule that begins once, so nothing drifts. A packet is never left
 * out because it is late. What a port does not take is offered to it again for 100 ms; then it
 * counts as refused.
 *
 * Disposal frees the packets in hand.
 *
 * @example A loop on an lcore
 * ```ts
 * import type { Mempool, TxQueue } from "denodpdk";
 * import { measuredCyclesPerSecond, tscCycles } from "denodpdk/eal";
 * import { Replayer } from "denodpdk/traffic";
 *
 * function replay(tx: TxQueue, pool: Mempool, file: SharedArrayBuffer, running: () => boolean) {
 *   const cyclesPerSecond = measuredCyclesPerSecond();
 *   using replayer = new Replayer({ lanes: [{ tx, file }], pool, cyclesPerSecond, speed: 2 });
 *   replayer.start(tscCycles());
 *   while (running() && !replayer.isDone) replayer.turn(tscCycles());
 *   console.log(replayer.report());
 * }
 * ```
 */
export class Replayer implements Disposable {
  readonly #lanes: readonly Lane[];
  readonly #counts: ReplayCounts;
  readonly #clock: Float64Array;
  readonly #isTimed: boolean;
  #isDone = false;

  /**
   * A replay that has not begun.
   *
   * @throws {RangeError} when a number is out of range, the rate is none, or above that of the link.
   * @throws {DpdkError} EINVAL when the pool holds no packets.
   */
  constructor(options: ReplayerOptions) {
    const { lanes, pool, cyclesPerSecond, speed = 1, linkMbps, burst = 32 } = options;
    const rate = options.rate === undefined ? undefined : Rate.parse(options.rate);
    const pace = replayPace(rate, speed, linkMbps);
    this.#counts = new ReplayCounts(
      { lanes: lanes.length, cyclesPerSecond },
      options.counts,
    );
    this.#isTimed = pace.units === "time";
    this.#clock = new Float64Array(CLOCK);
    this.#clock[CYCLES_PER_UNIT] = cyclesPerSecond / pace.perSecond;
    this.#clock[LATE] = LATE_AFTER * cyclesPerSecond;
    this.#lanes = lanes.map((lane, i) =>
      new Lane({
        ...lane,
        pool,
        pace,
        size: burst,
        clock: this.#clock,
        patience: new PortPatience(cyclesPerSecond),
        counts: this.#counts.lane(i),
      })
    );
  }

  /** Whether all packets were sent or refused. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** Begins: the packet that is first of all is due now. */
  start(now: number): void {
    this.#clock[ORIGIN] = this.#clock[NOW] = now;
    this.#counts.start(now);
  }

  /**
   * Sends what is due.
   *
   * @param now the clock, in cycles: `tscCycles()`.
   * @returns how many packets the ports took.
   * @throws {DpdkError} ENOTSUP when a port is stopped.
   */
  turn(now: number): number {
    this.#clock[NOW] = now;
    let taken = 0;
    let waiting = 0;
    let ended = 0;
    for (let i = 0; i < this.#lanes.length; i++) {
      const lane = this.#lanes[i]!;
      taken += lane.turn();
      if (lane.state === ENDED) ended++;
      else if (lane.state === WAITS) waiting++;
    }
    if (taken > 0) this.#counts.touch(now);
    if (ended + waiting === this.#lanes.length) {
      if (waiting > 0) this.#goRound();
      else this.#isDone = true;
    }
    return taken;
  }

  /** What was asked for and what came of it, see {@linkcode ReplayCounts.report}. */
  report(now?: number): ReplayReport {
    return this.#counts.report(now);
  }

  /** Frees what is in hand. Idempotent. */
  [Symbol.dispose](): void {
    for (const lane of this.#lanes) lane[Symbol.dispose]();
  }

  /** All files begin again, by one clock. */
  #goRound(): void {
    const clock = this.#clock;
    if (this.#isTimed) {
      let longest = 0;
      for (const { state, period } of this.#lanes) {
        if (state === WAITS && period > longest) longest = period;
      }
      clock[ORIGIN]! += longest * clock[CYCLES_PER_UNIT]!;
    }
    for (const lane of this.#lanes) lane.goRound();
  }
}

/** What a lane does: it sends, waits for the others to begin again, or has ended. */
const SENDS = 0;
const WAITS = 1;
const ENDED = 2;

/** What lane needs, beside its file and queue. */
interface LaneOptions extends ReplayLane {
  pool: Mempool;
  pace: ReplayPace;
  size: number;
  clock: Float64Array;
  patience: PortPatience;
  counts: Float64Array;
}

/** A file on its way out of a queue. */
class Lane implements Disposable {
  state = SENDS;
  readonly #tx: TxQueue;
  readonly #pool: Mempool;
  readonly #reader: ReplayRingReader;
  readonly #burst: Burst;
  readonly #units: ReplayPace["units"];
  readonly #overhead: number;
  readonly #clock: Float64Array;
  readonly #patience: PortPatience;
  readonly #counts: Float64Array;
  readonly #lengths: Uint16Array<ArrayBuffer>;
  readonly #places: Uint32Array<ArrayBuffer>;
  /** Packets that were taken from the file and are in no mbuf yet. */
  #chosen = 0;
  /** Units of the schedule: those of the file are behind its offset. */
  readonly #numbers = new Float64Array(3);

  constructor(options: LaneOptions) {
    const { tx, file, offset = 0, pool, pace, size, clock, patience, counts } = options;
    this.#tx = tx;
    this.#pool = pool;
    this.#reader = new ReplayRingReader(file);
    this.#units = pace.units;
    this.#overhead = pace.overhead;
    this.#clock = clock;
    this.#patience = patience;
    this.#counts = counts;
    this.#lengths = new Uint16Array(size);
    this.#places = new Uint32Array(size);
    this.#numbers[OFFSET] = offset * 1e9;
    this.#burst = new Burst(size, { pools: [pool] });
  }

  /** Nanoseconds until the file begins again. */
  get period(): number {
    return this.#numbers[PERIOD]!;
  }

  /** Sends what is due. */
  turn(): number {
    if (this.#burst.count === 0) {
      if (this.#chosen === 0 && this.state === SENDS) this.#choose();
      if (this.#chosen === 0 || !this.#fill()) return 0;
    }
    const taken = this.#tx.trySend(this.#burst);
    this.#counts[LANE.sent]! += taken;
    if (taken > 0) this.#patience.renew();
    if (this.#burst.count > 0 && this.#patience.isOver(this.#clock)) {
      this.#counts[LANE.refused]! += this.#burst.count;
      this.#burst.clear();
    }
    return taken;
  }

  goRound(): void {
    if (this.state !== WAITS) return;
    this.state = this.#reader.goRound() ? SENDS : ENDED;
    this.#reader.release();
  }

  [Symbol.dispose](): void {
    this.#burst[Symbol.dispose]();
  }

  /** Takes packets from the file that are due. */
  #choose(): void {
    const count = this.#units === "none"
      ? this.#reader.take(this.#lengths, this.#places)
      : this.#chooseDue();
    const [counts, lengths] = [this.#counts, this.#lengths];
    let bytes = 0;
    for (let i = 0; i < count; i++) bytes += lengths[i]!;
    counts[LANE.bytes]! += bytes;
    counts[LANE.asked]! += count;
    this.#chosen = count;
    if (count === 0 && this.#reader.look() && !this.#reader.isPacket) this.#stop();
  }

  /** Takes packets whose time has come. */
  #chooseDue(): number {
    const [reader, clock, counts] = [this.#reader, this.#clock, this.#counts];
    const [lengths, places, numbers] = [this.#lengths, this.#places, this.#numbers];
    const units = this.#units;
    let count = 0;
    while (count < lengths.length && reader.look() && reader.isPacket) {
      const { length } = reader;
      const unit = units === "time" ? numbers[OFFSET]! + reader.time : numbers[UNITS]!;
      const late = clock[NOW]! - clock[ORIGIN]! - unit * clock[CYCLES_PER_UNIT]!;
      // half a cycle less: at its very time, rounding must not say that it is not due
      if (late < -0.5) break;
      if (late > clock[LATE]!) counts[LANE.late]!++;
      if (late > counts[LANE.maxLate]!) counts[LANE.maxLate] = late;
      numbers[UNITS]! += units === "packets" ? 1 : 8 * (length + this.#overhead);
      lengths[count] = length;
      places[count] = reader.place;
      reader.skip();
      count++;
    }
    return count;
  }

  /** Copies the chosen packets into mbufs; false where there are none. */
  #fill(): boolean {
    const burst = this.#burst;
    if (burst.allocate(this.#pool, this.#lengths, this.#chosen) === 0) {
      if (!this.#patience.isOver(this.#clock)) return false;
      this.#counts[LANE.refused]! += this.#chosen;
    } else burst.fill(this.#reader.bytes, this.#places);
    this.#chosen = 0;
    this.#reader.release();
    return burst.count > 0;
  }

  #stop(): void {
    if (!this.#reader.isAgain) {
      this.state = ENDED;
      return;
    }
    this.#numbers[PERIOD] = this.#numbers[OFFSET]! + this.#reader.time;
    this.state = WAITS;
    // without times of the files there is nothing to wait for
    if (this.#units !== "time") this.goRound();
  }
}

/** Places in a lane's numbers. */
const OFFSET = 0;
const UNITS = 1;
const PERIOD = 2;
