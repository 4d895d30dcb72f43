/**
 * The queues that `receive` receives from, one for each lcore, and what came on them as one.
 *
 * @module
 */

import { type PortInfo, type PortOptions, RssHash } from "../../mod.ts";
import { mergeReceived, type StreamData } from "../../ffi/traffic/traffic.ts";
import { counted } from "../lib/counted.ts";
import type { ReceiveResult } from "./document.ts";

/** What an lcore got from its queue. */
export type QueueResult = Omit<ReceiveResult, "queues">;

/** The header fields that choose a queue: addresses, and the ports of TCP and UDP. */
const HASHED = Object.values(RssHash).reduce((all, bits) => all | bits, 0n);

/** What a device can do. */
type Device = Pick<PortInfo, "driver" | "maxRxQueues" | "maxTxQueues" | "rssCapa">;

/** How a port is opened, so that each lcore has a queue. */
export interface Queues {
  options: PortOptions & { rxQueues: number };
  /** What a reader must know of how packets come to the queues. */
  notes: string[];
}

/**
 * Drivers of which a queue is there only where the other end has one too: others of its queues are
 * memory of the first one, which nobody may read.
 */
const PAIRED: readonly string[] = ["net_memif"];

/**
 * How a port is opened for lcores: a queue for each, as far as the driver has so many, over which the
 * device spreads packets by their addresses and ports where it can.
 *
 * @param lcores how many there are.
 * @param wanted how many queues there should be, up to that; undefined where nobody says.
 */
export function queuesFor(device: Device, lcores: number, wanted?: number): Queues {
  const { driver, maxRxQueues, maxTxQueues, rssCapa } = device;
  const isPaired = wanted === undefined && PAIRED.includes(driver);
  const most = isPaired ? 1 : Math.min(lcores, maxRxQueues, maxTxQueues);
  // as many to send from: net_tap has no other way, and answers go out of the queue of the question
  const queues = wanted ?? Math.max(1, most);
  const rss = HASHED & rssCapa;
  const notes: string[] = [];
  if (wanted === undefined && queues < lcores) {
    const idle = `${counted(lcores - queues, "lcore")} of ${lcores} did nothing`;
    notes.push(
      isPaired
        ? `The driver ${driver} has a queue only where the other end has one too, so one was used: ` +
          `${idle}; --queues is for an end that sends on several.`
        : `The driver ${driver} has ${counted(queues, "queue")}: ${idle}.`,
    );
  }
  if (queues > 1 && rss === 0n) {
    notes.push(
      `The driver ${driver} does not spread packets over its queues (no RSS): each came on the queue ` +
        "that the other end sent it to.",
    );
  }
  const spreading = queues > 1 && rss !== 0n ? { rss } : {};
  return { options: { rxQueues: queues, txQueues: queues, ...spreading }, notes };
}

/** What came on all queues, as one. */
export function receivedOn(queues: readonly QueueResult[]): ReceiveResult {
  const [first] = queues;
  if (queues.length === 1) return first!;
  const { cyclesPerMicrosecond, floor } = first!;
  const answered = first!.answered === undefined
    ? {}
    : { answered: queues.reduce((sum, { answered = 0 }) => sum + answered, 0) };
  return {
    seconds: Math.max(...queues.map(({ seconds }) => seconds)),
    ...mergeReceived(queues, { spread: true }),
    queues: queues.map(({ packets, bytes, probes, streams }) => ({
      packets,
      bytes,
      probes,
      streams: Object.keys(streams).map(Number),
    })),
    ...answered,
    cyclesPerMicrosecond,
    ...floor ? { floor } : {},
  };
}

/** What a reader must know of streams that came on several queues. */
export function spreadNotes({ queues = [] }: ReceiveResult): string[] {
  const seen = new Set<number>();
  const several = new Set<number>();
  for (const stream of queues.flatMap(({ streams }) => streams)) {
    (seen.has(stream) ? several : seen).add(stream);
  }
  const spread = [...several];
  if (spread.length === 0) return [];
  const which = spread.length === 1
    ? `Stream ${spread[0]}`
    : `${counted(spread.length, "stream")}, ${spread.slice(0, 5).join(", ")}${
      spread.length > 5 ? " ..." : ""
    },`;
  return [
    `${which} came on several queues: what is reordered, and IPDV, are told within each queue, since ` +
    "the order between queues is not known. A copy that came on another queue than the packet itself " +
    "counts as received, and hides a loss.",
  ];
}

/** The result, where it is known how many packets of each stream were sent. */
export function withSent(result: ReceiveResult, sent: number | undefined): ReceiveResult {
  if (sent === undefined) return result;
  // a number that is too low is told of, and loses nothing that was measured
  const lost = ({ received, lost }: StreamData) => sent >= received ? sent - received : lost;
  const streams = Object.entries(result.streams).map(([stream, data]) => [
    stream,
    { ...data, lost: lost(data) },
  ]);
  return { ...result, streams: Object.fromEntries(streams) };
}
