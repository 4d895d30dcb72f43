/**
 * Sizes of frames: one, some, or a mix.
 *
 * @module
 */

import { spread } from "./spread.ts";

/** The sizes that RFC 2544, section 9.1, asks for on Ethernet, bytes. */
export const RFC2544_FRAME_SIZES: readonly number[] = [64, 128, 256, 512, 1024, 1280, 1518];

const MIN = 64;
const MAX = 16_000;

/** Sizes by their letters in IMIX genomes: RFC 6985, section 4. */
const GENOME: Readonly<Record<string, number>> = {
  a: 64,
  b: 128,
  c: 256,
  d: 512,
  e: 1024,
  f: 1280,
  g: 1518,
  h: 2112,
  i: 9000,
  j: 16_000,
};

/** 7 short, 4 middle and 1 long frame: what `imix` stands for. */
const IMIX = "64:7,570:4,1518:1";

/** A size of a mix. */
export interface FrameSize {
  /** Bytes with the frame check sequence. */
  readonly bytes: number;
  /** How often it comes, beside the weights of the other sizes. */
  readonly weight: number;
}

function sizesOf(text: string): FrameSize[] {
  const genome = /^imix:([a-j]+)$/.exec(text)?.[1];
  if (genome) return [...genome].map((letter) => ({ bytes: GENOME[letter] ?? 0, weight: 1 }));
  return (text === "imix" ? IMIX : text).split(",").map((size) => {
    const [, bytes, weight = "1"] = /^(\d{1,5})(?::(\d{1,5}))?$/.exec(size) ?? [];
    if (!bytes) {
      throw new RangeError(
        `expected frame sizes as 64, 64,512,1518, 64:7,570:4, imix or imix:aag, got '${text}'`,
      );
    }
    return { bytes: Number(bytes), weight: Number(weight) };
  });
}

/**
 * How large the frames of a flow are. Sizes are in bytes and count the frame check sequence, as RFC
 * 1242 and RFC 2544 do: a packet of a 64-byte frame has 60 bytes in its mbuf.
 *
 * | text              | frames                                                            |
 * | ----------------- | ----------------------------------------------------------------- |
 * | `64`              | all of one size                                                   |
 * | `64,512,1518`     | one of each in turn                                               |
 * | `64:7,570:4`      | seven of 64 bytes for four of 570, evenly spread                  |
 * | `imix`            | `64:7,570:4,1518:1`, the simple IMIX, FD.io CSIT's `IMIX_v4_1`    |
 * | `imix:aaaddg`     | a genome of RFC 6985: `a` 64, `b` 128, `c` 256, `d` 512, `e` 1024,|
 * |                   | `f` 1280, `g` 1518, `h` 2112, `i` 9000, `j` 16000 bytes           |
 *
 * @example
 * ```ts
 * import { FrameSizes } from "denodpdk/traffic";
 *
 * const sizes = FrameSizes.parse("imix");
 * console.log(sizes.mean.toFixed(2), sizes.pattern.length); // 353.83 12
 * ```
 */
export class FrameSizes {
  /** The sizes and how often each comes. */
  readonly sizes: readonly FrameSize[];
  /** The mean size, bytes with the frame check sequence. */
  readonly mean: number;
  /**
   * The sizes of one frame after the other, bytes with the frame check sequence; then they begin
   * again. In each round every size comes exactly as often as its weight says.
   */
  readonly pattern: Uint16Array<ArrayBuffer>;

  /**
   * A mix of sizes.
   *
   * @throws {RangeError} when a size is out of range, 64 to 16000, or a weight is none.
   */
  constructor(sizes: readonly FrameSize[]) {
    for (const { bytes } of sizes) {
      if (!Number.isInteger(bytes) || bytes < MIN || bytes > MAX) {
        throw new RangeError(`expected a frame of ${MIN} to ${MAX} bytes, got ${bytes}`);
      }
    }
    const order = spread(sizes.map(({ weight }) => weight));
    if (order.length === 0) throw new RangeError("expected a frame size, got none");
    this.sizes = sizes;
    this.pattern = order.map((index) => sizes[index]?.bytes ?? 0);
    this.mean = this.pattern.reduce((sum, bytes) => sum + bytes, 0) / this.pattern.length;
  }

  /**
   * Reads sizes.
   *
   * @throws {RangeError} for any other text, and sizes out of range.
   */
  static parse(text: string): FrameSizes {
    return new FrameSizes(sizesOf(text.trim().toLowerCase()));
  }

  /** The sizes in the form that `FrameSizes.parse` reads. */
  toString(): string {
    return this.sizes.map(({ bytes, weight }) => weight === 1 ? `${bytes}` : `${bytes}:${weight}`)
      .join(",");
  }
}
