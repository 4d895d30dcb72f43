/**
 * Whether there is something.
 *
 * @module
 */

/** Whether a path leads to something, be it a link that leads nowhere. */
export function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}
