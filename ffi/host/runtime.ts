/**
 * The files that EAL keeps for a `--file-prefix`: its runtime folder and its hugepages.
 *
 * @module
 */

import {
  SHIM_FILES_MADE_FOLDER,
  SHIM_FILES_MADE_ROOT,
  SHIM_FILES_UNSHARED,
} from "../boundary/constants.ts";
import { isTaken } from "./exists.ts";
import type { EalOptions } from "./eal_options.ts";
import { shim } from "../boundary/library.ts";
import { hugetlbfsMounts, runtimeRoot } from "./machine.ts";
import { cString, cStrings } from "../boundary/native.ts";

/** The folder where EAL keeps a prefix's runtime files. */
export function runtimeFolder(filePrefix: string): string {
  return `${runtimeRoot()}/${filePrefix}`;
}

/** The folders where a process with these options has its hugepage files, one C string each. */
function pageFolders(hugeDir?: string): { text: Uint8Array<ArrayBuffer>; count: number } {
  const folders = new Set(hugetlbfsMounts().map(({ path }) => path));
  if (hugeDir !== undefined) folders.add(hugeDir);
  return { text: cStrings([...folders]), count: folders.size };
}

/** The files that a process with these options is about to make. */
export class RuntimeFiles {
  readonly #folder: Uint8Array<ArrayBuffer>;
  readonly #prefix: Uint8Array<ArrayBuffer>;
  readonly #pages: { text: Uint8Array<ArrayBuffer>; count: number };
  readonly #flags: number;

  /** Notes which files exist already, and so are not this process's. */
  constructor({ filePrefix, noShconf, hugeDir }: EalOptions) {
    const folder = runtimeFolder(filePrefix);
    this.#folder = cString(folder);
    this.#prefix = cString(filePrefix);
    this.#pages = pageFolders(hugeDir);
    this.#flags = (noShconf ? SHIM_FILES_UNSHARED : 0) |
      (isTaken(folder) ? 0 : SHIM_FILES_MADE_FOLDER) |
      (isTaken(runtimeRoot()) ? 0 : SHIM_FILES_MADE_ROOT);
  }

  /** Whether the runtime folder does not exist yet. */
  get makesFolder(): boolean {
    return (this.#flags & SHIM_FILES_MADE_FOLDER) !== 0;
  }

  /**
   * Called before EAL starts: from now on the files are removed when this process ends, by `exit()`
   * or by a signal too. See libshim/files.c for which files may be removed, and by which process.
   */
  own(): void {
    const { text, count } = this.#pages;
    shim().shim_files_begin(this.#folder, this.#prefix, text, count, this.#flags);
  }
}

/**
 * Removes EAL's files that this process may remove: in the last process of a prefix, all of them.
 */
export function releaseRuntimeFiles(): void {
  shim().shim_files_end();
}

/** Removes the files that this process made for itself alone; it is about to start over. */
export function leaveRuntimeFiles(): void {
  shim().shim_files_leave();
}

/**
 * Removes the files that dead processes of a prefix left. Does nothing while a process of the
 * prefix lives or may live.
 *
 * @returns whether all was removed.
 */
export function removeRuntimeFiles(filePrefix: string): boolean {
  const { text, count } = pageFolders();
  const folder = cString(runtimeFolder(filePrefix));
  return shim().shim_files_remove(folder, cString(filePrefix), text, count, 0) === 1;
}
