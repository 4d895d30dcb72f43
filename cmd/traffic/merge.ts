/**
 * Merges what several processes or boxes wrote: what one sent and another one received gives the loss.
 *
 * @module
 */

import {
  Histogram,
  type HistogramData,
  mergePaced,
  mergeReceived,
  type StreamData,
  streamReport,
} from "../../ffi/traffic/traffic.ts";
import { counted } from "../lib/counted.ts";
import type { ReceiveResult, ResultDocument, ResultTable, Series } from "./document.ts";
import { latencyTable, receiveTables, sendTables, streamsTable } from "./tables.ts";

/** A document with the name of its file. */
export interface Part {
  name: string;
  document: ResultDocument;
}

type Sent = Part & { document: ResultDocument & { command: "send" } };
type Received = Part & { document: ResultDocument & { command: "receive" } };

const isSent = (part: Part): part is Sent => part.document.command === "send";
const isReceived = (part: Part): part is Received => part.document.command === "receive";

/** Two rates of one clock, as processes measure it, differ by less. */
const SAME_RATE = 1e-4;

/** A histogram without values. */
const NOTHING = new Histogram().toJSON();

/** The documents of which one is made; a merged one is taken apart again. */
export function partsOf(parts: readonly Part[]): Part[] {
  return parts.flatMap(({ name, document }) =>
    document.command === "report"
      ? document.result.parts.map((part, i) => ({
        name: document.result.names[i] ?? name,
        document: part,
      }))
      : [{ name, document }]
  );
}

/** Whether two machines have one time stamp counter. */
function isOneClock(a: ResultDocument, b: ResultDocument): boolean {
  return a.machine.bootId === b.machine.bootId && a.machine.bootId !== "unknown";
}

function sendersOf(parts: readonly Part[], stream: string): Sent[] {
  return parts.filter(isSent).filter(({ document }) => stream in document.result.streams);
}

/** The streams of a receiver that were sent by the clock of another machine. */
function foreignStreams(received: Received, parts: readonly Part[]): string[] {
  return Object.keys(received.document.result.streams).filter((stream) =>
    sendersOf(parts, stream).some(({ document }) => !isOneClock(document, received.document))
  );
}

/**
 * The parts without latencies between clocks that differ: the time of one stamp is not that of the
 * other clock, so what looks like a latency is none.
 */
export function ofOneClock(parts: readonly Part[]): Part[] {
  return parts.map((part) => {
    if (!isReceived(part)) return part;
    const foreign = foreignStreams(part, parts);
    if (foreign.length === 0) return part;
    const { document } = part;
    const streams = Object.fromEntries(
      Object.entries(document.result.streams).map(([stream, data]) => [
        stream,
        foreign.includes(stream) ? { ...data, latency: NOTHING } : data,
      ]),
    );
    const result = { ...document.result, streams };
    // a second's latencies are those of all streams
    const series = document.series?.map(({ name, points }) => ({
      name,
      points: points.map(({ latency: _, ...point }) => point),
    }));
    const tables = receiveTables(result);
    return { ...part, document: { ...document, result, tables, ...series ? { series } : {} } };
  });
}

/** A histogram in other units; counts stay as they are. */
function scaled(data: HistogramData, factor: number): HistogramData {
  if (Math.abs(factor - 1) < SAME_RATE) return data;
  const { sum, min, max, values } = data;
  const all = values.map((value) => Math.round(value * factor));
  return { ...data, sum: sum * factor, min: min * factor, max: max * factor, values: all };
}

/** All that was received, in cycles of the first receiver; what was sent by whom gives the losses. */
function receivedTogether(
  parts: readonly Part[],
): { result: ReceiveResult; sent: Map<string, number>; notes: string[] } | undefined {
  const receivers = parts.filter(isReceived);
  const [first] = receivers;
  if (!first) return undefined;
  const unit = first.document.result.cyclesPerMicrosecond;
  const all = mergeReceived(receivers.map(({ document: { result } }) => {
    const factor = unit / result.cyclesPerMicrosecond;
    const inUnits = ({ latency, ipdv, lateness, ...data }: StreamData): StreamData => ({
      ...data,
      latency: scaled(latency, factor),
      ipdv: scaled(ipdv, factor),
      lateness: scaled(lateness, factor),
    });
    const streams = Object.entries(result.streams).map(([key, data]) => [key, inUnits(data)]);
    return { ...result, streams: Object.fromEntries(streams) };
  }));
  const sent = new Map<string, number>();
  for (const { document } of parts.filter(isSent)) {
    for (const [stream, count] of Object.entries(document.result.streams)) {
      sent.set(stream, (sent.get(stream) ?? 0) + count);
    }
  }
  const notes: string[] = [];
  const streams: Record<string, StreamData> = {};
  for (const stream of new Set([...Object.keys(all.streams), ...sent.keys()])) {
    const data = all.streams[Number(stream)] ?? nothingOf();
    const count = sent.get(stream);
    if (count === undefined) {
      if (sent.size > 0) notes.push(`Stream ${stream}: no file tells how many packets were sent.`);
    } else if (count < data.received) {
      const more = counted(data.received - count, "packet");
      notes.push(`Stream ${stream}: ${more} came that were not sent. Are these files of one run?`);
    }
    const lost = count === undefined ? data.lost : Math.max(0, count - data.received);
    streams[stream] = { ...data, lost };
  }
  const seconds = Math.max(...receivers.map(({ document }) => document.result.seconds));
  return { result: { ...all, streams, seconds, cyclesPerMicrosecond: unit }, sent, notes };
}

