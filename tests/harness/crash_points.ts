/**
 * Crash points: places in the shim, and in what it calls, where a test lets a process be killed. The
 * normal shim has none; {@linkcode crashShim} builds one that has, from the same sources.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { compilePeer } from "../../cmd/dev/bench/peers.ts";
import { cacheFolder, compileCommand, shimStatus, STRICT_CFLAGS } from "../../ffi/shim/build.ts";
import { makePrivateFolder } from "../../ffi/shim/private_folder.ts";
import { buildName } from "../../ffi/shim/installed.ts";
import type { Command } from "./process.ts";
import { runToEnd } from "../../cmd/lib/command.ts";

const PEER_HEADER = new URL("../faults/shim/peer.h", import.meta.url);
const OWN_SOURCE = new URL("../faults/shim/faults.c", import.meta.url);
const CACHE_PUT_HEADER = new URL("../faults/shim/cache_put.h", import.meta.url);

/** The command line that compiles the shim with crash points. */
export function crashShimCommand(output: string): string[] {
  const flags = [...STRICT_CFLAGS, "-DSHIM_FAULTS"];
  return compileCommand(output, "system", flags, [fileURLToPath(OWN_SOURCE)]);
}

/** Builds the shim with crash points, unless there is one of the same sources and DPDK. */
export async function crashShim(): Promise<string> {
  const folder = `${cacheFolder()}/${buildName("crash", [OWN_SOURCE, CACHE_PUT_HEADER])}`;
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
  const { success, stderr } = await runToEnd(command, args);
  if (!success) throw new Error(stderr);
  Deno.renameSync(temporary, path);
  return path;
}

/** A C sample with crash points in its rings and pools, which speaks line by line; no journal. */
export async function crashPeer(sample: string): Promise<Command> {
  const path = fileURLToPath;
  const added = {
    // another name for each set of sources
    name: buildName("crash", [OWN_SOURCE, CACHE_PUT_HEADER, PEER_HEADER]),
    flags: [
      "-DSHIM_FAULTS",
      "-DFAULTS_PEER",
      "-D_GNU_SOURCE",
      "-DALLOW_EXPERIMENTAL_API",
      `-I${path(new URL("../../libshim", import.meta.url))}`,
      "-include",
      path(PEER_HEADER),
    ],
    sources: [path(OWN_SOURCE)],
  };
  return { command: "stdbuf", args: ["-oL", await compilePeer(sample, added)] };
}

/** `struct control` of faults.c. */
const CONTROL_BYTES = 64;
const SKIP_AT = 4;
const FLUSH_AT = 12;
const POINT_AT = 16;

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

  /**
   * Builds the shim where that is due.
   *
   * @param options `flush`: those that send by net_null ports empty their caches after each burst, so
   * that the pool's ring is used all the time.
   */
  static async create({ flush = false }: { flush?: boolean } = {}): Promise<CrashPoints> {
    const points = new CrashPoints(await crashShim());
    if (flush) points.#write(FLUSH_AT, new Uint8Array(Uint32Array.of(1).buffer));
    return points;
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
    this.#write(SKIP_AT, new Uint8Array(Uint32Array.of(skip, SIGNALS[signal]).buffer));
    const name = new Uint8Array(CONTROL_BYTES - POINT_AT);
    name.set(new TextEncoder().encode(point));
    this.#write(POINT_AT, name);
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
