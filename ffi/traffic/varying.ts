/**
 * Values of a field that differ from packet to packet.
 *
 * @module
 */

/** A value of a field: a number, or an address as text. */
export type FieldValue = number | string;

/** How a field differs from packet to packet; {@linkcode range}, {@linkcode list} and so on make it. */
export type Varying =
  | { kind: "range"; first: FieldValue; count: number; step: number; every: number }
  | { kind: "list"; values: readonly FieldValue[]; every: number }
  | { kind: "random"; first: FieldValue; count: number; seed: number }
  | { kind: "counter"; first: FieldValue; step: number; every: number };

/** Options of values that follow each other. */
export interface StepOptions {
  /** How far apart the values are; 1 where left out. */
  step?: number;
  /**
   * How many packets have the same value before the next one comes; 1 where left out. Two ranges of
   * 256 where one has `every: 256` make 65536 flows.
   */
  every?: number;
}

function positive(what: string, value: number): number {
  if (Number.isInteger(value) && value > 0 && value <= 2 ** 31) return value;
  throw new RangeError(`${what}: expected an integer from 1 to 2^31, got ${value}`);
}

/**
 * So many values from a first one on, and then from the beginning again.
 *
 * @param first a number, or an address as text.
 * @throws {RangeError} when a number is out of range.
 *
 * @example
 * ```ts
 * import { ether, frame, ipv4, udp } from "denodpdk/net";
 * import { flow, range } from "denodpdk/traffic";
 *
 * flow(frame(ether(), ipv4(), udp()), { ipv4: { src: range("10.0.0.1", 256) } });
 * ```
 */
export function range(first: FieldValue, count: number, options: StepOptions = {}): Varying {
  const { step = 1, every = 1 } = options;
  return {
    kind: "range",
    first,
    count: positive("range count", count),
    step: positive("range step", step),
    every: positive("range every", every),
  };
}

/**
 * These values, one after the other, and then from the beginning again.
 *
 * @throws {RangeError} when there are none.
 */
export function list(
  values: readonly FieldValue[],
  { every = 1 }: { every?: number } = {},
): Varying {
  if (values.length === 0) throw new RangeError("list: expected a value, got none");
  return { kind: "list", values: [...values], every: positive("list every", every) };
}

/**
 * Random values, each of so many from a first one on as likely as the others. The same seed gives
 * the same values again: mulberry32.
 *
 * @param seed 32 bits; 1 where left out.
 */
export function random(first: FieldValue, count: number, seed = 1): Varying {
  if (!Number.isInteger(count) || count < 1 || count > 2 ** 32) {
    throw new RangeError(`random count: expected an integer from 1 to 2^32, got ${count}`);
  }
  return { kind: "random", first, count, seed };
}

/** Values that go on from a first one; behind the field's highest value comes 0. */
export function counter(first: FieldValue = 0, { step = 1, every = 1 }: StepOptions = {}): Varying {
  return {
    kind: "counter",
    first,
    step: positive("counter step", step),
    every: positive("counter every", every),
  };
}
