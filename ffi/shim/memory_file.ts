/**
 * Libraries in memory files: for a machine where no folder can be written and executed from.
 *
 * A memory file has no name, and exists only as long as this process. Files in /dev/shm have names
 * that others can take first, and /dev/shm is mounted `noexec` in most containers.
 *
 * @module
 */

/**
 * `MFD_NOEXEC_SEAL`: the file cannot be executed by `execve`, which libraries do not need, and
 * which some machines require.
 */
const NO_EXECVE = 8;

import { MFD_CLOEXEC } from "../boundary/constants.ts";

const LIBC = {
  memfd_create: {
    parameters: ["buffer", "u32"], // const char *name, unsigned int flags
    result: "i32",
  },
  write: {
    parameters: ["i32", "buffer", "usize"], // int fd, const void *buf, size_t count
    result: "isize",
  },
} as const satisfies Deno.ForeignLibraryInterface;

function createFile(name: string, content: Uint8Array<ArrayBuffer>): string {
  const libc = Deno.dlopen("libc.so.6", LIBC).symbols;
  const title = new TextEncoder().encode(`${name}\0`);
  let file = libc.memfd_create(title, MFD_CLOEXEC | NO_EXECVE);
  // a kernel before 6.3 does not know the flag
  if (file < 0) file = libc.memfd_create(title, MFD_CLOEXEC);
  if (file < 0) throw new Error("the kernel makes none");
  for (let done = 0; done < content.length;) {
    const rest = content.subarray(done);
    const written = Number(libc.write(file, rest, BigInt(rest.length)));
    if (written <= 0) throw new Error(`${name} does not fit`);
    done += written;
  }
  // never closed: the descriptor's number is part of the path by which the library is known
  return `/proc/self/fd/${file}`;
}

/**
 * Opens libraries that are copied to memory files, for good.
 *
 * @param files first the library to open, then those that it needs.
 * @param read returns the bytes of a library.
 * @returns the path by which to open the first library again.
 */
export function openFromMemory<File extends { name: string }>(
  files: readonly File[],
  read: (file: File) => Uint8Array<ArrayBuffer>,
): string {
  const paths = files.map((file) => createFile(file.name, read(file)));
  const [wanted = "", ...needed] = paths;
  // an open library satisfies those that need it, by its soname; so a needed library must be opened
  // first
  for (let left = needed; left.length > 0;) {
    const before = left.length;
    left = left.filter((path) => !opens(path));
    if (left.length === before) break;
  }
  Deno.dlopen(wanted, {});
  return wanted;
}

function opens(path: string): boolean {
  try {
    Deno.dlopen(path, {});
    return true;
  } catch {
    return false;
  }
}
