/**
 * Files that are believed, and libraries that are opened: whoever could have written them could run
 * code as this user. What is looked at is the open file, so that nobody can exchange it afterwards.
 *
 * @module
 */

import { O_CLOEXEC } from "../boundary/constants.ts";
import { DpdkError } from "../boundary/errors.ts";
import { checkAncestors, isPrivate, trustsOwnerOfRoot } from "./private_folder.ts";

/**
 * The text of a file that nobody but this user and root can have written.
 *
 * @throws {Error} where it cannot be read, or somebody else may have written it.
 */
export function readTrustedFile(path: string): string {
  using file = Deno.openSync(path);
  const info = file.statSync();
  if (!info.isFile || !isPrivate(info)) throw new Error(`others can have written ${path}`);
  const bytes = new Uint8Array(info.size);
  let length = 0;
  while (length < bytes.length) {
    const read = file.readSync(bytes.subarray(length));
    if (!read) break;
    length += read;
  }
  return new TextDecoder().decode(bytes.subarray(0, length));
}

const OPEN = {
  parameters: ["buffer", "i32"], // const char *path, int flags
  result: "i32",
} as const satisfies Deno.ForeignFunction;

/** Where this process's open files are. */
const HELD = "/proc/self/fd/";

let libcOpen: Deno.UnsafeFnPointer<typeof OPEN> | undefined;

function openFunction(): Deno.UnsafeFnPointer<typeof OPEN> {
  // by its address: Deno compiles a call of each function that it opens as one
  const { open } = Deno.dlopen("libc.so.6", { open: { type: "pointer" } }).symbols;
  return new Deno.UnsafeFnPointer(open as Deno.PointerObject<typeof OPEN>, OPEN);
}

/** Opens a file for good and gives the path by which this process has it; undefined if it cannot. */
function openForGood(path: string): string | undefined {
  const open = libcOpen ??= openFunction();
  const file = open.call(new TextEncoder().encode(`${path}\0`), O_CLOEXEC);
  return file < 0 ? undefined : `${HELD}${file}`;
}

/** Whoever owns the code that runs can change it, so what else is theirs makes no difference. */
function trustsOwnerOfCode(id: number | null): boolean {
  if (trustsOwnerOfRoot(id)) return true;
  return !Deno.build.standalone && id === Deno.statSync(new URL(import.meta.url)).uid;
}

/** Why a library must not be opened, if so. */
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
 * A path by which to open a library: that of a file which this process holds open, and which nobody
 * but root, this user and the owner of this code can have written.
 *
 * @param path Of the library. One that is missing is left to the linker, which says so.
 * @throws {DpdkError} where somebody else may have written it, or could exchange it.
 */
export function trustedLibrary(path: string): string {
  // a bare name is looked for among the system's libraries; what is held already was looked at
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
