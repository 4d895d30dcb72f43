/**
 * Figures that a test measured and does not judge: the runner prints them below its file's line.
 *
 * @module
 */

/** Beginning of such a line in a test's output. */
export const NOTE = "note: ";

/** Tells a figure. */
export function note(text: string): void {
  console.log(`${NOTE}${text}`);
}
