/**
 * What traffic prints.
 *
 * @module
 */

import { counted } from "../lib/counted.ts";
import type { Result } from "./lcore.ts";

/** A number with a prefix: `1.23 M`. */
export function prefixed(value: number): string {
  const [prefix, factor] = value >= 1e9
    ? ["G", 1e9]
    : value >= 1e6
    ? ["M", 1e6]
    : value >= 1e3
    ? ["k", 1e3]
    : ["", 1];
  return `${(value / factor).toFixed(factor === 1 ? 0 : 2)} ${prefix}`;
}

/** A line for the last second. */
export function everySecond(verb: string, second: number, packets: number, bits: number): string {
  return `${second} s: ${verb} ${prefixed(packets)}pps, ${prefixed(bits)}bps of layer 2`;
}

const microseconds = (value: number) => `${value.toFixed(2)} us`;

/** The results in lines. */
export function resultLines(result: Result): string[] {
  if (result.command === "send") {
    const { seconds, asked, sent, late, maxLate, refused, skipped, ...rates } = result.report;
    const all = asked === Infinity ? "as many as it goes" : counted(Math.round(asked), "packet");
    return [
      `asked:    ${all} in ${seconds.toFixed(3)} s${
        asked === Infinity ? "" : `, ${prefixed(rates.askedRate)}pps`
      }`,
      `sent:     ${counted(sent, "packet")}, ${prefixed(rates.achievedRate)}pps`,
      `late:     ${counted(late, "packet")}, ${microseconds(maxLate * 1e6)} at most`,
      `not sent: ${refused} refused by the port or for want of mbufs, ${skipped} skipped as too late`,
    ];
  }
  const { seconds, packets, probes, streams } = result;
  const lines = [
    `received: ${counted(packets, "packet")} in ${seconds.toFixed(3)} s, ${
      counted(probes, "probe")
    }`,
  ];
  for (const [stream, report] of Object.entries(streams)) {
    const { received, lost, duplicates, reordered, tooLate, latency, pdv, ipdv, negative } = report;
    const latencies = Object.entries({
      min: latency.min,
      mean: latency.mean,
      p50: latency.p50,
      p90: latency.p90,
      p99: latency.p99,
      "p99.9": latency.p999,
      "p99.99": latency.p9999,
      max: latency.max,
    }).map(([name, value]) => `${name} ${value.toFixed(2)}`);
    lines.push(
      `stream ${stream}: ${received} received, ${lost} lost, ${duplicates} copies, ` +
        `${reordered} reordered, ${tooLate} too late`,
      `  latency, us: ${latencies.join(", ")}`,
      `  variation: PDV ${microseconds(pdv)}, IPDV ${microseconds(ipdv.mean)} on average, ` +
        `${microseconds(ipdv.max)} at most`,
    );
    if (negative > 0) lines.push(`  ${negative} came before they were sent: the clocks differ`);
  }
  return lines;
}
