/**
 * Choices that come as often as their weights say, spread evenly.
 *
 * @module
 */

/** The most choices before they begin again. */
export const SPREAD_MAX = 65_536;

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}

/**
 * Numbers from 0 on, one for each weight, in an order in which each comes as often as its weight
 * says and as evenly as it can; then they begin again. Weights 2 and 1 make 0, 1, 0.
 *
 * @throws {RangeError} when a weight is no integer above 0, or they are too large together.
 */
export function spread(weights: readonly number[]): Uint16Array<ArrayBuffer> {
  for (const weight of weights) {
    if (!Number.isInteger(weight) || weight < 1) {
      throw new RangeError(`expected a weight of 1, 2, 3 ..., got ${weight}`);
    }
  }
  const common = weights.reduce((a, b) => divisor(a, b), 0) || 1;
  const parts = weights.map((weight) => weight / common);
  const total = parts.reduce((sum, part) => sum + part, 0);
  if (total > SPREAD_MAX) {
    throw new RangeError(`expected weights that are ${SPREAD_MAX} together at most, got ${total}`);
  }
  // each turn the choice that is most behind its share goes first
  const behind = parts.map(() => 0);
  return Uint16Array.from({ length: total }, () => {
    let choice = 0;
    for (const [i, part] of parts.entries()) {
      behind[i]! += part;
      if (behind[i]! > behind[choice]!) choice = i;
    }
    behind[choice]! -= total;
    return choice;
  });
}
