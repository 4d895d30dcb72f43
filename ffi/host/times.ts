/**
 * How long things took the last time, to say how long they will take: a small file in the cache.
 *
 * @module
 */

import { removeQuietly } from "./remove.ts";
import { cacheFolder } from "../shim/cache.ts";
import { readTrustedFile } from "../shim/trusted_file.ts";

const FILE = "times.json";

/** More would be of files that are no more. */
const MOST = 1_000;

function read(path: string): Record<string, number> {
  try {
    const times: Record<string, unknown> = JSON.parse(readTrustedFile(path));
    const numbers = Object.entries(times).filter((one): one is [string, number] =>
      typeof one[1] === "number"
    );
    return Object.fromEntries(numbers);
  } catch {
    // none yet, or a damaged one
    return {};
  }
}

/** The seconds that each thing took, by its name; none where there is no cache. */
export function lastTimes(): Record<string, number> {
  try {
    return read(`${cacheFolder()}/${FILE}`);
  } catch {
    return {};
  }
}

/** Notes how many seconds things took. Where there is no cache, nothing is noted. */
export function noteTimes(times: Record<string, number>): void {
  try {
    const path = `${cacheFolder()}/${FILE}`;
    const all = Object.entries({ ...read(path), ...times }).slice(-MOST);
    const temporary = `${path}-${crypto.randomUUID()}`;
    try {
      const text = JSON.stringify(Object.fromEntries(all), null, 1);
      Deno.writeTextFileSync(temporary, text, { mode: 0o600 });
      Deno.renameSync(temporary, path);
    } finally {
      removeQuietly(temporary);
    }
  } catch {
    // it is but a comfort
  }
}
