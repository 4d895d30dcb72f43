/**
 * Standard output, without buffers: for what must be out before a process ends, and for lcores.
 *
 * @module
 */

const encoder = new TextEncoder();

/** Writes all of a text to stdout now. */
export function write(text: string): void {
  const bytes = encoder.encode(text);
  for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
}
