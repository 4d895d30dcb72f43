/**
 * Keeps how long steps took the last time, in a small file in the cache, to estimate how long they
 * will take.
 *
 * @module
 */

import { removeQuietly } from "./remove.ts";
import { cacheFolder } from "../shim/cache.ts";
import { readTrustedFile } from "../shim/trusted_file.ts";

const FILE = "times.json";

/** The most entries that are kept; more would be about files that do not exist any more. */
const MOST = 1_000;

function read(path: string): Record<string, number> {
  try {
    const times: Record<string, unknown> = JSON.parse(readTrustedFile(path));
    const numbers = Object.entries(times).filter((one): one is [string, number] =>
      typeof one[1] === "number"
    );
    return Object.fromEntries(numbers);
  } catch {
    // no file yet, or a damaged one
    return {};
  }
}

/** The seconds that each step took the last time, by its name; none where there is no cache. */
export function lastTimes(): Record<string, number> {
  try {
    return read(`${cacheFolder()}/${FILE}`);
  } catch {
    return {};
  }
}

/** Stores how many seconds steps took. Does nothing where there is no cache. */
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
    // an estimate can be missed
  }
}
