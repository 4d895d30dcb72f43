/**
 * What traffic prints.
 *
 * @module
 */

import { Rate } from "../../ffi/traffic/traffic.ts";
import { counted } from "../lib/counted.ts";
import type { Result } from "./lcore.ts";

/** Packets a second in words: `1.23 Mpps`. */
function packetRate(perSecond: number): string {
  return perSecond > 0 ? `${Rate.packets(Number(perSecond.toPrecision(3)))}` : "0 pps";
}

/** Bits a second in words: `632 Mbps of layer 2`. */
function bitRate(perSecond: number): string {
  return `${Rate.parse(`${Math.max(1, Math.round(Number(perSecond.toPrecision(3))))}bps`)}`;
}

/** A line for the last second. */
export function everySecond(verb: string, second: number, packets: number, bits: number): string {
  const rate = packets > 0 ? `${packetRate(packets)}, ${bitRate(bits)}` : "nothing";
  return `${second} s: ${verb} ${rate}`;
}

const microseconds = (value: number) => `${value.toFixed(2)} us`;

/** The results in lines. */
export function resultLines(result: Result): string[] {
  if (result.command === "send") {
    const { seconds, asked, sent, late, maxLate, refused, skipped, ...rates } = result.report;
    const left = Math.max(0, Math.floor(asked - sent - refused - skipped));
    const due = left > 0 && left < Infinity ? `, ${left} due at the end` : "";
    const all = asked === Infinity ? "as many as it goes" : counted(Math.round(asked), "packet");
    return [
      `asked:    ${all} in ${seconds.toFixed(3)} s${
        asked === Infinity ? "" : `, ${packetRate(rates.askedRate)}`
      }`,
      `sent:     ${counted(sent, "packet")}, ${packetRate(rates.achievedRate)}`,
      `late:     ${counted(late, "packet")}, ${microseconds(maxLate * 1e6)} at most`,
      `not sent: ${refused} refused by the port or for want of mbufs, ${skipped} skipped as too late${due}`,
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
