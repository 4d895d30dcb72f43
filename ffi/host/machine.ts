/**
 * What this machine has: hugepages, hugetlbfs mounts, CPUs, and the names of processes. Reads
 * `/proc` and `/sys` only; changes nothing and needs no shim. Who lives is decided in
 * `host/liveness.ts`.
 *
 * @module
 */

import { commandLine, programName } from "./command_line.ts";
import { tryReadKernelFile as read } from "./kernel_file.ts";

/** The usual size of hugepages for DPDK, in KiB. */
const USUAL_PAGE_KIB = 2048;

let usualPage: number | undefined;

/**
 * The size, in KiB, of the hugepages that are looked at and set up: 2 MiB, or the kernel's default
 * where it has no such pages, as on arm64 with pages of 64 KiB.
 */
export function pageKib(): number {
  return usualPage ??= usualPageKib(
    list("/sys/kernel/mm/hugepages").map((name) => Number(name.match(/\d+/)?.[0])),
    meminfoKib("Hugepagesize"),
  );
}

/**
 * The size of the pages to use.
 *
 * @param sizes the sizes that the kernel has, in KiB; none where it shows none.
 * @param standard the kernel's default size, in KiB; 0 where it is not known.
 */
export function usualPageKib(sizes: readonly number[], standard: number): number {
  return sizes.includes(USUAL_PAGE_KIB) || standard === 0 ? USUAL_PAGE_KIB : standard;
}

/** A page size in words: `2 MiB`, `1 GiB`. */
export function pageText(kib: number = pageKib()): string {
  const mib = kib / 1024;
  return mib < 1024 ? `${mib} MiB` : `${mib / 1024} GiB`;
}

/** The hugepages of one size on one NUMA node. */
export interface HugepageCount {
  /** Size of a page in KiB, such as 2048 or 1048576. */
  pageKib: number;
  /** NUMA node; `undefined` where the kernel has no nodes or hides them. */
  node: number | undefined;
  /** Pages that the kernel has set aside. */
  total: number;
  /** Pages of these that no process has. */
  free: number;
}

/** A mounted hugetlbfs. */
export interface HugetlbfsMount {
  /** Where it is mounted. */
  path: string;
  /** Size of its pages in KiB. */
  pageKib: number;
  /** Whether this process may create files there. */
  writable: boolean;
}

/** A living process, by its pid and its name. */
export interface ProcessName {
  /** Its process id. */
  pid: number;
  /** Name of its program: `argv[0]` without folders; for a Deno script the script's name. */
  name: string;
}

/** The names in a folder, sorted; none where it is missing or cannot be read. */
function list(path: string): string[] {
  try {
    return [...Deno.readDirSync(path)].map((entry) => entry.name).sort();
  } catch {
    return [];
  }
}

/** The counts below one `hugepages` folder of sysfs. */
function countsIn(folder: string, node?: number): HugepageCount[] {
  return list(folder).flatMap((name) => {
    const pageKib = Number(name.match(/^hugepages-(\d+)kB$/)?.[1]);
    const all = read(`${folder}/${name}/nr_hugepages`);
    if (!pageKib || all === undefined) return [];
    const free = Number(read(`${folder}/${name}/free_hugepages`) ?? 0);
    return [{ pageKib, node, total: Number(all), free }];
  });
}

/** The hugepages of every size on every NUMA node; empty where the kernel shows none. */
export function hugepages(): HugepageCount[] {
  const all = countsIn("/sys/kernel/mm/hugepages");
  // DPDK looks in this folder first; a container can hide it and still show the nodes
  if (all.length === 0) return [];
  const nodes = "/sys/devices/system/node";
  const counts = list(nodes).flatMap((name) => {
    const node = name.match(/^node(\d+)$/)?.[1];
    return node ? countsIn(`${nodes}/${name}/hugepages`, Number(node)) : [];
  });
  if (counts.length === 0) return all;
  return counts.sort((a, b) => a.pageKib - b.pageKib || (a.node ?? 0) - (b.node ?? 0));
}

/** The kernel's file with the number of hugepages of a size. */
export function hugepagesFile(kib: number = pageKib()): string {
  return `/sys/kernel/mm/hugepages/hugepages-${kib}kB/nr_hugepages`;
}

/** How many hugepages of a size the machine has; `undefined` where the kernel shows none. */
export function totalHugepages(kib: number = pageKib()): number | undefined {
  const text = read(hugepagesFile(kib));
  return text === undefined ? undefined : Number(text);
}

/** How many hugepages of a size are free now; 0 where the kernel shows none. */
export function freeHugepages(kib: number = pageKib()): number {
  return Number(read(hugepagesFile(kib).replace("nr_", "free_")) ?? 0);
}

/** A number in KiB from `/proc/meminfo`, such as `MemAvailable`; 0 where it is missing. */
export function meminfoKib(name: string): number {
  return Number(read("/proc/meminfo")?.match(new RegExp(`^${name}:\\s+(\\d+)`, "m"))?.[1] ?? 0);
}

/** Whether this process may create files in a folder that is mounted with these options. */
function mayWrite(path: string, options: string[]): boolean {
  if (options.includes("ro")) return false;
  if (Deno.uid() === 0) return true;
  try {
    const { mode, uid, gid } = Deno.statSync(path);
    const bits = uid === Deno.uid() ? 0o200 : gid === Deno.gid() ? 0o020 : 0o002;
    return ((mode ?? 0) & bits) !== 0;
  } catch {
    return false;
  }
}

/** The hugetlbfs mounts that this process sees. */
export function hugetlbfsMounts(): HugetlbfsMount[] {
  const units: Record<string, number> = { K: 1, M: 1024, G: 1024 * 1024 };
  return (read("/proc/self/mounts") ?? "").split("\n").flatMap((line) => {
    const [, at = "", type, flags = ""] = line.split(" ");
    if (type !== "hugetlbfs") return [];
    const path = at.replace(/\\(\d{3})/g, (_, octal) => String.fromCharCode(parseInt(octal, 8)));
    const options = flags.split(",");
    const size = flags.match(/(?:^|,)pagesize=(\d+)([KMG])/);
    const pageKib = size
      ? Number(size[1]) * (units[size[2] ?? ""] ?? 1)
      : meminfoKib("Hugepagesize");
    return [{ path, pageKib, writable: mayWrite(path, options) }];
  });
}

/** The CPUs that this process may use, as the kernel writes it: `0-3,8`. */
export function cpuList(): string {
  return read("/proc/self/status")?.match(/^Cpus_allowed_list:\s+(\S+)/m)?.[1] ?? "";
}

/** How many CPUs a list like `0-3,8` names. */
export function cpuCount(cpus: string): number {
  return cpus.split(",").filter(Boolean).reduce((sum, range) => {
    const [first = 0, last = first] = range.split("-").map(Number);
    return sum + last - first + 1;
  }, 0);
}

/** The folder below which DPDK keeps a runtime folder for each file prefix of this user. */
export function runtimeRoot(): string {
  const base = Deno.env.get("RUNTIME_DIRECTORY") ??
    (Deno.uid() === 0 ? "/var/run" : Deno.env.get("XDG_RUNTIME_DIR") ?? "/tmp");
  return `${base}/dpdk`;
}

/** The name of a process: its program, or the script's name where Deno runs one. */
export function processName(pid: number | string): string {
  return programName(commandLine(pid)) || read(`/proc/${pid}/comm`)?.trim() || "?";
}
