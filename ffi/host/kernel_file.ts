/**
 * Reads files of the kernel, below `/proc` and `/sys`. Deno opens them only for programs with all
 * permissions; compiled programs have fewer, and read them through the C library.
 *
 * @module
 */

import { O_CLOEXEC } from "../boundary/constants.ts";

const LIBC = {
  open: {
    parameters: ["buffer", "i32"], // const char *path, int flags
    result: "i32",
  },
  read: {
    parameters: ["i32", "buffer", "usize"], // int fd, void *buf, size_t count
    result: "isize",
  },
  close: {
    parameters: ["i32"], // int fd
    result: "i32",
  },
} as const satisfies Deno.ForeignLibraryInterface;

/** Bytes that are read at a time. */
const CHUNK = 16 * 1024;

let libc: Deno.DynamicLibrary<typeof LIBC>["symbols"] | undefined;

function readThroughLibc(path: string): string {
  const { open, read, close } = libc ??= Deno.dlopen("libc.so.6", LIBC).symbols;
  const file = open(new TextEncoder().encode(`${path}\0`), O_CLOEXEC);
  if (file < 0) throw new Deno.errors.NotFound(`cannot open ${path}`);
  const decoder = new TextDecoder();
  const chunk = new Uint8Array(CHUNK);
  let text = "";
  try {
    for (;;) {
      const length = Number(read(file, chunk, BigInt(CHUNK)));
      // the process has ended meanwhile
      if (length < 0) throw new Deno.errors.NotFound(`cannot read ${path}`);
      if (length === 0) return text + decoder.decode();
      text += decoder.decode(chunk.subarray(0, length), { stream: true });
    }
  } finally {
    close(file);
  }
}

/**
 * The whole text of a file below `/proc` or `/sys`, whose size the kernel does not tell beforehand.
 *
 * @throws {Error} when the file cannot be read: its process has ended, or it is another user's.
 */
export function readKernelFile(path: string): string {
  return Deno.build.standalone ? readThroughLibc(path) : Deno.readTextFileSync(path);
}

/** The whole text of a file below `/proc` or `/sys`; `undefined` where it cannot be read. */
export function tryReadKernelFile(path: string): string | undefined {
  try {
    return readKernelFile(path);
  } catch {
    return undefined;
  }
}

/** The ids of a process's threads; `undefined` when they cannot be looked at. */
export function threadIds(pid: number): string[] | undefined {
  try {
    return [...Deno.readDirSync(`/proc/${pid}/task`)].map(({ name }) => name);
  } catch {
    return undefined;
  }
}
