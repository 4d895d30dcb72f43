/**
 * The folder where the toolkit keeps what it makes for a user: `denodpdk` in a folder for caches.
 * Nobody but this user and root can have made it, or can change what is in it.
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
 * Folders for caches, those first that the user named.
 *
 * @param env Gives environment variables; for tests.
 */
export function* cacheBases(
  env: (name: string) => string | undefined = (name) => Deno.env.get(name),
): Generator<string, void, void> {
  const cache = env("XDG_CACHE_HOME");
  // a relative path is to be ignored, says the specification
  if (cache?.startsWith("/")) yield cache;
  const home = env("HOME");
  // no home is made for users that have none
  if (home && isFolder(home)) yield `${home}/.cache`;
  yield "/var/cache";
}

/**
 * Finds something in the first of the user's folders for caches that will do.
 *
 * @param operation What fails where none will do, for the error.
 * @param use Is given the toolkit's folder in one of them; throws where that will not do.
 * @throws {DpdkError} where none will do, or another user may have made the toolkit's folder.
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
 * @throws {DpdkError} where there is no place for it, or another user may have made it.
 */
export function cacheFolder(): string {
  return inCache("use a cache", (cache) => cache);
}

/** The folder that {@linkcode cacheFolder} gives, or would make, and if it is there. Changes nothing. */
export function cachePlace(): { path: string; exists: boolean } {
  for (const base of cacheBases()) {
    const path = `${base}/denodpdk`;
    try {
      return { path: cacheFoundIn(base, trustsOwnerOfRoot), exists: true };
    } catch (error) {
      // another user's would be refused, and what is missing be made
      if (error instanceof DpdkError || error instanceof Deno.errors.NotFound) {
        return { path, exists: false };
      }
    }
  }
  return { path: "/var/cache/denodpdk", exists: false };
}
