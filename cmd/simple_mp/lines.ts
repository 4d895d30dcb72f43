/**
 * The lines that the main thread prints, or the receiving lcores do.
 *
 * @module
 */

/** An lcore has started to receive. */
export function startingLine(lcore: number): string {
  return `Starting core ${lcore}`;
}

/** A message has come. */
export function receivedLine(lcore: number, text: string): string {
  return `core ${lcore}: Received '${text}'`;
}
