/**
 * The limits that DPDK was built with, and hints for calls that meet one of them.
 *
 * @module
 */

import { struct_shim_limits } from "./constants.ts";
import { shim } from "./library.ts";
import { type Members, readStruct } from "./native.ts";
import { freeHugepages, pageText } from "../host/machine.ts";

/** Limits of the DPDK that is open: see `struct shim_limits` of the shim. */
export type Limits = Members<typeof struct_shim_limits>;

let known: Limits | undefined;

/** The limits of the DPDK that is open. */
export function limits(): Limits {
  return known ??= readStruct(struct_shim_limits, (memory) => shim().shim_limits(memory));
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MiB`;
}

/** An object that could not be created. */
export interface Wanted {
  /** The most bytes that the object's name may have. */
  name: number;
  /** Bytes of memory that the object takes, about. */
  bytes: number;
  /** The sizes that are allowed, in words. */
  sizes: string;
}

/**
 * The hint for an object that the shim refused to create, by the errno's name: the limit that was
 * met.
 */
export function limitHint({ name, bytes, sizes }: Wanted): (code: string) => string | undefined {
  return (code) => {
    if (code === "ENAMETOOLONG") return `a name has ${name} bytes at most`;
    if (code === "EINVAL") return sizes;
    if (code === "ENOSPC") return `there are ${limits().memzones} memzones at most`;
    if (code !== "ENOMEM") return undefined;
    const { memory_gib } = limits();
    if (bytes > memory_gib * 2 ** 30) {
      return `it takes ${mebibytes(bytes)}; EAL has ${memory_gib} GiB at most`;
    }
    const free = Number(shim().shim_memory_free());
    return `it takes ${mebibytes(bytes)}; EAL has ${mebibytes(free)} free and the machine ` +
      `${freeHugepages()} hugepages of ${pageText()}`;
  };
}
