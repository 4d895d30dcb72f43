/**
 * Checks files that are trusted, and libraries that are opened: a user who could have written one
 * could run code as this user. The open file is checked, so that it cannot be exchanged afterwards.
 *
 * @module
 */

import { O_CLOEXEC } from "../boundary/constants.ts";
import { DpdkError } from "../boundary/errors.ts";
import { checkAncestors, isPrivate, trustsOwnerOfRoot } from "./private_folder.ts";

/** Reads until a buffer is full or the file ends; how many bytes it got. */
export function readFully(file: Deno.FsFile, into: Uint8Array): number {
  let length = 0;
  while (length < into.length) {
    const read = file.readSync(into.subarray(length));
    if (!read) break;
    length += read;
  }
  return length;
}

/**
 * The text of a file that only this user and root can have written.
 *
 * @throws {Error} when the file cannot be read, or another user may have written it.
 */
export function readTrustedFile(path: string): string {
  using file = Deno.openSync(path);
  const info = file.statSync();
  if (!info.isFile || !isPrivate(info)) throw new Error(`others can have written ${path}`);
  const bytes = new Uint8Array(info.size);
  return new TextDecoder().decode(bytes.subarray(0, readFully(file, bytes)));
}

const OPEN = {
  parameters: ["buffer", "i32"], // const char *path, int flags
  result: "i32",
} as const satisfies Deno.ForeignFunction;

/** The folder of this process's open files. */
const HELD = "/proc/self/fd/";

let libcOpen: Deno.UnsafeFnPointer<typeof OPEN> | undefined;

function openFunction(): Deno.UnsafeFnPointer<typeof OPEN> {
  // called by its address: Deno would compile a call for a symbol that is opened as a function
  const { open } = Deno.dlopen("libc.so.6", { open: { type: "pointer" } }).symbols;
  return new Deno.UnsafeFnPointer(open as Deno.PointerObject<typeof OPEN>, OPEN);
}

/**
 * Opens a file for good. Returns the path by which this process has it open; undefined where that
 * fails.
 */
function openForGood(path: string): string | undefined {
  const open = libcOpen ??= openFunction();
  const file = open.call(new TextEncoder().encode(`${path}\0`), O_CLOEXEC);
  return file < 0 ? undefined : `${HELD}${file}`;
}

/** Trusts the owner of the running code too, who could change that code anyway. */
function trustsOwnerOfCode(id: number | null): boolean {
  if (trustsOwnerOfRoot(id)) return true;
  const code = new URL(import.meta.url);
  // what came from a server lies in Deno's cache, which is this user's
  if (Deno.build.standalone || code.protocol !== "file:") return false;
  return id === Deno.statSync(code).uid;
}

/** Why a library must not be opened; undefined where it may be. */
function objection(path: string, info: Deno.FileInfo): string | undefined {
  if (!info.isFile) return "it is no file";
  if (!trustsOwnerOfCode(info.uid)) return `it belongs to user ${info.uid}`;
  if (!isPrivate(info, trustsOwnerOfCode)) return "others can write to it";
  try {
    const real = Deno.realPathSync(path);
    checkAncestors(real.slice(0, real.lastIndexOf("/")) || "/", trustsOwnerOfCode);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * A safe path by which to open a library: of a file that this process holds open, and that only
 * root, this user and the owner of this code can have written.
 *
 * @param path path of the library. A missing library is left to the linker, which says so.
 * @throws {DpdkError} when another user may have written the library, or could exchange it.
 */
export function trustedLibrary(path: string): string {
  // a bare name is looked up among the system's libraries; a file that is held open was checked
  // before
  if (!path.includes("/") || path.startsWith(HELD)) return path;
  const held = openForGood(path);
  if (held === undefined) return path;
  const reason = objection(path, Deno.statSync(held));
  if (reason === undefined) return held;
  throw new DpdkError({
    operation: `use ${path}`,
    reason: `${reason}, so another user may have put it there`,
    hint: "name a library that nobody but you and root can change",
  });
}
