/**
 * What the tests of RFC 2544 found, in tables and lines.
 *
 * @module
 */

import type { LatencyRecord, ResultTable, SearchRecord } from "./document.ts";
import { limitOf, SENDER_BOUND } from "./find_rates.ts";
import { type Rfc2544Plan, type SizeResult, sizeText, STEPS } from "./rfc2544_run.ts";
import { exactBits, exactRate, LATENCIES, percent, wireBits } from "./trial_lines.ts";

/** What was found, in tables that fit a terminal of 80 columns. */
export function rfc2544Tables(results: readonly SizeResult[]): ResultTable[] {
  const tables: ResultTable[] = [{
    title: "Throughput, and the longest burst at the highest rate",
    head: ["frame", "throughput", "layer 2", "layer 1", "limited by", "burst"],
    rows: results.map(({ name, frameBytes, found, throughput, bursts }) => [
      name,
      ...throughput === undefined ? ["none", "none", "none"] : [
        exactRate(throughput),
        exactBits(8 * frameBytes * throughput),
        exactBits(wireBits(frameBytes) * throughput),
      ],
      found.rates[0] ? limitOf(found.rates[0]) : "",
      bursts ? bursts.mean.toFixed(1) : "",
    ]),
  }];
  const timed = results.filter(({ latency }) => latency);
  if (timed.length > 0) {
    const keys = LATENCIES.filter(({ name }) => name !== "mean" && name !== "p99.99");
    tables.push({
      title: "Latency at the throughput, microseconds",
      head: ["frame", ...keys.map(({ name }) => name)],
      rows: timed.map((
        { name, latency },
      ) => [name, ...keys.map(({ key }) => latency![key].toFixed(2))]),
    });
  }
  const curves = results.filter(({ loss }) => loss);
  if (curves.length > 0) {
    tables.push({
      title: "Frame loss rate, by share of the highest rate",
      head: ["rate", ...curves.map(({ name }) => name)],
      rows: STEPS.filter((step) =>
        curves.some(({ loss }) => loss!.some(({ share }) => share === step))
      )
        .map((step) => [
          percent(step),
          ...curves.map(({ loss }) => {
            const point = loss!.find(({ share }) => share === step);
            return point ? percent(point.lossRatio) : "";
          }),
        ]),
    });
  }
  return tables;
}

/** What a reader must know to judge the tables, a line each. */
export function rfc2544Notes(results: readonly SizeResult[], plan: Rfc2544Plan): string[] {
  const lines: string[] = [];
  for (const { name, found, unsentBursts } of results) {
    if (found.rates[0]?.isSenderBound) {
      lines.push(`${sizeText(name)}: ${SENDER_BOUND}`);
    }
    if (unsentBursts > 0) {
      lines.push(
        `${sizeText(name)}: ${unsentBursts} bursts could not be sent at ${exactRate(found.max)}: ` +
          "a lower --max is one that the sender can do",
      );
    }
  }
  for (const { name, found } of results) {
    if (!found.search.complete) {
      lines.push(`${sizeText(name)}: the search was ended early: the throughput is a bound so far`);
    }
  }
  const done = results.filter(({ found }) => found.search.complete).length;
  if (done < plan.sizes.length) {
    lines.push(`ended early: ${done} of ${plan.sizes.length} frame sizes were searched to the end`);
  }
  return lines;
}

/** The searches, for plots of their trials. */
export const recordsOf = (results: readonly SizeResult[]): SearchRecord[] =>
  results.map(({ name, frameBytes, found }) => ({
    name,
    frameBits: 8 * frameBytes,
    goals: ["throughput"],
    result: found.search,
  }));

/** All delays at the throughputs, for the plot of their distribution. */
export const delaysOf = (results: readonly SizeResult[]): LatencyRecord[] =>
  results.flatMap(({ delays }) => delays ?? []);

/** The results without what a document has elsewhere. */
export const resultsOf = (results: readonly SizeResult[]): object[] =>
  results.map(({ delays: _, found: { latencies: __, ...found }, ...rest }) => ({ ...rest, found }));
