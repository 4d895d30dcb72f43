/**
 * The files that EAL keeps for a `--file-prefix`: its runtime folder and its hugepages.
 *
 * @module
 */

import { hugetlbfsMounts, otherPidsOf, runtimeRoot } from "./machine.ts";
import { removeQuietly } from "./remove.ts";

/** The folder where EAL keeps a prefix's runtime files. */
export function runtimeFolder(filePrefix: string): string {
  return `${runtimeRoot()}/${filePrefix}`;
}

function hugepageFiles(filePrefix: string): string[] {
  return hugetlbfsMounts().flatMap(({ path }) =>
    [...Deno.readDirSync(path)]
      .filter(({ name }) => name.startsWith(filePrefix))
      .filter(({ name }) => /^map_\d+$/.test(name.slice(filePrefix.length)))
      .map(({ name }) => `${path}/${name}`)
  );
}

function hasOneSocket(folder: string): boolean {
  try {
    return [...Deno.readDirSync(folder)].every(({ name }) => name === "dpdk_telemetry.v2");
  } catch {
    return false;
  }
}

/**
 * Removes what EAL leaves on disk when the last process of a prefix ends; does nothing while
 * another process uses it.
 *
 * @param unshared The process had `--no-shconf` or `--in-memory`: others of the prefix cannot be
 * seen then, but each has a telemetry socket of its own, so the folder goes with the last one.
 */
export function removeRuntimeFiles(filePrefix: string, unshared = false): void {
  const folder = runtimeFolder(filePrefix);
  if (unshared) {
    if (hasOneSocket(folder)) removeQuietly(folder);
    return;
  }
  if (otherPidsOf(folder).length > 0) return;
  for (const file of hugepageFiles(filePrefix)) removeQuietly(file);
  removeQuietly(folder);
}
