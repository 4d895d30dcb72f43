/**
 * Removes builds of the shim that nobody uses any more.
 *
 * A process holds the folder of its build by a lock, which is seen from every namespace and goes
 * with the process. What a process of an older version uses, which holds none, is found among the
 * mappings of all processes that can be seen.
 *
 * @module
 */

import { removeUnlessHeld } from "./private_folder.ts";
import { tryReadKernelFile } from "../host/kernel_file.ts";
import { removeQuietly } from "../host/remove.ts";
import { PREFIX } from "./installed.ts";

const DAY = 86_400_000;

/** Who has not been used for so long goes, in milliseconds. */
const LONG = 14 * DAY;

/** So many builds of a kind stay all the same; of the others, those of the last two days. */
const MOST = 8;
const SHORT = 2 * DAY;

/** A build in the cache. */
export interface OldBuild {
  /** Its folder's name. */
  name: string;
  /** When it was last used, in milliseconds since 1970; a day too early at most. */
  used: number;
}

/** Those that nobody will miss: unused for long, or superseded by many. */
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
    // none of one that has ended, or is another user's, who cannot use a folder of ours
    .map(({ name }) => tryReadKernelFile(`/proc/${name}/maps`) ?? "").join("\n");
}

/**
 * Removes what other builds have left in a build's folder, and old builds beside it.
 *
 * @param folder Of a build whose lock this process has.
 * @param keep Names of the files in it that stay.
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
    // somebody else removes them, or nothing can be written there
  }
}
