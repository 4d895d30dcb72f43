/**
 * Folders that no other user can have made or can change, and that programs share by locks.
 *
 * Root and this user are trusted, nobody else. A folder's ancestors count as well: who may rename
 * in one of them can put another folder in place.
 *
 * @module
 */

import { DpdkError } from "../boundary/errors.ts";
import { removeQuietly } from "../host/remove.ts";

const GROUP_WRITES = 0o020;
const OTHERS_WRITE = 0o002;
/** In such a folder, as /tmp, only the owner of an entry removes or renames it. */
const STICKY = 0o1000;

/** Tries to get a folder that somebody else removes right now, a millisecond apart. */
const TRIES = 1_000;

function isTrusted(id: number | null): boolean {
  return id === 0 || id === Deno.uid();
}

/** Whether a user is trusted: by default this user and root are. */
export type Trust = (id: number | null) => boolean;

/** Whether nobody but who is trusted can write. A group of the same number is the user's own. */
function othersCannotWrite({ mode, gid }: Deno.FileInfo, trusts: Trust = isTrusted): boolean {
  const bits = mode ?? 0;
  return !(bits & OTHERS_WRITE) && (!(bits & GROUP_WRITES) || trusts(gid));
}

/** Whether a file or folder belongs to who is trusted, and nobody else can write to it. */
export function isPrivate(info: Deno.FileInfo, trusts: Trust = isTrusted): boolean {
  return trusts(info.uid) && othersCannotWrite(info, trusts);
}

/**
 * Whoever owns `/` decides what is everywhere: root, or, in a user namespace that does not know
 * root, a stranger by the number 65534.
 */
export function trustsOwnerOfRoot(id: number | null): boolean {
  return isTrusted(id) || id === Deno.lstatSync("/").uid;
}

/**
 * Throws unless entries of a folder stay what they are, if they are this user's.
 *
 * @param folder Its path, free of symbolic links.
 * @param trusts Whose folders may be above it.
 * @throws {Error} which says of which folder who could change it.
 */
export function checkAncestors(folder: string, trusts: Trust = isTrusted): void {
  for (let path = folder;; path = path.slice(0, path.lastIndexOf("/")) || "/") {
    const info = Deno.lstatSync(path);
    if (!trusts(info.uid)) throw new Error(`${path} belongs to user ${info.uid}`);
    if (!othersCannotWrite(info, trusts) && !((info.mode ?? 0) & STICKY)) {
      throw new Error(`others can write to ${path}`);
    }
    if (path === "/") return;
  }
}

/**
 * Makes a folder for this user alone, in one whose entries stay what they are.
 *
 * @throws {DpdkError} where there is one that somebody else may have made.
 */
export function makePrivateFolder(path: string): void {
  // nearly always it is there: an error of mkdir would take longer than all else here
  try {
    return checkPrivateFolder(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  try {
    Deno.mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
  checkPrivateFolder(path);
}

/** The same where the folder is there already. */
export function checkPrivateFolder(path: string): void {
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
 * @param trusts Whose folders may be above it.
 * @returns its path, free of symbolic links.
 * @throws {Error} where the folder for caches cannot be used or trusted.
 * @throws {DpdkError} where another user can have made the toolkit's.
 */
export function cacheIn(base: string, trusts: Trust = isTrusted): string {
  let cache;
  try {
    cache = pathIn(base, trusts);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    Deno.mkdirSync(base, { recursive: true, mode: 0o700 });
    cache = pathIn(base, trusts);
  }
  makePrivateFolder(cache);
  return cache;
}

/** The same where it is there already. Changes nothing. */
export function cacheFoundIn(base: string, trusts: Trust = isTrusted): string {
  const cache = pathIn(base, trusts);
  checkPrivateFolder(cache);
  return cache;
}

function pathIn(base: string, trusts: Trust): string {
  const real = Deno.realPathSync(base);
  checkAncestors(real, trusts);
  return `${real === "/" ? "" : real}/denodpdk`;
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

/** The folders that this process holds. */
const held = new Set<string>();

/**
 * Makes a folder of a cache and keeps {@linkcode removeUnheld} of other processes from it, as long
 * as this process lives. A file system without locks cannot keep them.
 *
 * @throws {DpdkError} where another user can have made it.
 */
export function holdFolder(path: string): void {
  if (held.has(path)) return;
  for (let tries = 0; tries < TRIES; tries++) {
    makePrivateFolder(path);
    let handle;
    try {
      handle = lock(path, false);
      if (handle && isAt(handle, path)) {
        held.add(path);
        return;
      }
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

/**
 * Removes a folder of a cache unless a process holds it, or its file system cannot tell.
 *
 * @returns whether it has gone.
 */
export function removeUnlessHeld(path: string): boolean {
  const parent = path.slice(0, path.lastIndexOf("/"));
  const removed = `${parent}/removed-${crypto.randomUUID()}`;
  try {
    // who waits for the lock sees that it is no longer there
    using handle = lock(path, true);
    if (!handle) return false;
    Deno.renameSync(path, removed);
  } catch {
    return false; // another process is faster, or it cannot be written
  }
  removeQuietly(removed);
  return true;
}
