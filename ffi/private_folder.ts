/**
 * Folders that no other user can have made or can change, and that programs share by locks.
 *
 * Root and this user are trusted, nobody else. A folder's ancestors count as well: who may rename
 * in one of them can put another folder in place.
 *
 * @module
 */

import { DpdkError } from "./errors.ts";
import { removeQuietly } from "./remove.ts";

const GROUP_WRITES = 0o020;
const OTHERS_WRITE = 0o002;
/** In such a folder, as /tmp, only the owner of an entry removes or renames it. */
const STICKY = 0o1000;

/** Tries to get a folder that somebody else removes right now, a millisecond apart. */
const TRIES = 1_000;

function isTrusted(id: number | null): boolean {
  return id === 0 || id === Deno.uid();
}

/** Whether nobody but this user and root can write. A group of the same number is the user's own. */
function othersCannotWrite({ mode, gid }: Deno.FileInfo): boolean {
  const bits = mode ?? 0;
  return !(bits & OTHERS_WRITE) && (!(bits & GROUP_WRITES) || isTrusted(gid));
}

/** Whether a file or folder is this user's or root's, and nobody else can write to it. */
export function isPrivate(info: Deno.FileInfo): boolean {
  return isTrusted(info.uid) && othersCannotWrite(info);
}

/** Throws unless entries of a folder stay what they are, if they are this user's. */
function checkAncestors(folder: string): void {
  for (let path = folder;; path = path.slice(0, path.lastIndexOf("/")) || "/") {
    const info = Deno.lstatSync(path);
    if (!isTrusted(info.uid)) throw new Error(`${path} belongs to user ${info.uid}`);
    if (!othersCannotWrite(info) && !((info.mode ?? 0) & STICKY)) {
      throw new Error(`others can write to ${path}`);
    }
    if (path === "/") return;
  }
}

/** Makes a folder for this user alone; throws where there is one that somebody else made. */
function makePrivateFolder(path: string): void {
  try {
    Deno.mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
  const info = Deno.lstatSync(path);
  const found = info.isSymlink
    ? "it is a symbolic link"
    : !info.isDirectory
    ? "it is no folder"
    : !isTrusted(info.uid)
    ? `it belongs to user ${info.uid}`
    : !othersCannotWrite(info)
    ? "others can write to it"
    : undefined;
  if (found === undefined) return;
  throw new DpdkError({
    operation: `use ${path}`,
    reason: `${found}, so another user may have put it there`,
    hint: "remove it, or name another folder with XDG_CACHE_HOME",
  });
}

/**
 * The toolkit's folder in a folder for caches, made where it is missing, and the latter too.
 *
 * @returns its path, free of symbolic links.
 * @throws {Error} where the folder for caches cannot be used or trusted.
 * @throws {DpdkError} where another user can have made the toolkit's.
 */
export function cacheIn(base: string): string {
  Deno.mkdirSync(base, { recursive: true, mode: 0o700 });
  const real = Deno.realPathSync(base);
  checkAncestors(real);
  const cache = `${real === "/" ? "" : real}/denodpdk`;
  makePrivateFolder(cache);
  return cache;
}

/** The lock of a folder, if nobody keeps it: open until this process ends, or closed. */
function lock(path: string, exclusive: boolean): Deno.FsFile | undefined {
  const handle = Deno.openSync(path);
  if (handle.tryLockSync(exclusive)) return handle;
  handle.close();
}

/** Whether this is still the folder of that path. */
function isAt(handle: Deno.FsFile, path: string): boolean {
  const [held, found] = [handle.statSync(), Deno.lstatSync(path)];
  return held.ino === found.ino && held.dev === found.dev;
}

/**
 * Makes a folder of a cache and keeps {@linkcode removeUnheld} of other processes from it, as long
 * as this process lives. A file system without locks cannot keep them.
 *
 * @throws {DpdkError} where another user can have made it.
 */
export function holdFolder(path: string): void {
  for (let tries = 0; tries < TRIES; tries++) {
    makePrivateFolder(path);
    let handle;
    try {
      handle = lock(path, false);
      if (handle && isAt(handle, path)) return;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) return;
    }
    handle?.close();
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
  }
}

/** Removes the folders of a cache that begin with `prefix` and that no process holds, save one. */
export function removeUnheld(cache: string, prefix: string, except: string): void {
  for (const { name } of Deno.readDirSync(cache)) {
    const path = `${cache}/${name}`;
    // half removed by a process that was killed then
    if (name.startsWith("removed-")) removeQuietly(path);
    if (name.startsWith(prefix) && path !== except) removeUnlessHeld(path);
  }
}

function removeUnlessHeld(path: string): void {
  const parent = path.slice(0, path.lastIndexOf("/"));
  const removed = `${parent}/removed-${crypto.randomUUID()}`;
  try {
    // who waits for the lock sees that it is no longer there
    using _handle = lock(path, true);
    if (_handle) Deno.renameSync(path, removed);
  } catch {
    return; // another process is faster, or it cannot be written
  }
  removeQuietly(removed);
}
