/**
 * Numbers of things in what programs say.
 *
 * @module
 */

/**
 * As `1 round`, `2 rounds`.
 *
 * @param things For more than one, where that is no `s` at the end.
 */
export function counted(count: number, thing: string, things = `${thing}s`): string {
  return `${count} ${count === 1 ? thing : things}`;
}
