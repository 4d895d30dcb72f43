/**
 * When the packets of a replay are due.
 *
 * @module
 */

import { FCS_BYTES, type Rate, WIRE_BYTES } from "./rate.ts";

/** @internal What a schedule counts: a packet is due when so many units are over. */
export interface ReplayPace {
  /** `time`: nanoseconds of the file; the others count what was sent before. */
  units: "time" | "packets" | "bits" | "none";
  /** How many units a second has. */
  perSecond: number;
  /** Bytes that a packet counts beside its own. */
  overhead: number;
}

/**
 * @internal The schedule of a rate, or of the file's own times.
 *
 * @param speed how much faster than the file.
 * @param linkMbps speed of the link, where it is known.
 * @throws {RangeError} when the link cannot carry the rate, or its speed must be known.
 */
export function replayPace(
  rate: Rate | undefined,
  speed: number,
  linkMbps: number | undefined,
): ReplayPace {
  if (!(speed > 0 && speed < Infinity)) {
    throw new RangeError(`expected a speed above 0, got ${speed}`);
  }
  if (!rate) return { units: "time", perSecond: speed * 1e9, overhead: 0 };
  // a rate of bits of layer 2 depends on the sizes; the longest frames have the highest
  rate.packetsPerSecond(rate.kind === "bitsL2" ? LONGEST : SHORTEST, linkMbps);
  switch (rate.kind) {
    case "max":
      return { units: "none", perSecond: Infinity, overhead: 0 };
    case "packets":
      return { units: "packets", perSecond: rate.value, overhead: 0 };
    case "bitsL2":
      return { units: "bits", perSecond: rate.value, overhead: FCS_BYTES };
    case "bitsL1":
      return { units: "bits", perSecond: rate.value, overhead: FCS_BYTES + WIRE_BYTES };
    case "share":
      return {
        units: "bits",
        perSecond: rate.value * linkMbps! * 1e6,
        overhead: FCS_BYTES + WIRE_BYTES,
      };
  }
}

/** Bytes of frames. */
const SHORTEST = 64;
const LONGEST = 9018;
