/**
 * What DPDK was built for, and what to say to whoever meets a limit of it.
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
    const { memory_gib } = limits();
    if (bytes > memory_gib * 2 ** 30) {
      return `it takes ${mebibytes(bytes)}; EAL has ${memory_gib} GiB at most`;
    }
    const free = Number(shim().shim_memory_free());
    return `it takes ${mebibytes(bytes)}; EAL has ${mebibytes(free)} free and the machine ` +
      `${freeHugepages()} hugepages of ${pageText()}`;
  };
}
