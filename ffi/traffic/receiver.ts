/**
 * Receiving: probes are judged by their streams.
 *
 * @module
 */

import { isTscInvariant, requireInvariantTsc } from "../cycles.ts";
import type { Histogram } from "./histogram.ts";
import { delayOf, isProbe, numberOf, PROBE_BYTES, streamOf } from "./probe.ts";
import { type StreamData, StreamJudge, type StreamJudgeOptions } from "./stream.ts";

/** Places in a receiver's counts. */
const PACKETS = 0;
const BYTES = 1;
const PROBES = 2;

/** What a receiver looks at: a {@linkcode Burst}, or any other memory with packets. */
export interface PacketsInMemory {
  /** The bytes. */
  readonly view: DataView;
  /** Where the packets begin. */
  readonly offsets: Uint32Array;
  /** How long they are, bytes without the frame check sequence. */
  readonly lengths: Uint32Array;
  /** How many packets there are. */
  readonly count: number;
}

/** Options of a {@linkcode Receiver}: those of each stream's judge, and of the clock. */
export interface ReceiverOptions extends Omit<StreamJudgeOptions, "latency"> {
  /**
   * Whether the clock of the times counts at one rate. Where left out it is that of `tscCycles`, and
   * the CPU is asked. Say true where the times are of another clock that does, such as a card's.
   */
  steadyClock?: boolean;
  /**
   * Histograms for the delays of the first streams, in the order in which these come, such as ones on
   * memory that another thread looks at; further streams have histograms of their own. Each is cleared
   * when its stream comes.
   */
  latencies?: readonly Histogram[];
}

/**
 * What a receiver knows as plain data, to be kept, handed to another thread or process, and merged
 * by {@linkcode mergeReceived}.
 */
export interface ReceiverData {
  /** How many packets came. */
  packets: number;
  /** How many bytes these had, without their frame check sequences. */
  bytes: number;
  /** How many of them were probes. */
  probes: number;
  /** What is known of each stream, by its number. */
  streams: Record<number, StreamData>;
}

/**
 * Judges the probes among packets that come: those of a {@linkcode flow} with a
 * {@linkcode FlowOptions.stream}, sent by this process or another one of this machine. Each stream has
 * a judge of its own. Clocks of different machines differ: then all counts are right, and latencies
 * are not.
 *
 * @example A loop on an lcore
 * ```ts
 * import { Burst, type RxQueue } from "denodpdk";
 * import { measuredCyclesPerSecond, tscCycles } from "denodpdk/eal";
 * import { Receiver } from "denodpdk/traffic";
 *
 * function receive(rx: RxQueue, running: () => boolean) {
 *   const receiver = new Receiver();
 *   using burst = new Burst(32);
 *   while (running()) {
 *     if (rx.receive(burst) === 0) continue;
 *     receiver.observe(burst, tscCycles());
 *     burst.clear();
 *   }
 *   // latencies in microseconds
 *   const unit = measuredCyclesPerSecond() / 1e6;
 *   for (const [stream, judge] of receiver.streams) console.log(stream, judge.report({ unit }));
 * }
 * ```
 */
export class Receiver {
  /** The judges of the streams of which probes came, by their numbers. */
  readonly streams: ReadonlyMap<number, StreamJudge>;
  readonly #judges = new Map<number, StreamJudge>();
  readonly #options: StreamJudgeOptions;
  readonly #latencies: readonly Histogram[];
  /** Packets, bytes and probes: in an array, where numbers above 2^31 are no objects. */
  readonly #tally = new Float64Array(3);
  /** When the packets came: in a call, a number above 2^31 is put on the heap. */
  readonly #now = new Float64Array(1);
  /** The judge of the last probe: the next one is of the same stream as a rule. */
  #last: StreamJudge | undefined;
  #lastStream = -1;

  /**
   * A receiver that has seen nothing.
   *
   * @param options what each stream's judge is made with, and of which clock the times are.
   * @throws {RangeError} when a judge refuses the options.
   * @throws {DpdkError} ENOTSUP when the clock does not count at one rate, so that no latency could be
   * told.
   */
  constructor({ steadyClock, latencies = [], ...options }: ReceiverOptions = {}) {
    requireInvariantTsc("Receiver", steadyClock ?? isTscInvariant());
    new StreamJudge({ window: 2, ...options });
    this.#options = options;
    this.#latencies = latencies;
    this.streams = this.#judges;
  }

  /** How many packets came. */
  get packets(): number {
    return this.#tally[PACKETS]!;
  }

  /** How many bytes these had, without their frame check sequences. */
  get bytes(): number {
    return this.#tally[BYTES]!;
  }

  /** How many of them were probes. */
  get probes(): number {
    return this.#tally[PROBES]!;
  }

  /**
   * Takes packets that came. They stay where they are.
   *
   * @param packets a burst that was received.
   * @param now the clock, in cycles, when they came: `tscCycles()` behind the call that received.
   */
  observe(packets: PacketsInMemory, now: number): void {
    this.#now[0] = now;
    this.#observe(packets);
  }

  /**
   * What is known so far as plain data.
   *
   * @param sent how many packets of a stream the sender sent, where that is known.
   * @throws {RangeError} when more different packets of a stream came than were sent.
   */
  data(sent: (stream: number) => number | undefined = () => undefined): ReceiverData {
    const { packets, bytes, probes } = this;
    const streams = Object.fromEntries(
      [...this.#judges].map(([stream, judge]) => [stream, judge.data(sent(stream))]),
    );
    return { packets, bytes, probes, streams };
  }

  /**
   * Judges a stream anew, from one of its packets on: those before it are of an earlier test, and
   * count as too late. The judge is made now, and not when the first packet comes.
   *
   * @param stream the number of the stream.
   * @param first the number of the first packet, 32 bits.
   * @throws {RangeError} when the first number has not 32 bits.
   */
  restart(stream: number, first: number): StreamJudge {
    const judge = new StreamJudge({ ...this.#options, first });
    this.#judges.set(stream, judge);
    if (stream === this.#lastStream) this.#last = judge;
    return judge;
  }

  #observe(packets: PacketsInMemory): void {
    const now = this.#now;
    const { view, offsets, lengths, count } = packets;
    let [bytes, probes] = [0, 0];
    for (let i = 0; i < count; i++) {
      const length = lengths[i]!;
      bytes += length;
      const end = offsets[i]! + length;
      if (length < PROBE_BYTES || !isProbe(view, end)) continue;
      probes++;
      const stream = streamOf(view, end);
      const judge = stream === this.#lastStream ? this.#last : undefined;
      const delay = delayOf(view, end, now[0]!);
      (judge ?? this.#judge(stream)).observeDelay(numberOf(view, end), delay, now);
    }
    const tally = this.#tally;
    tally[PACKETS]! += count;
    tally[BYTES]! += bytes;
    tally[PROBES]! += probes;
  }

  #judge(stream: number): StreamJudge {
    let judge = this.#judges.get(stream);
    if (!judge) {
      const latency = this.#latencies[this.#judges.size];
      latency?.clear();
      judge = new StreamJudge({ ...this.#options, ...latency ? { latency } : {} });
      this.#judges.set(stream, judge);
    }
    this.#last = judge;
    this.#lastStream = stream;
    return judge;
  }
}
