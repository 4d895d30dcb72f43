/**
 * Numbers of things in what programs say.
 *
 * @module
 */

/**
 * A number of things in words: `1 round`, `2 rounds`.
 *
 * @param things the plural, where it is not made by an `s`.
 */
export function counted(count: number, thing: string, things = `${thing}s`): string {
  return `${count} ${count === 1 ? thing : things}`;
}
