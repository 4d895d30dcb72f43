/**
 * The files that this process was started from: its executable, and its source files where Deno
 * runs it. An upgrade may replace or remove them while the process runs, but the processes that it
 * starts must still run the old program.
 *
 * @module
 */

import { exists } from "../host/exists.ts";
import { shim } from "../boundary/library.ts";
import { cString, unwrap } from "../boundary/native.ts";
import { holdFolder, removeUnheld } from "../shim/private_folder.ts";
import { inCache } from "../shim/cache.ts";

/** How the names of folders with copies begin in the cache folder. */
const PREFIX = "image-";

let folder: string | undefined;

/** The folder for this process's copies, made when it is first needed. */
export function imageFolder(): string {
  return folder ??= inCache("keep the running program", (cache) => {
    const path = `${cache}/${PREFIX}${crypto.randomUUID()}`;
    holdFolder(path);
    // removes the folders of processes that have ended
    removeUnheld(cache, PREFIX, path);
    return path;
  });
}

/** Whether a path still leads to the file that this process was started from. */
function isOwnImage(path: string): boolean {
  // Deno shows /proc to programs with all permissions only, which compiled ones do not have
  if (Deno.build.standalone) return shim().shim_process_image_is(cString(path)) === 1;
  try {
    const [image, there] = [Deno.statSync("/proc/self/exe"), Deno.statSync(path)];
    return image.dev === there.dev && image.ino === there.ino;
  } catch {
    return false;
  }
}

let copy: string | undefined;

/** Makes a copy: a compiled program finds its code through the path of its file. */
function copyOfImage(): string {
  if (copy !== undefined && exists(copy)) return copy;
  const name = Deno.execPath().replace(/ \(deleted\)$/, "").split("/").pop() || "program";
  const path = `${imageFolder()}/${name}`;
  unwrap(`copy the running program to ${path}`, shim().shim_process_image_copy(cString(path)));
  return copy = path;
}

/**
 * The path from which this process can start its own program once more: the path of its file, as
 * long as that file is there.
 *
 * @throws {DpdkError} when the file of a compiled program has gone and no copy can be made.
 */
export function ownImage(): string {
  const path = Deno.execPath();
  if (isOwnImage(path)) return path;
  // the kernel keeps the file for the processes that it runs
  return Deno.build.standalone ? copyOfImage() : "/proc/self/exe";
}
