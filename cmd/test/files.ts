/**
 * Which test files there are.
 *
 * @module
 */

/** The repository's folder, with a slash at its end. */
export const ROOT = new URL("../../", import.meta.url).pathname;

/** A file that must not share the machine with another. */
export function runsAlone(file: string): boolean {
  return file.endsWith("_alone_test.ts");
}

/** The folders whose tests take longest, to begin with. */
const LONGEST = ["tests/interop/attach", "tests/faults/", "tests/traffic/leak"];

/** All test files below `tests/`, relative to the repository, those first that take longest. */
function allFiles(folder = "tests"): string[] {
  const files = [...Deno.readDirSync(ROOT + folder)].flatMap(({ name, isDirectory }) => {
    const path = `${folder}/${name}`;
    if (isDirectory) return allFiles(path);
    return name.endsWith("_test.ts") ? [path] : [];
  });
  const rank = (path: string) => LONGEST.some((start) => path.startsWith(start)) ? 0 : 1;
  return files.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

/**
 * The test files whose path contains one of the filters; all where there is none.
 *
 * @throws {Error} for a filter that selects nothing.
 */
export function selectFiles(filters: readonly string[]): string[] {
  const files = allFiles();
  if (filters.length === 0) return files;
  for (const filter of filters) {
    if (files.some((file) => file.includes(filter))) continue;
    throw new Error(`no test file's path contains '${filter}'`);
  }
  return files.filter((file) => filters.some((filter) => file.includes(filter)));
}
