/**
 * Finds DPDK's files on this machine, and which of them no process uses any more. Changes nothing.
 *
 * @module
 */

import { LINKAGES, shimStatus } from "../shim/build.ts";
import { tryReadKernelFile } from "./kernel_file.ts";
import { preferCore, shim } from "../boundary/library.ts";
import { hugetlbfsMounts, type ProcessName, processName, runtimeRoot } from "./machine.ts";
import { cString } from "../boundary/native.ts";
import { type Life, primaryOf, socketLife } from "./liveness.ts";

/** A runtime folder of DPDK; there is one for each `--file-prefix` in use. */
export interface RuntimeFolder {
  /** The file prefix. */
  prefix: string;
  /** The folder, as `/var/run/dpdk/rte`. */
  path: string;
  /** The processes that map the folder's `config`, as far as they can be seen from here. */
  processes: ProcessName[];
  /**
   * Whether a process of this folder lives. Unknown without a shim, or for another user's folder.
   */
  life: Life;
}

/** Hugepage files that a file prefix left in a hugetlbfs. */
export interface HugepageFiles {
  /** The file prefix. */
  prefix: string;
  /** The folder of the files: a hugetlbfs, or a folder in it (`--huge-dir`). */
  folder: string;
  /** Number of files. */
  count: number;
  /** Whether their processes are dead; unknown without a shim. */
  life: Exclude<Life, "alive">;
}

/** The entries of a folder, sorted by name; none where it is missing or cannot be read. */
function list(path: string): Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(path)].sort((a, b) => a.name < b.name ? -1 : 1);
  } catch {
    return [];
  }
}

const read = (path: string) => tryReadKernelFile(path) ?? "";

/** A path with its symbolic links followed, as `/proc/<pid>/maps` shows it. */
function resolved(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch {
    return path;
  }
}

/**
 * Whether the kernel can be asked which processes live. That takes a shim; none is built just to
 * look.
 */
function canAsk(): boolean {
  if (Deno.build.standalone || Deno.env.get("DENODPDK_SHIM") !== undefined) return true;
  const ready = LINKAGES.filter((linkage) => shimStatus(linkage).state === "ready");
  if (ready.includes("core")) preferCore();
  return ready.length > 0;
}

/** The processes that map a file for which `match` returns a key, by that key. */
function mappers(match: (path: string) => string | undefined): Map<string, Set<number>> {
  const found = new Map<string, Set<number>>();
  for (const { name } of list("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const pid = Number(name);
    // the process has ended meanwhile, or its maps cannot be read
    for (const line of read(`/proc/${pid}/maps`).split("\n")) {
      const slash = line.indexOf("/");
      const key = slash < 0 ? undefined : match(line.slice(slash));
      if (key === undefined) continue;
      const pids = found.get(key);
      if (pids) pids.add(pid);
      else found.set(key, new Set([pid]));
    }
  }
  return found;
}

/** Whether a file or folder belongs to the user of this process. */
function isOurs(path: string): boolean {
  if (Deno.uid() === 0) return true;
  try {
    return Deno.lstatSync(path).uid === Deno.uid();
  } catch {
    return false;
  }
}

/**
 * The folders in which EAL keeps a folder for each prefix: that of this process, those of systemd's
 * services and of logged-in users (`RUNTIME_DIRECTORY`, `XDG_RUNTIME_DIR`), and those in use.
 */
function runtimeRoots(used: Iterable<string>): string[] {
  const roots = [runtimeRoot(), "/var/run/dpdk", "/tmp/dpdk"];
  for (const folder of ["/run", "/run/user"]) {
    roots.push(...list(folder).map(({ name }) => `${folder}/${name}/dpdk`));
  }
  for (const config of used) roots.push(config.replace(/\/[^/]+\/config$/, ""));
  const seen = new Set<string>();
  return roots.filter((root) => {
    const real = resolved(root);
    return !seen.has(real) && seen.add(real) && list(root).length > 0;
  });
}

/** Whether a process of a runtime folder lives, as the kernel says. */
function lifeIn(folder: string): Life {
  const sockets = list(folder).filter(({ name }) => /^(mp_socket|dpdk_telemetry)/.test(name));
  // a process with --in-memory or --no-shconf has a telemetry socket there, and no config
  const lives = [
    primaryOf(folder)?.life ?? "dead",
    ...sockets.map(({ name }) => socketLife(`${folder}/${name}`)),
  ];
  return lives.includes("alive") ? "alive" : lives.includes("unknown") ? "unknown" : "dead";
}

/** The runtime folders of this user, for root those of all users, with the processes of each. */
export function runtimeFolders(): RuntimeFolder[] {
  const users = mappers((path) => /\/dpdk\/[^/]+\/config$/.test(path) ? path : undefined);
  const folders = runtimeRoots(users.keys()).flatMap((root) =>
    list(root)
      .filter(({ name, isDirectory }) => isDirectory && isOurs(`${root}/${name}`))
      .map(({ name }) => ({ prefix: name, path: `${root}/${name}` }))
  );
  if (folders.length === 0) return [];
  const ask = canAsk();
  return folders.map(({ prefix, path }) => {
    const processes = [...users.get(`${resolved(path)}/config`) ?? []]
      .sort((a, b) => a - b)
      .map((pid) => ({ pid, name: processName(pid) }));
    const life = processes.length > 0 ? "alive" : ask ? lifeIn(path) : "unknown";
    return { prefix, path, processes, life };
  });
}

/** A hugetlbfs and all folders in it. */
function foldersIn(folder: string): string[] {
  const inside = list(folder).filter(({ isDirectory }) => isDirectory);
  return [folder, ...inside.flatMap(({ name }) => foldersIn(`${folder}/${name}`))];
}

/**
 * The hugepage files of this user that no process uses, and whose prefix is not in `alive` (a living
 * primary may keep files for pages that it does not map at this moment).
 */
export function leftoverHugepageFiles(alive: readonly string[]): HugepageFiles[] {
  const found = hugetlbfsMounts().flatMap(({ path }) => foldersIn(path)).flatMap((folder) => {
    const byPrefix = new Map<string, string[]>();
    for (const { name, isFile } of list(folder)) {
      const prefix = name.match(/^(.+)map_\d+$/)?.[1];
      if (!isFile || prefix === undefined || alive.includes(prefix)) continue;
      if (!isOurs(`${folder}/${name}`)) continue;
      byPrefix.set(prefix, [...byPrefix.get(prefix) ?? [], `${folder}/${name}`]);
    }
    return [...byPrefix].map(([prefix, files]) => ({ prefix, folder, files }));
  });
  if (found.length === 0) return [];
  const ask = canAsk();
  const mapped = mappers((path) => /map_\d+$/.test(path) ? path : undefined);
  return found.flatMap(({ prefix, folder, files }) => {
    const used = (file: string) =>
      mapped.has(resolved(file)) || (ask && shim().shim_files_used(cString(file)) !== 0);
    if (files.some(used)) return [];
    return [{ prefix, folder, count: files.length, life: ask ? "dead" : "unknown" }];
  });
}
