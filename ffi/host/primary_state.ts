/**
 * What a secondary can know about its primary before it attaches: whether the primary's memory can
 * be shared, and whether it has ports. This is read from the primary's command line, where that can
 * be seen, and from the files of its runtime folder.
 *
 * @module
 */

import { keepsOthersOut, parseLenient } from "./eal_options.ts";
import { exists } from "./exists.ts";
import { hugetlbfsMounts, processName, runtimeRoot } from "./machine.ts";
import { commandLine, ealWords } from "./command_line.ts";

/** The name of the memzone with the ports; a primary that never had a port lacks it. */
const PORTS_MEMZONE = "rte_eth_dev_data";

/** The names in a folder; none where it is missing or not for us. */
function list(path: string): string[] {
  try {
    return [...Deno.readDirSync(path)].map(({ name }) => name);
  } catch {
    return [];
  }
}

/**
 * The contents of a file of EAL, one character for each byte; undefined where it cannot be read.
 */
function readBytes(path: string): string | undefined {
  try {
    return new TextDecoder("latin1").decode(Deno.readFileSync(path));
  } catch {
    return undefined;
  }
}

/** Whether the primary of a runtime folder has made ports; true where that cannot be read. */
export function hasPorts(folder: string): boolean {
  return readBytes(`${folder}/fbarray_memzone`)?.includes(`${PORTS_MEMZONE}\0`) ?? true;
}

/**
 * The folders of hugepage files that a primary lists for its secondaries; undefined without a list.
 */
function hugepageFolders(folder: string): string[] | undefined {
  const paths = readBytes(`${folder}/hugepage_info`)?.match(/\/[^\0]+/g);
  return paths ?? undefined;
}

/**
 * Why the memory of a living primary cannot be shared, as
 * `keeps its memory to itself (--huge-unlink)`; undefined where it can be shared.
 *
 * @param pid the primary's pid; 0 where it cannot be seen.
 */
export function memoryFault(folder: string, filePrefix: string, pid: number): string | undefined {
  const option = pid > 0 ? keepsOthersOut(ealWords(commandLine(pid))) : undefined;
  if (option !== undefined) return `keeps its memory to itself (${option})`;
  const folders = hugepageFolders(folder);
  if (!folders) return "keeps its memory to itself: it has no hugepages (--no-huge)";
  // mostly there: to list the pages of all processes would take 10 us each
  if (folders.some((path) => exists(`${path}/${filePrefix}map_0`))) return undefined;
  const isFile = (name: string) =>
    name.startsWith(filePrefix) && /^map_\d+$/.test(name.slice(filePrefix.length));
  if (folders.some((path) => list(path).some(isFile))) return undefined;
  const where = folders.join(", ");
  const mounts = hugetlbfsMounts().map(({ path }) => path);
  const isMounted = (path: string) => mounts.some((at) => `${path}/`.startsWith(`${at}/`));
  return folders.some(isMounted)
    ? `has no hugepage files in ${where}: it was started with --huge-unlink, or has another mount ` +
      "there than this process"
    : `has its memory in ${where}, where this process sees no hugetlbfs`;
}

/** A living process of a file prefix that shares nothing, and the option by which it does so. */
export function privateProcess(filePrefix: string): { text: string; option: string } | undefined {
  for (const name of list("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === Deno.pid) continue;
    const words = ealWords(commandLine(pid));
    const option = keepsOthersOut(words);
    if (!option || parseLenient(words).get("--file-prefix") !== filePrefix) continue;
    return { text: `${processName(pid)} (pid ${pid})`, option };
  }
  return undefined;
}

/**
 * Folders of other users that contain a runtime folder of that prefix, as far as they can be seen.
 */
export function foldersElsewhere(filePrefix: string): string[] {
  const roots = [
    "/var/run/dpdk",
    "/tmp/dpdk",
    ...list("/run/user").map((user) => `/run/user/${user}/dpdk`),
  ];
  return roots.filter((root) => root !== runtimeRoot())
    .map((root) => `${root}/${filePrefix}`)
    .filter((folder) => list(folder).includes("config"));
}
