/**
 * What DPDK was built for, and what to say to whoever meets a limit of it.
 *
 * @module
 */

import { shim } from "./library.ts";
import { freeHugepages, PAGE_KIB } from "../host/machine.ts";

/** Limits of the DPDK that is open; names are counted in bytes. */
export interface Limits {
  /** Most slots of a ring. */
  ringSlots: number;
  /** Most objects of a ring of exact size, and elements of a mempool. */
  ringObjects: number;
  /** Bytes of a ring's name. */
  ringName: number;
  /** Bytes of a mempool's name. */
  mempoolName: number;
  /** Bytes of a memzone's name. */
  memzoneName: number;
  /** Most elements of an lcore's cache. */
  cacheSize: number;
  /** Most memzones, of which rings and mempools need some too. */
  memzones: number;
  /** GiB that EAL can have at most. */
  memoryGib: number;
}

let known: Limits | undefined;

/** The limits of the DPDK that is open. */
export function limits(): Limits {
  if (known) return known;
  const values = new Uint32Array(8);
  shim().shim_limits(values, values.length);
  const at = (index: number) => values[index] ?? 0;
  return known = {
    ringSlots: at(0),
    ringObjects: at(1),
    ringName: at(2),
    mempoolName: at(3),
    memzoneName: at(4),
    cacheSize: at(5),
    memzones: at(6),
    memoryGib: at(7),
  };
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MiB`;
}

/** What an object that could not be made was to be. */
export interface Wanted {
  /** Bytes that its name may have. */
  name: number;
  /** Bytes of memory that it takes, about. */
  bytes: number;
  /** What its sizes may be. */
  sizes: string;
}

/** What helps where the shim refused to make an object: the limit that it met, by the errno's name. */
export function limitHint({ name, bytes, sizes }: Wanted): (code: string) => string | undefined {
  return (code) => {
    if (code === "ENAMETOOLONG") return `a name has ${name} bytes at most`;
    if (code === "EINVAL") return sizes;
    if (code === "ENOSPC") return `there are ${limits().memzones} memzones at most`;
    if (code !== "ENOMEM") return undefined;
    const { memoryGib } = limits();
    if (bytes > memoryGib * 2 ** 30) {
      return `it takes ${mebibytes(bytes)}; EAL has ${memoryGib} GiB at most`;
    }
    const free = Number(shim().shim_memory_free());
    return `it takes ${mebibytes(bytes)}; EAL has ${mebibytes(free)} free and the machine ` +
      `${freeHugepages()} hugepages of ${mebibytes(PAGE_KIB * 1024)}`;
  };
}
