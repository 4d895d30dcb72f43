/**
 * Folders that no other user can have made or can change, and that programs share by locks.
 *
 * Only root and this user are trusted. A folder's ancestors count too: a user who may rename
 * entries in one of them can put another folder in place.
 *
 * @module
 */

import { DpdkError } from "../boundary/errors.ts";
import { removeQuietly } from "../host/remove.ts";

const GROUP_WRITES = 0o020;
const OTHERS_WRITE = 0o002;
/**
 * The mode bit of folders such as /tmp, in which only the owner of an entry can remove or rename
 * it.
 */
const STICKY = 0o1000;

/**
 * Number of attempts, a millisecond apart, to get a folder that another process is just removing.
 */
const TRIES = 1_000;

function isTrusted(id: number | null): boolean {
  return id === 0 || id === Deno.uid();
}

/** Whether a user is trusted: by default this user and root are. */
export type Trust = (id: number | null) => boolean;

/**
 * Whether only trusted users can write. A group with the same number as a user is that user's own.
 */
function othersCannotWrite({ mode, gid }: Deno.FileInfo, trusts: Trust = isTrusted): boolean {
  const bits = mode ?? 0;
  return !(bits & OTHERS_WRITE) && (!(bits & GROUP_WRITES) || trusts(gid));
}

/** Whether a file or folder belongs to a trusted user, and no other user can write to it. */
export function isPrivate(info: Deno.FileInfo, trusts: Trust = isTrusted): boolean {
  return trusts(info.uid) && othersCannotWrite(info, trusts);
}

/**
 * Trusts the owner of `/` too, who can change every file: that is root, or, in a user namespace
 * without root, user 65534.
 */
export function trustsOwnerOfRoot(id: number | null): boolean {
  return isTrusted(id) || id === Deno.lstatSync("/").uid;
}

/**
 * Throws where another user could exchange this user's entries in a folder.
 *
 * @param folder path of the folder, free of symbolic links.
 * @param trusts whose folders may be above it.
 * @throws {Error} which names the folder, and who could change it.
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
 * Makes a folder for this user alone, in a folder whose entries no other user can exchange.
 *
 * @throws {DpdkError} when the folder exists, and another user may have made it.
 */
export function makePrivateFolder(path: string): void {
  for (let tries = 0;; tries++) {
    // the folder nearly always exists, and an error of mkdir would take longer than everything else
    // here
    try {
      return checkPrivateFolder(path);
    } catch (error) {
      // another process may remove it as soon as it is made, as long as nobody holds it
      if (!(error instanceof Deno.errors.NotFound) || tries === TRIES) throw error;
    }
    try {
      Deno.mkdirSync(path, { mode: 0o700 });
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    }
  }
}

/** Throws where another user may have made a folder that exists already. */
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
 * The toolkit's folder in a cache folder. Both are made where they are missing.
 *
 * @param trusts Whose folders may be above it.
 * @returns the path, free of symbolic links.
 * @throws {Error} when the cache folder cannot be used or trusted.
 * @throws {DpdkError} when another user can have made the toolkit's folder.
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

/** The toolkit's folder in a cache folder, if it exists. Changes nothing. */
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

/**
 * Takes the lock of a folder; undefined where another process has it. It is kept until the file is
 * closed or this process ends.
 */
function lock(path: string, exclusive: boolean): Deno.FsFile | undefined {
  const handle = Deno.openSync(path);
  if (handle.tryLockSync(exclusive)) return handle;
  handle.close();
}

/** Whether an open folder is still the one at that path. */
function isAt(handle: Deno.FsFile, path: string): boolean {
  const [held, found] = [handle.statSync(), Deno.lstatSync(path)];
  return held.ino === found.ino && held.dev === found.dev;
}

/** The folders that this process holds. */
const held = new Set<string>();

/**
 * Makes a folder in a cache, and keeps other processes' {@linkcode removeUnheld} from removing it
 * as long as this process lives. That needs a file system with locks.
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

/**
 * Removes the folders of a cache whose names begin with `prefix` and that no process holds, except
 * one.
 */
export function removeUnheld(cache: string, prefix: string, except: string): void {
  for (const { name } of Deno.readDirSync(cache)) {
    const path = `${cache}/${name}`;
    // left by a process that was killed while it removed this folder
    if (name.startsWith("removed-")) removeQuietly(path);
    if (name.startsWith(prefix) && path !== except) removeUnlessHeld(path);
  }
}

/**
 * Removes a folder of a cache, unless a process holds it or the file system has no locks.
 *
 * @returns whether the folder was removed.
 */
export function removeUnlessHeld(path: string): boolean {
  const parent = path.slice(0, path.lastIndexOf("/"));
  const removed = `${parent}/removed-${crypto.randomUUID()}`;
  try {
    // a process that waits for the lock sees that the folder is gone
    using handle = lock(path, true);
    if (!handle) return false;
    Deno.renameSync(path, removed);
  } catch {
    return false; // another process is faster, or it cannot be written
  }
  removeQuietly(removed);
  return true;
}
