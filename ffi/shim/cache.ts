/**
 * The folder `denodpdk` in the user's cache folder, where the toolkit keeps its files. Only this
 * user and root can have made it, and only they can change its contents.
 *
 * @module
 */

import { DpdkError } from "../boundary/errors.ts";
import { cacheFoundIn, cacheIn, trustsOwnerOfRoot } from "./private_folder.ts";

function isFolder(path: string): boolean {
  try {
    return path.startsWith("/") && Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

/**
 * Folders for caches; those that the user named come first.
 *
 * @param env returns environment variables; for tests.
 */
export function* cacheBases(
  env: (name: string) => string | undefined = (name) => Deno.env.get(name),
): Generator<string, void, void> {
  const cache = env("XDG_CACHE_HOME");
  // the specification says to ignore a relative path
  if (cache?.startsWith("/")) yield cache;
  const home = env("HOME");
  // a missing home folder is not made
  if (home && isFolder(home)) yield `${home}/.cache`;
  yield "/var/cache";
}

/**
 * Uses the first of the user's cache folders that is suitable.
 *
 * @param operation what fails when no folder is suitable, for the error.
 * @param use called with the toolkit's folder in a cache folder; throws where that is not suitable.
 * @throws {DpdkError} when no folder is suitable, or another user may have made the toolkit's
 * folder.
 */
export function inCache<T>(operation: string, use: (cache: string) => T): T {
  const obstacles: string[] = [];
  for (const base of cacheBases()) {
    try {
      return use(cacheIn(base, trustsOwnerOfRoot));
    } catch (error) {
      if (error instanceof DpdkError) throw error;
      const text = error instanceof Error ? error.message : String(error);
      const reason = text.replace(/ \(os error \d+\).*/s, "").split("\n")[0] ?? "";
      obstacles.push(reason.includes(base) ? reason : `${base}: ${reason}`);
    }
  }
  throw new DpdkError({
    operation,
    reason: `no folder for it: ${obstacles.join("; ")}`,
    hint: "set XDG_CACHE_HOME to a folder for it",
  });
}

/**
 * The toolkit's folder, made where it is missing; no final slash.
 *
 * @throws {DpdkError} when no cache folder is suitable, or another user may have made the toolkit's
 * folder.
 */
export function cacheFolder(): string {
  return inCache("use a cache", (cache) => cache);
}

/** The folder that {@linkcode cacheFolder} would return, and whether it exists. Changes nothing. */
export function cachePlace(): { path: string; exists: boolean } {
  for (const base of cacheBases()) {
    const path = `${base}/denodpdk`;
    try {
      return { path: cacheFoundIn(base, trustsOwnerOfRoot), exists: true };
    } catch (error) {
      // another user's folder would be refused, and a missing one made
      if (error instanceof DpdkError || error instanceof Deno.errors.NotFound) {
        return { path, exists: false };
      }
    }
  }
  return { path: "/var/cache/denodpdk", exists: false };
}
