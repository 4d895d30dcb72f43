/**
 * Whether a path exists.
 *
 * @module
 */

/** Whether there is a file, a folder or a symbolic link at a path; the link may lead nowhere. */
export function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}
