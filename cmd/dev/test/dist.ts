/**
 * The compiled programs: whether they are all there, and made from the present sources.
 *
 * @module
 */

import { DpdkError } from "../../../ffi/boundary/errors.ts";
import { task } from "../../lib/task.ts";
import { MULTI_CALL, PROGRAMS, SINGLE } from "../compile/programs.ts";
import { ROOT } from "./files.ts";

/** The folder of the compiled programs, relative to the repository. */
const DIST = "dist";

/** The sources of the compiled programs. */
const SOURCES = [
  "cmd/lib",
  "cmd/scripts",
  "deno.json",
  "deno.lock",
  "ffi",
  "import_map.json",
  "libshim",
  "mod.ts",
  "cmd/client_server_mp/shared",
  ...PROGRAMS.map(({ folder }) => folder),
];

/** When a file was last written, in milliseconds since 1970; undefined where it is missing. */
function written(path: string): number | undefined {
  try {
    return Deno.statSync(ROOT + path).mtime?.getTime();
  } catch {
    return undefined;
  }
}

/** All files below a folder, or the file itself. */
function filesOf(path: string): string[] {
  if (Deno.statSync(ROOT + path).isFile) return [path];
  return [...Deno.readDirSync(ROOT + path)].flatMap(({ name }) => filesOf(`${path}/${name}`));
}

function fail(reason: string): never {
  throw new DpdkError({ operation: "--dist", reason, hint: `run \`${task("compile")}\`` });
}

/**
 * Throws unless the compiled programs can be tested in place of the sources.
 *
 * @throws {DpdkError} when one is missing, or older than a source: its message names both.
 */
export function checkDist(): void {
  const programs = PROGRAMS.map(({ name }) => {
    const path = `${DIST}/${name}`;
    const time = written(path);
    if (time === undefined) fail(`${path} is missing`);
    return { path, time };
  });
  for (const source of SOURCES.flatMap(filesOf)) {
    const time = written(source) ?? 0;
    const stale = programs.find((program) => program.time < time);
    if (stale) fail(`${stale.path} is older than ${source}`);
  }
}

/** Makes a folder as `dist` whose programs are links to `denodpdk`. Returns the folder. */
export function linkPrograms(folder: string): string {
  const multiCall = `${ROOT}${DIST}/${MULTI_CALL.name}`;
  Deno.mkdirSync(folder);
  Deno.symlinkSync(`${ROOT}${DIST}/bundle`, `${folder}/bundle`);
  for (const { name } of [...SINGLE, MULTI_CALL]) Deno.symlinkSync(multiCall, `${folder}/${name}`);
  return folder;
}
