/**
 * What is said of trials.
 *
 * @module
 */

import { type LatencySummary, Rate, WIRE_BYTES } from "../../ffi/traffic/traffic.ts";
import { counted } from "../lib/counted.ts";
import { tableOf } from "../lib/table.ts";
import type { ResultTable } from "./document.ts";
import type { Measured } from "./measurer.ts";

/** Digits of a rate: more than the width of a search needs. */
const DIGITS = 5;
/** A packet that is sent so much after its time is told, seconds. */
const LATE = 0.001;

/** Packets a second in words, exact enough for the result of a search: `1.2345 Mpps`. */
export function exactRate(perSecond: number): string {
  return perSecond > 0 ? `${Rate.packets(Number(perSecond.toPrecision(DIGITS)))}` : "0 pps";
}

/** Bits a second in words: `640.5 Mbps`. */
export function exactBits(perSecond: number): string {
  return exactRate(perSecond).replace("pps", "bps");
}

/** The bits that a frame takes of a wire. */
export const wireBits = (frameBytes: number): number => 8 * (frameBytes + WIRE_BYTES);

/** A share in percent: `0.5 %`. */
export const percent = (share: number): string => `${Number((100 * share).toPrecision(3))} %`;

/** A latency of so many cycles, in microseconds. */
export const latencyText = (cycles: number, unit: number): string =>
  `${(cycles / unit).toFixed(2)} us`;

/** Latencies of tables, with their names. */
export const LATENCIES: readonly { key: keyof LatencySummary; name: string }[] = [
  { key: "min", name: "min" },
  { key: "mean", name: "mean" },
  { key: "p50", name: "p50" },
  { key: "p90", name: "p90" },
  { key: "p99", name: "p99" },
  { key: "p999", name: "p99.9" },
  { key: "p9999", name: "p99.99" },
  { key: "max", name: "max" },
];

/** A table of figures, each on the right of its column. */
export const tableText = ({ head, rows }: ResultTable): string =>
  tableOf(head, rows, { right: head.slice(1) });

/** What came of a trial, as its line ends: `1000000 sent, 12 lost (0.0012 %), ...`. */
export function outcomeText(measured: Measured, unit: number): string {
  const { asked, sent, received, offered, refused, maxLate, latency } = measured;
  const { duplicates, reordered, tooLate, missed } = measured;
  const lost = Math.max(0, sent - received);
  const words = [
    `${sent} sent`,
    lost > 0 ? `${lost} lost (${percent(lost / sent)})` : "none lost",
  ];
  if (asked > sent) {
    const [late, taken] = [
      asked - sent - refused,
      refused > 0 ? [`${refused} the port did not take`] : [],
    ];
    const why = [...taken, ...late > 0 ? [`${late} not sent in time`] : []].join(", ");
    words.push(`${exactRate(offered)} offered: ${why}`);
  }
  if (latency.count > 0) {
    const at = (share: number) => latencyText(latency.percentile(share), unit);
    words.push(`latency p50 ${at(50)}, p99 ${at(99)}`);
  }
  if (maxLate > LATE) words.push(`sent ${(1e3 * maxLate).toFixed(1)} ms late at most`);
  if (missed > 0) {
    words.push(`${missed} lost by the receiving port of the tester, which is too slow`);
  }
  if (duplicates > 0) words.push(counted(duplicates, "copy", "copies"));
  if (reordered > 0) words.push(`${reordered} reordered`);
  if (tooLate > 0) {
    words.push(
      `${tooLate} came too late to count, of earlier trials: a longer --drain waits for them`,
    );
  }
  return words.join(", ");
}

/** A load of a trial in words. */
export const loadText = (load: number): string =>
  load === Infinity ? "as fast as it goes" : exactRate(load);

/** The latency of the set-up without a device. */
export function floorLine({ min, p50, p99, p9999 }: LatencySummary): string {
  const [least, usual, most, worst] = [min, p50, p99, p9999].map((value) => value.toFixed(2));
  return `floor: the latency without a device, us: min ${least}, p50 ${usual}, p99 ${most}, p99.99 ${worst}`;
}
