/**
 * Removing what may be gone already.
 *
 * @module
 */

/**
 * Removes a file, or a folder with all its contents. Another process may do so at the same time.
 */
export function removeQuietly(path: string): void {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch {
    // another process has removed it
  }
}
