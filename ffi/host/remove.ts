/**
 * Removing what may be gone already.
 *
 * @module
 */

/** Removes a file, or a folder with all in it; somebody else may be faster. */
export function removeQuietly(path: string): void {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch {
    // whoever else wants it gone has removed it, or will
  }
}