/** What is known of a stream of which nothing came. */
function nothingOf(): StreamData {
  return {
    received: 0,
    duplicates: 0,
    lost: 0,
    tooLate: 0,
    reordered: 0,
    latency: NOTHING,
    ipdv: NOTHING,
    extent: NOTHING,
    lateness: NOTHING,
    density: { threshold: 1, displacements: [], counts: [], beyond: 0 },
  };
}

/** What a reader must know of latencies. */
function clockNotes(parts: readonly Part[]): string[] {
  return parts.filter(isReceived).flatMap((received) =>
    foreignStreams(received, parts).map((stream) => {
      const from = sendersOf(parts, stream).map(({ document }) => document.machine.host);
      const to = received.document.machine.host;
      const hosts = from.includes(to)
        ? `${to} before and after a boot`
        : `${from.join(", ")} and ${to}`;
      return `Stream ${stream}: no one-way latency, since the clocks of ${hosts} differ.`;
    })
  );
}

/** Whether a sender and a receiver of one clock ran at the same time. */
function timeNotes(parts: readonly Part[]): string[] {
  const span = ({ begin, seconds }: ResultDocument) => {
    const from = Date.parse(begin) / 1000;
    return [from, from + seconds] as const;
  };
  return parts.filter(isReceived).flatMap((received) =>
    parts.filter(isSent).flatMap((sent) => {
      if (!isOneClock(sent.document, received.document)) return [];
      const [from, to] = span(received.document);
      const [sentFrom, sentTo] = span(sent.document);
      if (sentFrom < to && from < sentTo) return [];
      return [`${sent.name} and ${received.name} did not run at the same time.`];
    })
  );
}

function tablesOf(parts: readonly Part[]): { tables: ResultTable[]; notes: string[] } {
  const tables: ResultTable[] = [];
  const senders = parts.filter(isSent).map(({ document }) => document.result);
  if (senders.length > 1) {
    const streams: Record<string, number> = {};
    for (const { streams: some } of senders) {
      for (const [key, count] of Object.entries(some)) streams[key] = (streams[key] ?? 0) + count;
    }
    const report = mergePaced(senders.map(({ report }) => report));
    tables.push(...sendTables({ report, streams }).map(titled("all senders")));
  }
  const received = receivedTogether(parts);
  if (received) {
    const { result, sent } = received;
    const isRaw = sent.size === 0 && parts.filter(isReceived).length === 1;
    const { streams, cyclesPerMicrosecond: unit } = result;
    const reports = Object.entries(streams)
      .map(([stream, data]) => [stream, streamReport(data, unit)] as const);
    const timed = reports.map(([stream, { latency }]) => [stream, latency] as const)
      .filter(([, { count }]) => count > 0);
    const all = timed.length > 1
      ? [["all", streamReport(Object.values(streams), unit).latency] as const]
      : [];
    if (!isRaw && reports.length > 0) {
      tables.push(streamsTable(reports, sent));
      if (timed.length > 0) tables.push(latencyTable([...timed, ...all]));
    }
  }
  const own = parts.flatMap(({ name, document }) => document.tables.map(titled(name)));
  return { tables: [...tables, ...own], notes: received?.notes ?? [] };
}

const titled = (name: string) => (table: ResultTable): ResultTable => ({
  ...table,
  title: `${name}: ${table.title}`,
});

/** The series of all parts, from the beginning of the first one on. */
function seriesOf(parts: readonly Part[], begin: number): Series[] {
  return parts.flatMap(({ name, document }) => {
    const offset = (Date.parse(document.begin) - begin) / 1000;
    return (document.series ?? []).map((series) => ({
      name: series.name === name ? name : `${series.name}, ${name}`,
      points: series.points.map((point) => ({ ...point, seconds: point.seconds + offset })),
    }));
  });
}

/**
 * One document of several.
 *
 * @param args the command line.
 * @throws {RangeError} where two files tell of one stream what they cannot both know, or a file is given
 * twice.
 */
export function merged(given: readonly Part[], args: readonly string[]): ResultDocument {
  const all = partsOf(given);
  const seen = new Set<string>();
  for (const { name, document: { command, begin, machine, args } } of all) {
    const run = JSON.stringify([command, begin, machine.bootId, args]);
    if (seen.has(run)) throw new RangeError(`report: ${name} is of a run that was given before`);
    seen.add(run);
  }
  const parts = ofOneClock(all);
  const { tables, notes } = tablesOf(parts);
  const documents = parts.map(({ document }) => document);
  const [first] = documents;
  if (!first) throw new RangeError("report: expected results of traffic");
  const begins = documents.map(({ begin }) => Date.parse(begin));
  const begin = Math.min(...begins);
  const end = Math.max(...documents.map(({ seconds }, i) => (begins[i] ?? 0) + 1000 * seconds));
  const { tool, format, version, machine } = first;
  return {
    tool,
    format,
    version,
    machine,
    command: "report",
    args,
    begin: new Date(begin).toISOString(),
    seconds: (end - begin) / 1000,
    series: seriesOf(parts, begin),
    searches: parts.flatMap(({ name, document }) =>
      (document.searches ?? []).map((search) => ({ ...search, name: `${search.name}, ${name}` }))
    ),
    notes: [
      ...clockNotes(all),
      ...timeNotes(all),
      ...notes,
      ...documents.flatMap(({ notes }) => notes ?? []),
    ],
    tables,
    result: {
      names: all.map(({ name }) => name),
      parts: all.map(({ document }) => document),
    },
  };
}
