/**
 * The tables of what was sent and received.
 *
 * @module
 */

import {
  Histogram,
  type LatencySummary,
  type StreamReport,
  streamReport,
} from "../../ffi/traffic/traffic.ts";
import type { ReceiveResult, ResultTable, SendResult } from "./document.ts";
import { microseconds } from "./lines.ts";

/** What `send` did. */
export function sendTables({ report, streams }: SendResult): ResultTable[] {
  const { seconds, asked, sent, late, maxLate, refused, skipped, askedRate } = report;
  const rate: ResultTable = {
    title: "Sent",
    head: ["what", "packets", "packets/s"],
    rows: [
      ["asked for", shown(Math.round(asked)), shown(Math.round(askedRate))],
      ["sent", sent, Math.round(report.achievedRate)],
      [`late, ${microseconds(maxLate * 1e6)} at most`, late, ""],
      ["refused by the port or for want of mbufs", refused, ""],
      ["skipped as too late", skipped, ""],
      [`in ${seconds.toFixed(3)} s`, "", ""],
    ],
  };
  const rows = Object.entries(streams).map(([stream, sent]) => [stream, sent]);
  const probes: ResultTable = { title: "Probes sent", head: ["stream", "packets"], rows };
  return rows.length > 0 ? [rate, probes] : [rate];
}

/** A number that is not told where the rate was `max`. */
const shown = (value: number) => isFinite(value) ? value : "max";

/** What `receive` got. */
export function receiveTables(result: ReceiveResult): ResultTable[] {
  const { seconds, packets, bytes, probes, queues, streams, cyclesPerMicrosecond } = result;
  const tables: ResultTable[] = [{
    title: "Received",
    head: ["seconds", "packets", "bytes without check sequences", "probes", "packets/s"],
    rows: [[Number(seconds.toFixed(3)), packets, bytes, probes, Math.round(packets / seconds)]],
  }];
  if (queues) {
    tables.push({
      title: "Queues",
      head: ["queue", "packets", "probes", "packets/s", "streams"],
      rows: queues.map(({ packets, probes, streams }, queue) => [
        queue,
        ...[packets, probes, Math.round(packets / seconds), streams.length],
      ]),
    });
  }
  const reports = Object.entries(streams).map(([stream, data]) =>
    [stream, streamReport(data, cyclesPerMicrosecond)] as const
  );
  if (reports.length === 0) return tables;
  const latencies = reports.map(([stream, { latency }]) => [stream, latency] as const)
    .filter(([, { count }]) => count > 0);
  if (latencies.length > 0 && result.floor) {
    latencies.push(["floor", Histogram.from(result.floor).summary(cyclesPerMicrosecond)]);
  }
  return [
    ...tables,
    streamsTable(reports),
    ...latencies.length > 0 ? [latencyTable(latencies)] : [],
    {
      title: "Variation, us",
      head: ["stream", "PDV", "IPDV, mean", "IPDV, max", "came before they were sent"],
      rows: reports.map(([stream, { latency, pdv, ipdv, negative }]) => [
        stream,
        latency.count > 0 ? us(pdv) : "",
        us(ipdv.mean),
        us(ipdv.max),
        negative,
      ]),
    },
  ];
}

/** Microseconds, with as many decimals as mean something; a table of them so fits 80 columns. */
const us = (value: number) => value.toFixed(value < 1000 ? 2 : 0);

/** Reports of streams, by their names. */
type Reports = readonly (readonly [stream: string, report: StreamReport])[];

/**
 * What came of streams.
 *
 * @param sent how many packets of each were sent, where that is known.
 */
export function streamsTable(reports: Reports, sent?: ReadonlyMap<string, number>): ResultTable {
  const of = (stream: string, lost: number) => {
    const count = sent?.get(stream);
    if (count === undefined) return ["", ""];
    return [count, count > 0 ? Number((100 * lost / count).toPrecision(6)) : ""];
  };
  return {
    title: "Streams",
    head: [
      "stream",
      ...sent ? ["sent", "lost, %"] : [],
      ...["received", "lost", "copies", "reordered", "too late"],
    ],
    rows: reports.map(([stream, { received, lost, duplicates, reordered, tooLate }]) => [
      stream,
      ...sent ? of(stream, lost) : [],
      ...[received, lost, duplicates, reordered, tooLate],
    ]),
  };
}

/** The latencies of streams. */
export function latencyTable(
  latencies: readonly (readonly [stream: string, latency: LatencySummary])[],
): ResultTable {
  return {
    title: "Latency, us",
    head: ["stream", "min", "mean", "p50", "p90", "p99", "p99.9", "p99.99", "max"],
    rows: latencies.map(([stream, { min, mean, p50, p90, p99, p999, p9999, max }]) => [
      stream,
      ...[min, mean, p50, p90, p99, p999, p9999, max].map(us),
    ]),
  };
}
