/**
 * What a test can leave behind on the machine, found through `/proc` and the file system.
 *
 * @module
 */

import { hugetlbfsMounts, runtimeRoot } from "../../ffi/host/machine.ts";
import { runToEndSync } from "../../cmd/lib/command.ts";

/** A living process. */
export interface Survivor {
  /** Its process id. */
  pid: number;
  /** Its parent's. */
  parent: number;
  /** Its command line. */
  command: string;
}

function read(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return ""; // gone meanwhile, or another user's
  }
}

/**
 * The processes that have a variable with such a value in the environment that they were started
 * with. Children inherit it, so this finds a test's processes wherever they are in the tree.
 */
export function processesMarked(name: string, match: (value: string) => boolean): Survivor[] {
  const start = `${name}=`;
  return [...Deno.readDirSync("/proc")].flatMap(({ name: pid }) => {
    if (!/^\d+$/.test(pid)) return [];
    const mark = read(`/proc/${pid}/environ`).split("\0").find((it) => it.startsWith(start));
    if (mark === undefined || !match(mark.slice(start.length))) return [];
    const parent = Number(read(`/proc/${pid}/stat`).match(/^.*\) \S+ (\d+)/)?.[1] ?? 0);
    const command = read(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim();
    return command === "" ? [] : [{ pid: Number(pid), parent, command }];
  });
}

/** Ends a process for good, if it has not ended yet. */
export function killQuietly(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch {
    // it has
  }
}

function list(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  } catch {
    return [];
  }
}

/** The runtime folders and hugepage files of all file prefixes that match. */
export function filesOfPrefixes(match: (prefix: string) => boolean): string[] {
  const root = runtimeRoot();
  return [
    ...list(root).filter(match).map((prefix) => `${root}/${prefix}`),
    ...hugetlbfsMounts().flatMap(({ path }) =>
      list(path)
        .filter((name) => /map_\d+$/.test(name) && match(name.replace(/map_\d+$/, "")))
        .map((name) => `${path}/${name}`)
    ),
  ];
}

/** Removes files and folders; what is gone already is fine. */
export function removeAll(paths: readonly string[]): void {
  for (const path of paths) {
    try {
      Deno.removeSync(path, { recursive: true });
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

/** The network namespaces of all file prefixes that match. */
export function namespacesOfPrefixes(match: (prefix: string) => boolean): string[] {
  return list("/run/netns").filter(match);
}

/** Removes network namespaces, with the interfaces in them. */
export function removeNamespaces(names: readonly string[]): void {
  for (const name of names) {
    runToEndSync("ip", ["netns", "delete", name]);
  }
}
