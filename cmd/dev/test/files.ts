/**
 * Which test files there are.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { didYouMean } from "../../../ffi/host/suggest.ts";
import { refuse } from "../../lib/options.ts";

/** The repository's folder, with a slash at its end. */
export const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** Tests of compiled programs; `tests/tools/bare` is for the systems that `task test:bare` makes. */
const COMPILED: readonly string[] = ["tests/tools/bare/", "tests/tools/dist/"];

/** Where the black-box tests of the samples are. */
const SAMPLES = "tests/samples/";

/** Those of denodpdk itself, with whatever else is compiled. */
const OF_DENODPDK = /^tests\/samples\/(denodpdk|script)/;

/** Whether a file tests samples, which are compiled in two ways: each by itself, and in denodpdk. */
export function testsSamples(file: string): boolean {
  return file.startsWith(SAMPLES) && !OF_DENODPDK.test(file);
}

/** The filters for compiled programs where none is given. */
export const DIST_FILTERS: readonly string[] = ["tests/tools/dist/", SAMPLES];

/**
 * The tests that take longest, which are started first. Tests that only start processes stand
 * between those that poll on all CPUs: two of the latter at a time would take twice as long.
 */
const LONGEST = [
  "tests/faults/crash_points",
  "tests/interop/attach_c",
  "tests/faults/l2fwd_fork_kill",
  "tests/tools/pack/elsewhere",
  "tests/interop/attach_ts",
  "tests/faults/mp_client_kill",
  "tests/faults/simple_mp_kill",
  "tests/interop/mp_server",
  "tests/ffi/shim/build",
  "tests/samples/mp_server_test",
  "tests/samples/simple_mp_ends",
  "tests/traffic/leak",
  "tests/ffi/shim/extract",
  "tests/faults/l2fwd_fork_latency",
  "tests/interop/simple_mp",
  "tests/faults/symmetric_mp_return",
];

/** All test files below `tests/`, relative to the repository, those first that take longest. */
function allFiles(folder = "tests"): string[] {
  const files = [...Deno.readDirSync(ROOT + folder)].flatMap(({ name, isDirectory }) => {
    const path = `${folder}/${name}`;
    if (isDirectory) return allFiles(path);
    return name.endsWith("_test.ts") ? [path] : [];
  });
  const rank = (path: string) => {
    const index = LONGEST.findIndex((start) => path.startsWith(start));
    return index < 0 ? LONGEST.length : index;
  };
  return files.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

/**
 * The test files whose path contains one of the filters; where there is none, all but those of
 * compiled programs.
 *
 * @throws {DpdkError} for a filter that selects nothing.
 */
export function selectFiles(filters: readonly string[]): string[] {
  const files = allFiles();
  if (filters.length === 0) {
    return files.filter((file) => !COMPILED.some((folder) => file.startsWith(folder)));
  }
  for (const filter of filters) {
    if (files.some((file) => file.includes(filter))) continue;
    // a name such as `ring` is meant more often than a path
    const names = files.map((file) => file.replace(/^.*\/|_test\.ts$/g, ""));
    refuse("filter", "a part of a test file's path", filter, didYouMean(filter, names));
  }
  return files.filter((file) => filters.some((filter) => file.includes(filter)));
}
