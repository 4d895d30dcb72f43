/**
 * Files that a compiled program carries outside the file system that `deno compile` gives it: behind
 * its runtime, before Deno's own part. Deno reads its part into memory at every start, twice, which
 * took 10 ms for the libraries of DPDK; these are read when they are needed.
 *
 * @module
 */

import { DpdkError } from "../boundary/errors.ts";
import { readFully } from "./trusted_file.ts";

/** Where some bytes are. */
export interface Place {
  /** The file that they are in. */
  path: string | URL;
  /** Where they begin in it. */
  at: number;
}

/** Offsets in the header of a 64-bit ELF file. */
const ELF = { magic: 0x464c457f, sectionTable: 40, sectionSize: 58, sections: 60 };

/** Bytes of that header. */
export const ELF_HEADER = 64;

/**
 * Where an ELF file ends, whatever was appended to it: behind its section header table.
 *
 * @param header Its first {@linkcode ELF_HEADER} bytes, or more.
 * @throws {Error} when it is no 64-bit ELF file.
 */
export function elfEnd(header: Uint8Array<ArrayBuffer>): number {
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const is64Bit = header.length >= ELF_HEADER && view.getUint32(0, true) === ELF.magic &&
    view.getUint8(4) === 2;
  if (!is64Bit) throw new Error("no 64-bit ELF file");
  return Number(view.getBigUint64(ELF.sectionTable, true)) +
    view.getUint16(ELF.sectionSize, true) * view.getUint16(ELF.sections, true);
}

/**
 * The place of what this program carries.
 *
 * @param at Where it begins behind the runtime.
 * @param mark What stands there, and before the bytes in question: so another file, which has taken
 * the place of this program's, is not read for it.
 * @throws {DpdkError} when something else stands there.
 */
export function carriedAt(at: number, mark: string): Place {
  const path = Deno.execPath();
  const end = elfEnd(readAt({ path, at: 0 }, ELF_HEADER));
  const found = readAt({ path, at: end + at }, mark.length);
  if (new TextDecoder().decode(found) !== mark) {
    const reason = `${path} was replaced while it started`;
    throw new DpdkError({ operation: "extract the bundled DPDK", reason, hint: "start it anew" });
  }
  return { path, at: end + at + mark.length };
}

/** Opens a file where some bytes begin. */
export function openAt({ path, at }: Place): Deno.FsFile {
  const file = Deno.openSync(path);
  if (at > 0) file.seekSync(at, Deno.SeekMode.Start);
  return file;
}

/** The bytes at a place; fewer where the file ends before. */
export function readAt(place: Place, size: number): Uint8Array<ArrayBuffer> {
  using file = openAt(place);
  const bytes = new Uint8Array(size);
  return bytes.subarray(0, readFully(file, bytes));
}
