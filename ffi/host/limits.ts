/**
 * The limits of `ulimit` and of cgroups on what a process may open and start. Deno panics where a
 * Worker gets no thread or no file, and EAL where an lcore does.
 *
 * @module
 */

import type { EalOptions } from "./eal_options.ts";
import type { DpdkError } from "../boundary/errors.ts";
import { shim } from "../boundary/library.ts";
import { hugetlbfsMounts } from "./machine.ts";
import { failure } from "../boundary/native.ts";
import { type Permits, refuse, sizeText } from "./permits.ts";
import { numaNodes } from "./room.ts";

/** A limit that is certainly high enough: nothing is checked then. */
const AMPLE = 1024;

/** Files that EAL opens for itself: configuration, memzones, sockets, pipe, timer, epoll. */
const EAL_FILES = 8;
/** Memory lists of EAL for each page size on each NUMA node. */
const LISTS = 4;
/** Files of the two pipes to the thread of an lcore. */
const LCORE_FILES = 4;
/** Files for hugepages, devices and the record of lcores. */
const SPARE_FILES = 16;
/** Threads that EAL starts for itself: interrupts, messages, telemetry, devices. */
const EAL_THREADS = 4;

/** What Deno opens for a Worker: clones of stdin, stdout and stderr, epoll, event, sockets. */
const WORKER_FILES = 7;
/** Threads of a Worker: its own, and one for what blocks. */
const WORKER_THREADS = 2;

/**
 * Refuses limits with which EAL or Deno would fail in the middle of their start.
 *
 * @throws {DpdkError} that names the limit as `ulimit` does.
 */
export function checkLimits(
  { lcores, noHuge }: EalOptions,
  { openFiles, threads, fileBytes, mostFileBytes, cpus }: Permits,
): void {
  const count = lcores?.size ?? cpus.size;
  if (openFiles < AMPLE) {
    const lists = LISTS * Math.max(1, hugetlbfsMounts().length) * numaNodes();
    const need = EAL_FILES + lists + SPARE_FILES + (LCORE_FILES + WORKER_FILES) * count;
    if (shim().shim_permit_files(need) < 0) {
      refuse("ulimit -n", `room for ${need} more open files`, `a limit of ${openFiles} in all`);
    }
  }
  if (threads < AMPLE) {
    const need = EAL_THREADS + (1 + WORKER_THREADS) * count;
    if (shim().shim_permit_threads(need) < 0) {
      refuse("ulimit -u", `room for ${need} more threads`, `a limit of ${threads} for this user`);
    }
  }
  if (fileBytes === Infinity) return;
  const pages = noHuge ? [] : hugetlbfsMounts().map(({ pageKib }) => pageKib * 1024);
  const most = Math.max(mostFileBytes, ...pages);
  if (fileBytes >= most) return;
  refuse("ulimit -f", `files of up to ${sizeText(most)}`, `a limit of ${sizeText(fileBytes)}`);
}

/** Whether there is room for as many Workers, by the limits on files and threads. */
function roomFor(workers: number): { files: number; threads: number } {
  return {
    files: shim().shim_permit_files(WORKER_FILES * workers),
    threads: shim().shim_permit_threads(WORKER_THREADS * workers),
  };
}

/** Whether a Worker can be started before EAL has. */
export function hasRoomForWorker(): boolean {
  const { files, threads } = roomFor(1);
  return files >= 0 && threads >= 0;
}

/** Whether there was room for the Workers of all lcores when the first Worker was started. */
let hadRoom = false;

/**
 * The error for a Worker that cannot be started now; undefined where it can. Deno itself would end
 * the process, or wait for ever. At the first Worker there must be room for all lcores, since a
 * Worker takes what it needs some time after its start.
 *
 * @param made how many Workers have been started beforehand.
 */
export function workerRefusal(operation: string, made = 0): DpdkError | undefined {
  const workers = hadRoom ? 1 : shim().shim_lcore_list(new Uint32Array(), 0);
  const { files, threads } = roomFor(workers - made);
  if (files < 0) return failure(operation, files, "raise `ulimit -n`");
  if (threads < 0) {
    return failure(operation, threads, "raise `ulimit -u` or the cgroup's limit of processes");
  }
  hadRoom = true;
  return undefined;
}
