/**
 * Merging: what several lcores and processes sent and received, as one.
 *
 * @module
 */

import { addedDensities } from "./density.ts";
import { Histogram } from "./histogram.ts";
import type { PaceReport } from "./pacing.ts";
import type { ReceiverData } from "./receiver.ts";
import { described, type StreamData, type StreamReport } from "./stream.ts";

function total<Key extends string>(parts: readonly Record<Key, number>[], key: Key): number {
  return parts.reduce((sum, part) => sum + part[key], 0);
}

function added(
  parts: readonly StreamData[],
  which: "latency" | "ipdv" | "extent" | "lateness",
): Histogram {
  const histogram = new Histogram();
  for (const part of parts) histogram.add(Histogram.from(part[which]));
  return histogram;
}

/**
 * The report of a stream from what its judge knew, or of several streams together.
 *
 * Of several streams counts are added, and percentiles are those of all packets. Packet delay
 * variation is above the lowest delay of any stream. All times must be of one clock or of clocks of
 * the same rate: of two machines each latency is wrong by what their clocks differ by, and so is
 * what is made of both.
 *
 * Two judges that each saw a part of one stream cannot be merged like this: each takes for lost what
 * the other one had. {@linkcode mergeReceived} merges or refuses them.
 *
 * @param data what {@linkcode StreamJudge.data} gave, of one stream or of some.
 * @param unit how many units of the times that the judges were given are one unit of the report; 1
 * where left out.
 * @throws {RangeError} when a histogram's counts are none.
 *
 * @example Two streams, in microseconds
 * ```ts
 * import { type StreamData, streamReport } from "denodpdk/traffic";
 *
 * declare const saved: StreamData[]; // of a TSC of 2.1 GHz
 * const { lost, latency } = streamReport(saved, 2_100);
 * console.log(lost, latency.p99);
 * ```
 */
export function streamReport(data: StreamData | readonly StreamData[], unit = 1): StreamReport {
  const parts = "latency" in data ? [data] : data;
  const histograms = {
    latency: added(parts, "latency"),
    ipdv: added(parts, "ipdv"),
    extent: added(parts, "extent"),
    lateness: added(parts, "lateness"),
  };
  const counts = {
    received: total(parts, "received"),
    duplicates: total(parts, "duplicates"),
    lost: total(parts, "lost"),
    tooLate: total(parts, "tooLate"),
    reordered: total(parts, "reordered"),
  };
  return described(histograms, counts, addedDensities(parts.map(({ density }) => density)), unit);
}

/** Options of {@linkcode mergeReceived}. */
export interface MergeOptions {
  /**
   * Whether the packets of a stream may have come to several of the receivers, as to queues of one
   * port; false where left out: such a stream is refused.
   */
  spread?: boolean;
}

/** What the judges of several queues know of one stream, all of the same packets from the first on. */
function spreadStream(parts: readonly StreamData[]): StreamData {
  // each judge knows of the numbers up to the highest one that came to it
  const numbers = Math.max(...parts.map(({ received, lost }) => received + lost));
  const came = total(parts, "received");
  const copies = Math.max(0, came - numbers);
  return {
    received: came - copies,
    duplicates: total(parts, "duplicates") + copies,
    lost: numbers - came + copies,
    tooLate: total(parts, "tooLate"),
    reordered: total(parts, "reordered"),
    latency: added(parts, "latency").toJSON(),
    ipdv: added(parts, "ipdv").toJSON(),
    extent: added(parts, "extent").toJSON(),
    lateness: added(parts, "lateness").toJSON(),
    density: addedDensities(parts.map(({ density }) => density)),
  };
}

/**
 * What several receivers got, of different queues, ports, lcores or processes, as one.
 *
 * A stream that came to several of them is refused, unless {@linkcode MergeOptions.spread} says that
 * it may: receivers of different runs, or of different senders, may have streams of one number that
 * have nothing to do with each other.
 *
 * Of a stream that was spread over queues all packets count, and what is lost are the numbers up to the
 * highest one of all that came nowhere. Changed order (reordered packets, their extent and lateness,
 * the reorder density) and IPDV are those within each queue, added: nobody knows in which order
 * packets came to different queues, and packets whose neighbour came to another queue have no IPDV. A
 * copy that came to another queue than the packet itself looks like a packet that was received, and
 * hides one that was lost; it is told as a copy only where more came than there are numbers. A hash
 * of header fields (RSS) gives a packet and its copy the same queue.
 *
 * @throws {RangeError} when two receivers judged the same stream, and it may not be spread.
 *
 * @example Several lcores, each with a queue of one port
 * ```ts
 * import { mergeReceived, type ReceiverData, streamReport } from "denodpdk/traffic";
 *
 * declare const lcores: ReceiverData[];
 * const { packets, streams } = mergeReceived(lcores, { spread: true });
 * console.log(packets, streamReport(Object.values(streams)).lost);
 * ```
 */
export function mergeReceived(
  parts: readonly ReceiverData[],
  { spread = false }: MergeOptions = {},
): ReceiverData {
  const judged = new Map<number, StreamData[]>();
  for (const part of parts) {
    for (const [key, data] of Object.entries(part.streams)) {
      const stream = Number(key);
      const others = judged.get(stream) ?? [];
      if (others.length > 0 && !spread) {
        throw new RangeError(
          `stream ${stream} was judged by two receivers, of which each takes for lost what the ` +
            "other one had: a stream must come to one receiver, or be said to be spread",
        );
      }
      judged.set(stream, [...others, data]);
    }
  }
  return {
    packets: total(parts, "packets"),
    bytes: total(parts, "bytes"),
    probes: total(parts, "probes"),
    streams: Object.fromEntries(
      [...judged].map(([stream, all]) => [stream, all.length > 1 ? spreadStream(all) : all[0]!]),
    ),
  };
}

/**
 * What several senders were asked for and did at the same time, as one: counts and rates are added,
 * and the time is that of the one that took longest.
 *
 * The rates are those that each had in its own time, so that one that began later does not look
 * slower than it was.
 *
 * @example
 * ```ts
 * import { mergePaced, type PaceReport } from "denodpdk/traffic";
 *
 * declare const lcores: PaceReport[];
 * const { askedRate, achievedRate } = mergePaced(lcores);
 * console.log(achievedRate / askedRate);
 * ```
 */
export function mergePaced(parts: readonly PaceReport[]): PaceReport {
  return {
    seconds: Math.max(0, ...parts.map(({ seconds }) => seconds)),
    asked: total(parts, "asked"),
    sent: total(parts, "sent"),
    late: total(parts, "late"),
    maxLate: Math.max(0, ...parts.map(({ maxLate }) => maxLate)),
    refused: total(parts, "refused"),
    skipped: total(parts, "skipped"),
    askedRate: total(parts, "askedRate"),
    achievedRate: total(parts, "achievedRate"),
  };
}
