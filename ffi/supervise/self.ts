/**
 * How a program starts itself once more.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { DpdkError } from "../boundary/errors.ts";
import { exists } from "../host/exists.ts";
import { programWords, startedModule } from "../host/invocation.ts";
import { libraryPath } from "../boundary/library.ts";
import { imageFolder, ownImage } from "./image.ts";
import { Sources } from "./sources.ts";

/**
 * A command that {@linkcode selfCommand} returns, for `new Deno.Command(command, { args, env })`.
 */
export interface SelfCommand {
  /** The executable. */
  command: string;
  /** Its arguments. */
  args: string[];
  /** Environment variables to be added to those of this process. */
  env?: Record<string, string>;
}

/** A program that runs from source, as it was at the first call of {@linkcode selfCommand}. */
interface Program {
  sources: Sources;
  /** The shim's file, kept because a newly built shim replaces it. */
  library: Uint8Array<ArrayBuffer>;
}

let program: Program | undefined;

/**
 * Writes the kept shim to a file, once: a process opens the file again for each function that it
 * takes, and a new file of that name would be a second library to it.
 */
function libraryIn(folder: string, { library }: Program): string {
  const path = `${folder}/libdenodpdk.so`;
  if (!exists(path)) {
    Deno.writeFileSync(`${path}.tmp`, library, { mode: 0o500 });
    Deno.renameSync(`${path}.tmp`, path);
  }
  return path;
}

/**
 * The command that starts this program once more, with other arguments: `deno run` with its main
 * module, or the compiled program itself. It starts the program as it is now running. When the
 * program's files are replaced or removed after the first call, copies of them are started.
 *
 * @throws {DpdkError} when the program was not started from a file, or no copy of its files can be
 * made.
 *
 * @example
 * ```ts
 * import { selfCommand } from "denodpdk/supervise";
 *
 * if (Deno.args.includes("--child")) {
 *   console.log("the child");
 * } else {
 *   const { command, ...rest } = selfCommand(["--child"]);
 *   new Deno.Command(command, rest).outputSync();
 * }
 * ```
 */
export function selfCommand(args: readonly string[]): SelfCommand {
  const command = ownImage();
  const words = [...programWords(), ...args];
  if (Deno.build.standalone) return { command, args: words };
  const module = startedModule();
  if (!module.startsWith("file://")) {
    throw new DpdkError({
      operation: "start of this program once more",
      reason: `${module} is no file`,
    });
  }
  const script = fileURLToPath(module);
  // types were checked when the first process started, if the user asked for that
  const run = (script: string) => ["run", "--no-check", "--quiet", "-A", script, ...words];
  program ??= { sources: new Sources(script), library: Deno.readFileSync(libraryPath()) };
  if (!program.sources.changed) return { command, args: run(script) };
  const folder = imageFolder();
  const env = { DENODPDK_SHIM: libraryIn(folder, program) };
  return { command, args: run(program.sources.writeTo(folder)), env };
}
