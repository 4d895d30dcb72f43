/**
 * The machine that a result is of.
 *
 * @module
 */

import { readKernelFile } from "../../ffi/eal_api.ts";
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

/** The text of a file below `/proc`; undefined where it cannot be read. */
function kernelText(name: string): string | undefined {
  try {
    return readKernelFile(`/proc/${name}`).trim();
  } catch {
    return undefined;
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
    host: kernelText("sys/kernel/hostname") ?? UNKNOWN,
    bootId: kernelText("sys/kernel/random/boot_id") ?? UNKNOWN,
    cpu: cpuModel(kernelText("cpuinfo") ?? ""),
    cpus: navigator.hardwareConcurrency,
    kernel: `${Deno.build.os} ${kernelText("sys/kernel/osrelease") ?? UNKNOWN}`,
    dpdk: dpdkVersion() ?? UNKNOWN,
    deno: Deno.version.deno,
    tscHz,
  };
}
