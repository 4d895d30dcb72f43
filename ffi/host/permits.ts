/**
 * What this process is permitted to use, which may be less than what the machine has. Where that is
 * too little, EAL panics or dies by SIGBUS; so it is checked before EAL starts.
 *
 * @module
 */

import { DpdkError } from "../boundary/errors.ts";
import { shim } from "../boundary/library.ts";
import { struct_shim_permits, UINT64_MAX } from "../boundary/constants.ts";
import { cString, structAt } from "../boundary/native.ts";

/** What the kernel permits this process; `Infinity` where there is no limit. */
export interface Permits {
  /** Free bytes in the file system of the runtime folder. */
  bytes: number;
  /** Number of files that can be made there. */
  inodes: number;
  /** The most bytes that EAL's files there can take. */
  mostBytes: number;
  /** The most bytes that one of these files can take. */
  mostFileBytes: number;
  /** Open files of this process: `ulimit -n`. */
  openFiles: number;
  /** Threads and processes of this user: `ulimit -u`. */
  threads: number;
  /** Bytes of one file: `ulimit -f`. */
  fileBytes: number;
  /** Bytes of address space: `ulimit -v`. */
  addressSpace: number;
  /** The CPUs that this thread may run on: its mask, which lies within its cpuset. */
  cpus: ReadonlySet<number>;
}

/** Asks the kernel, for a runtime folder that need not be there yet. */
export function permits(folder: string): Permits {
  const memory = new Uint8Array(struct_shim_permits.bytes);
  shim().shim_permit_facts(cString(folder), memory);
  const facts = structAt(struct_shim_permits, memory.buffer);
  const number = (fact: bigint) => fact === UINT64_MAX ? Infinity : Number(fact);
  const cpus = new Set<number>();
  memory.subarray(struct_shim_permits.at.cpus).forEach((bits, at) => {
    for (let bit = 0; bits >> bit > 0; bit++) if ((bits >> bit) & 1) cpus.add(at * 8 + bit);
  });
  return {
    bytes: number(facts.bytes),
    inodes: number(facts.inodes),
    mostBytes: number(facts.most_bytes),
    mostFileBytes: number(facts.most_file),
    openFiles: number(facts.open_files),
    threads: number(facts.threads),
    fileBytes: number(facts.file_bytes),
    addressSpace: number(facts.address_space),
    cpus,
  };
}

/** Throws the error for something that is not permitted. */
export function refuse(operation: string, expected: string, got: string, hint?: string): never {
  throw new DpdkError({
    operation,
    reason: `expected ${expected}, got ${got}`,
    ...(hint ? { hint } : {}),
  });
}

/** A number of bytes in words: `1748 KiB`, `64 MiB`. */
export function sizeText(bytes: number): string {
  const kib = Math.round(bytes / 1024);
  return kib < 10 * 1024 ? `${kib} KiB` : `${Math.round(kib / 1024)} MiB`;
}
