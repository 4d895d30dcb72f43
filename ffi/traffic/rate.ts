/**
 * Rates: packets or bits a second, a share of the link, or as fast as it goes.
 *
 * @module
 */

/** Bytes of the frame check sequence, which a frame's size includes and a packet's length does not. */
export const FCS_BYTES = 4;
/** Bytes that a frame takes on the wire beside its own: preamble, start of frame, gap (IEEE 802.3). */
export const WIRE_BYTES = 20;

/** A unit's prefix, and how many it stands for. */
const PREFIXES = { "": 1, k: 1e3, m: 1e6, g: 1e9 };
const isPrefix = (text: string): text is keyof typeof PREFIXES => text in PREFIXES;

/** What a rate counts: packets, bits of layer 1 or 2, a share of the link, or nothing at all. */
export type RateKind = "packets" | "bitsL1" | "bitsL2" | "share" | "max";

function refuse(text: string): never {
  throw new RangeError(`expected a rate as 2Mpps, 5Gbps, 5GbpsL1, 30% or max, got '${text}'`);
}

/** A number with the largest prefix that leaves it 1 or more: `2 M`. */
function prefixed(value: number): string {
  const [prefix, factor] = value >= 1e9
    ? ["G", 1e9]
    : value >= 1e6
    ? ["M", 1e6]
    : value >= 1e3
    ? ["k", 1e3]
    : ["", 1];
  return `${Number((value / factor).toPrecision(12))} ${prefix}`;
}

/**
 * The most frames a second that a link carries.
 *
 * @param frameBytes mean size of the frames, with the frame check sequence.
 * @param linkMbps speed of the link, Mbit/s.
 */
export function lineRate(frameBytes: number, linkMbps: number): number {
  return linkMbps * 1e6 / (8 * (frameBytes + WIRE_BYTES));
}

/**
 * How fast to send.
 *
 * | text             | packets a second                                                   |
 * | ---------------- | ------------------------------------------------------------------ |
 * | `2Mpps`, `800pps`| that many                                                          |
 * | `5Gbps`          | so many that their frames have that many bits: layer 2             |
 * | `5GbpsL2`        | the same                                                           |
 * | `5GbpsL1`        | so many that they take that much of a wire: layer 1                |
 * | `30%`            | that share of what the link carries, of layer 1                    |
 * | `max`            | as fast as it goes                                                 |
 *
 * Bits of layer 2 are those of frames from the Ethernet header to the frame check sequence, as RFC
 * 1242 and RFC 2544 count them. Layer 1 has 20 bytes more a frame: preamble, start of frame and gap.
 * Prefixes are `k`, `M` and `G`, powers of 1000, in letters of any case.
 *
 * @example
 * ```ts
 * import { Rate } from "denodpdk/traffic";
 *
 * const rate = Rate.parse("10GbpsL1");
 * console.log(Math.floor(rate.packetsPerSecond(64))); // 14880952
 * console.log(`${rate}`); // 10 Gbps of layer 1
 * ```
 */
export class Rate {
  /** What is counted. */
  readonly kind: RateKind;
  /** How many packets or bits a second, or the share, from 0 to 1; Infinity for `max`. */
  readonly value: number;

  private constructor(kind: RateKind, value: number) {
    this.kind = kind;
    this.value = value;
  }

  /**
   * Reads a rate.
   *
   * @throws {RangeError} for any other text, a rate of 0, and a share above 100 %.
   */
  static parse(text: string): Rate {
    const lower = text.trim().toLowerCase();
    if (lower === "max") return new Rate("max", Infinity);
    const [, digits, prefix = "", unit] =
      /^(\d+(?:\.\d+)?|\.\d+) ?([kmg]?)(pps|bps|bpsl1|bpsl2|%)$/.exec(lower) ?? [];
    const value = Number(digits);
    if (!(value > 0) || !isPrefix(prefix)) refuse(text);
    if (unit === "%") {
      if (prefix !== "" || value > 100) refuse(text);
      return new Rate("share", value / 100);
    }
    const kind = unit === "pps" ? "packets" : unit === "bpsl1" ? "bitsL1" : "bitsL2";
    return new Rate(kind, value * PREFIXES[prefix]);
  }

  /**
   * A rate of packets a second.
   *
   * @throws {RangeError} when it is not above 0.
   */
  static packets(perSecond: number): Rate {
    if (!(perSecond > 0 && perSecond < Infinity)) {
      throw new RangeError(`expected packets a second, above 0, got ${perSecond}`);
    }
    return new Rate("packets", perSecond);
  }

  /**
   * How many packets a second this rate is for frames of a size; Infinity for `max`.
   *
   * @param frameBytes mean size of the frames, with the frame check sequence: 64 for the shortest.
   * @param linkMbps speed of the link, Mbit/s; leave it out where it is unknown, or where it says
   * nothing, as for ports of software.
   * @throws {RangeError} when the link cannot carry the rate, and when a share is asked of a link
   * of unknown speed.
   */
  packetsPerSecond(frameBytes: number, linkMbps?: number): number {
    const most = linkMbps === undefined ? Infinity : lineRate(frameBytes, linkMbps);
    if (this.kind === "share" && most === Infinity) {
      throw new RangeError(`${this}: the speed of the link is unknown`);
    }
    const rate = {
      packets: this.value,
      bitsL1: this.value / (8 * (frameBytes + WIRE_BYTES)),
      bitsL2: this.value / (8 * frameBytes),
      share: this.value * most,
      max: Infinity,
    }[this.kind];
    // a rate that is the link's own may be above it by what rounding adds
    if (this.kind !== "max" && rate > most * (1 + 1e-9)) {
      throw new RangeError(
        `${this}: a link of ${linkMbps} Mbit/s carries ${Math.floor(most)} frames of ` +
          `${Number(frameBytes.toFixed(1))} bytes a second, ${Math.ceil(rate)} are asked for`,
      );
    }
    return rate;
  }

  /** The rate in words, with the layer that bits are of: `5 Gbps of layer 2`. */
  toString(): string {
    if (this.kind === "max") return "max";
    if (this.kind === "share") return `${Number((100 * this.value).toPrecision(12))} % of the link`;
    if (this.kind === "packets") return `${prefixed(this.value)}pps`;
    return `${prefixed(this.value)}bps of layer ${this.kind === "bitsL1" ? 1 : 2}`;
  }
}
