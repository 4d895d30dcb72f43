/**
 * The test of Kolmogorov and Smirnov: whether numbers are of a distribution.
 *
 * @module
 */

/**
 * The probability that numbers of the distribution lie as far from it as these do, or farther.
 *
 * @param cumulative the distribution: the share of numbers that are not above one.
 */
export function kolmogorovSmirnov(
  numbers: readonly number[],
  cumulative: (number: number) => number,
): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const count = sorted.length;
  const distance = sorted.reduce((most, number, i) => {
    const share = cumulative(number);
    return Math.max(most, share - i / count, (i + 1) / count - share);
  }, 0);
  // the limit for many numbers, with Stephens' correction
  const x = distance * (Math.sqrt(count) + 0.12 + 0.11 / Math.sqrt(count));
  let probability = 0;
  for (let k = 1; k <= 100; k++) probability += 2 * (-1) ** (k - 1) * Math.exp(-2 * (k * x) ** 2);
  return Math.min(1, probability);
}
