/**
 * Crash points: places in the shim, and in what it calls, where a test lets a process be killed. The
 * normal shim has none; {@linkcode crashShim} builds one that has, from the same sources.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { cacheFolder, compileCommand, shimStatus, STRICT_CFLAGS } from "../../ffi/build.ts";
import { makePrivateFolder } from "../../ffi/private_folder.ts";
import { buildName } from "../../ffi/shim/installed.ts";

const OWN_SOURCE = new URL("../faults/shim/faults.c", import.meta.url);

/** The command line that compiles the shim with crash points. */
export function crashShimCommand(output: string): string[] {
  const flags = [...STRICT_CFLAGS, "-DSHIM_FAULTS"];
  return compileCommand(output, "system", flags, [fileURLToPath(OWN_SOURCE)]);
}

/** Builds the shim with crash points, unless there is one of the same sources and DPDK. */
export async function crashShim(): Promise<string> {
  const folder = `${cacheFolder()}/${buildName("crash", [OWN_SOURCE])}`;
  const path = `${folder}/libdenodpdk-crash.so`;
  const time = (file: string) => Deno.statSync(file).mtime?.getTime() ?? Infinity;
  try {
    // the normal one is built anew when there is another DPDK
    if (time(path) > time(shimStatus("system").path)) return path;
  } catch {
    // there is none yet
  }
  makePrivateFolder(folder);
  // several tests may do this at once
  const temporary = `${path}.${Deno.pid}`;
  const [command = "", ...args] = crashShimCommand(temporary);
  const { success, stderr } = await new Deno.Command(command, { args, stderr: "piped" }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  Deno.renameSync(temporary, path);
  return path;
}

/** `struct control` of faults.c. */
const CONTROL_BYTES = 64;
const SKIP_AT = 4;
const SIGNAL_AT = 8;
const POINT_AT = 12;

/** What happens to a process at its point. */
export type CrashSignal = "SIGKILL" | "SIGSTOP";

const SIGNALS: Record<CrashSignal, number> = { SIGKILL: 9, SIGSTOP: 19 };

/** Which process is to die where: a file that all processes with that shim map. */
export class CrashPoints implements Disposable {
  readonly #path = Deno.makeTempFileSync({ prefix: "denodpdk-crash-" });
  readonly #file = Deno.openSync(this.#path, { write: true });

  private constructor(private readonly shim: string) {
    this.#write(0, new Uint8Array(CONTROL_BYTES));
  }

  /** Builds the shim where that is due. */
  static async create(): Promise<CrashPoints> {
    return new CrashPoints(await crashShim());
  }

  /** Variables for the first process, which those that it starts inherit. */
  get env(): Record<string, string> {
    return { DENODPDK_SHIM: this.shim, DENODPDK_CRASH_POINTS: this.#path };
  }

  /**
   * From now on, this process dies when it comes to this point, or stands still there once.
   *
   * @param skip How often it comes there before without harm.
   */
  arm(pid: number, point: string, skip = 0, signal: CrashSignal = "SIGKILL"): void {
    this.disarm();
    const rest = new Uint8Array(CONTROL_BYTES - SKIP_AT);
    new DataView(rest.buffer).setUint32(0, skip, true);
    new DataView(rest.buffer).setUint32(SIGNAL_AT - SKIP_AT, SIGNALS[signal], true);
    rest.set(new TextEncoder().encode(point), POINT_AT - SKIP_AT);
    this.#write(SKIP_AT, rest);
    this.#write(0, new Uint8Array(Uint32Array.of(pid).buffer));
  }

  /** No process dies any more. */
  disarm(): void {
    this.#write(0, new Uint8Array(SKIP_AT));
  }

  #write(at: number, bytes: Uint8Array): void {
    this.#file.seekSync(at, Deno.SeekMode.Start);
    this.#file.writeSync(bytes);
  }

  [Symbol.dispose](): void {
    this.#file.close();
    Deno.removeSync(this.#path);
  }
}
