/**
 * Removes builds of the shim that no process uses any more.
 *
 * A process holds the folder of its build by a lock, which is visible from every namespace and ends
 * with the process. Processes of an older version hold no lock; the builds that they use are found
 * among the mappings of all visible processes.
 *
 * @module
 */

import { removeUnlessHeld } from "./private_folder.ts";
import { tryReadKernelFile } from "../host/kernel_file.ts";
import { removeQuietly } from "../host/remove.ts";
import { PREFIX } from "./installed.ts";

const DAY = 86_400_000;

/** Milliseconds after which an unused build is removed. */
const LONG = 14 * DAY;

/**
 * The number of builds of a kind that are kept. Of further ones, those that were used within two
 * days are kept too.
 */
const MOST = 8;
const SHORT = 2 * DAY;

/** A build in the cache. */
export interface OldBuild {
  /** The name of the build's folder. */
  name: string;
  /** When the build was last used, in milliseconds since 1970; at most a day too early. */
  used: number;
}

/** The names of builds to remove: unused for long, or superseded by many newer ones. */
export function outdated(builds: readonly OldBuild[], now: number): string[] {
  const kinds = Map.groupBy(builds, ({ name }) => name.slice(name.lastIndexOf("-")));
  return [...kinds.values()].flatMap((kind) =>
    kind.toSorted((a, b) => b.used - a.used)
      .filter(({ used }, rank) => now - used > (rank < MOST ? LONG : SHORT))
      .map(({ name }) => name)
  );
}

/** The mappings of all processes that can be seen. */
function allMappings(): string {
  return [...Deno.readDirSync("/proc")].filter(({ name }) => /^\d+$/.test(name))
    // no mappings for a process that has ended, or is another user's, who cannot use our folder
    .map(({ name }) => tryReadKernelFile(`/proc/${name}/maps`) ?? "").join("\n");
}

/**
 * Removes files that earlier builds left in a build's folder, and old builds beside it.
 *
 * @param folder the folder of a build whose lock this process has.
 * @param keep names of the files in it that stay.
 */
export function removeOldBuilds(folder: string, keep: readonly string[]): void {
  const cut = folder.lastIndexOf("/");
  const [cache, own] = [folder.slice(0, cut), folder.slice(cut + 1)];
  const mappings = allMappings();
  const unused = (path: string) => !mappings.includes(path);
  try {
    for (const { name } of Deno.readDirSync(folder)) {
      const path = `${folder}/${name}`;
      if (!keep.includes(name) && unused(path)) removeQuietly(path);
    }
    const builds = [...Deno.readDirSync(cache)].flatMap(({ name }): OldBuild[] => {
      if (!name.startsWith(PREFIX) || name === own) return [];
      return [{ name, used: Deno.lstatSync(`${cache}/${name}`).mtime?.getTime() ?? 0 }];
    });
    for (const name of outdated(builds, Date.now())) {
      if (unused(`${cache}/${name}/`)) removeUnlessHeld(`${cache}/${name}`);
    }
  } catch {
    // another process removes them, or nothing can be written there
  }
}
