/**
 * Checks the room in the file system of the runtime folder. EAL maps its files there and writes to
 * all of them; in a full file system that would kill the process by SIGBUS.
 *
 * @module
 */

import type { EalOptions } from "./eal_options.ts";
import { shim } from "../boundary/library.ts";
import { hugetlbfsMounts } from "./machine.ts";
import { runtimeFolder } from "./runtime.ts";
import { type Permits, refuse, sizeText } from "./permits.ts";

/** Number of files and sockets that EAL and this toolkit make there, beside the memory lists. */
const FILES = 8;

/** Bytes of the toolkit's own files there: the record of lcores, in pages. */
const OWN_BYTES = 16 * 1024;

/** The memory that EAL takes with `--no-huge` and without `-m`, in MiB. */
const NO_HUGE_MIB = 64;

const HINT = "give it a larger file system, or set RUNTIME_DIRECTORY to another folder";

/** A file of a runtime folder. */
interface File {
  name: string;
  /** The file's size in bytes. */
  bytes: number;
  /** Bytes that the file takes in the file system. */
  taken: number;
}

/** How many NUMA nodes the kernel shows; 1 where it has none. */
export function numaNodes(): number {
  try {
    const nodes = [...Deno.readDirSync("/sys/devices/system/node")];
    return Math.max(1, nodes.filter(({ name }) => /^node\d+$/.test(name)).length);
  } catch {
    return 1;
  }
}

function filesIn(folder: string): File[] {
  try {
    return [...Deno.readDirSync(folder)].filter(({ isFile }) => isFile).map(({ name }) => {
      const { size, blocks } = Deno.lstatSync(`${folder}/${name}`);
      return { name, bytes: size, taken: (blocks ?? 0) * 512 };
    });
  } catch {
    return []; // there is none yet, or somebody removes it right now
  }
}

const sum = (numbers: number[]) => numbers.reduce((total, n) => total + n, 0);

/** Bytes that EAL writes there in a primary. */
export function primaryNeed({ noHuge, memoryMib }: EalOptions): number {
  if (noHuge) {
    return Number(shim().shim_permit_need_no_huge(BigInt(memoryMib ?? NO_HUGE_MIB) << 20n));
  }
  const sizes = new Set(hugetlbfsMounts().map(({ pageKib }) => pageKib));
  const list = BigUint64Array.from(sizes, (kib) => BigInt(kib) << 10n);
  return Number(shim().shim_permit_need(list, list.length, numaNodes()));
}

/** Bytes that EAL writes there in a secondary, which copies each memory list of its primary. */
function secondaryNeed(files: readonly File[]): number {
  const lists = files.filter(({ name }) => /^fbarray_memseg-[^_]*$/.test(name));
  return sum(lists.map(({ bytes }) => bytes));
}

/** Bytes of a dead primary's files, which a new primary uses again. */
function reused(files: readonly File[]): number {
  const again = files.filter(({ name }) => /^(config|hugepage_|fbarray_[^_]*$)/.test(name));
  return sum(again.map(({ taken }) => taken));
}

/**
 * Refuses a runtime folder without room for EAL's files.
 *
 * @throws {DpdkError} that names the folder and the room.
 */
export function checkRoom(
  options: EalOptions,
  role: "primary" | "secondary",
  { bytes, inodes, mostBytes }: Permits,
): void {
  if (options.noShconf) return;
  const folder = runtimeFolder(options.filePrefix);
  if (inodes < FILES) refuse(folder, `room for ${FILES} files of EAL's`, `${inodes}`, HINT);
  // enough on most machines, and nothing needs to be added up
  if (bytes >= mostBytes) return;
  const files = filesIn(folder);
  const need = role === "primary" ? primaryNeed(options) + OWN_BYTES : secondaryNeed(files);
  const room = role === "primary" ? bytes + reused(files) : bytes;
  if (room >= need) return;
  refuse(folder, `${sizeText(need)} free for EAL's files`, sizeText(room), HINT);
}
