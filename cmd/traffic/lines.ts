/**
 * What several commands of traffic print.
 *
 * @module
 */

import { Rate } from "../../ffi/traffic/traffic.ts";

/** Packets a second in words: `1.23 Mpps`. */
export function packetRate(perSecond: number): string {
  return perSecond > 0 ? `${Rate.packets(Number(perSecond.toPrecision(3)))}` : "0 pps";
}

/** Bits of layer 2 a second in words: `632 Mbps`. */
export function bitRate(perSecond: number): string {
  if (perSecond < 1) return "0 bps";
  const rate = Rate.parse(`${Math.round(Number(perSecond.toPrecision(3)))}bps`);
  return `${rate}`.replace(/ of layer 2$/, "");
}

/** A time of so many microseconds. */
export const microseconds = (value: number): string => `${value.toFixed(2)} us`;

/** A line for the last second. */
export function secondLine(verb: string, second: number, packets: number, bits: number): string {
  const rate = packets > 0 ? `${packetRate(packets)}, ${bitRate(bits)} of layer 2` : "nothing";
  return `${second} s: ${verb} ${rate}`;
}
