/**
 * The lines that the main thread or the receiving lcores print.
 *
 * @module
 */

/** The line of an lcore that has started to receive. */
export function startingLine(lcore: number): string {
  return `Starting core ${lcore}`;
}

/** The line about a message that has come. */
export function receivedLine(lcore: number, text: string): string {
  return `core ${lcore}: Received '${text}'`;
}
