/**
 * The machine that a result is of.
 *
 * @module
 */

import { dpdkVersion } from "../../ffi/machine.ts";

/** What a reader of results wants to know of a machine. */
export interface Machine {
  /** The name of the host. */
  host: string;
  /** Changes with each boot: two results with the same one are of one clock. */
  bootId: string;
  /** The model of its CPUs. */
  cpu: string;
  /** How many CPUs it has. */
  cpus: number;
  /** The kernel's name and release. */
  kernel: string;
  /** The version of DPDK. */
  dpdk: string;
  /** The version of Deno. */
  deno: string;
  /** Counts of the time stamp counter in a second. */
  tscHz: number;
}

const UNKNOWN = "unknown";

/** The text of a file of the kernel; empty where there is none. */
function kernelText(path: string): string {
  try {
    return Deno.readTextFileSync(path).trim();
  } catch {
    return "";
  }
}

/** The model in a text as that of /proc/cpuinfo. */
export function cpuModel(info: string): string {
  const [, model] = /^model name\s*:\s*(.+)$/m.exec(info) ?? [];
  return model ?? Deno.build.arch;
}

/**
 * This machine.
 *
 * @param tscHz counts of the time stamp counter in a second.
 */
export function thisMachine(tscHz: number): Machine {
  return {
    host: Deno.hostname(),
    bootId: kernelText("/proc/sys/kernel/random/boot_id") || UNKNOWN,
    cpu: cpuModel(kernelText("/proc/cpuinfo")),
    cpus: navigator.hardwareConcurrency,
    kernel: `${Deno.build.os} ${Deno.osRelease()}`,
    dpdk: dpdkVersion() ?? UNKNOWN,
    deno: Deno.version.deno,
    tscHz,
  };
}
