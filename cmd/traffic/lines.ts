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

/** Bits a second in words: `632 Mbps of layer 2`. */
function bitRate(perSecond: number): string {
  return `${Rate.parse(`${Math.max(1, Math.round(Number(perSecond.toPrecision(3))))}bps`)}`;
}

/** A time of so many microseconds. */
export const microseconds = (value: number): string => `${value.toFixed(2)} us`;

/** A line for the last second. */
export function secondLine(verb: string, second: number, packets: number, bits: number): string {
  const rate = packets > 0 ? `${packetRate(packets)}, ${bitRate(bits)}` : "nothing";
  return `${second} s: ${verb} ${rate}`;
}
