/**
 * Whether a path exists.
 *
 * @module
 */

/** Whether there is a file or a folder at a path, or where a symbolic link there leads. */
export function exists(path: string): boolean {
  return found(() => Deno.statSync(path));
}

/** Whether there is a file at a path, or where a symbolic link there leads. */
export function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** Whether there is anything at a path; a symbolic link may lead nowhere. */
export function isTaken(path: string): boolean {
  return found(() => Deno.lstatSync(path));
}

function found(look: () => Deno.FileInfo): boolean {
  try {
    look();
    return true;
  } catch {
    return false;
  }
}
