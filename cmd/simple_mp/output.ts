/**
 * What is written to stdout, by the main thread and by receiving lcores.
 *
 * @module
 */

const encoder = new TextEncoder();

/** Writes all of a text to stdout now. */
export function write(text: string): void {
  const bytes = encoder.encode(text);
  for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
}

/** An lcore has started to receive. */
export function startingLine(lcore: number): string {
  return `Starting core ${lcore}`;
}

/** A message has come. */
export function receivedLine(lcore: number, text: string): string {
  return `core ${lcore}: Received '${text}'`;
}
