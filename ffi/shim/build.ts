/**
 * Builds the shim: on first use, into a cache folder, and again when its sources, this file or the
 * installed DPDK change.
 *
 * @module
 */

import { DpdkError, SETUP_HINT } from "../boundary/errors.ts";
import type { EalTable } from "../host/eal_table.ts";
import { Progress } from "../host/progress.ts";
import { type Linkage, staticLinkFlags } from "./linkage.ts";
import {
  type Build,
  type BuildRecord,
  buildShim,
  freshBuild,
  readRecord,
  ready,
  RECORD,
  shimSources,
  stamp,
  type SystemTraits,
} from "./installed.ts";
import { shownCpus } from "../host/shown_cpus.ts";
import { removeOldBuilds } from "./old_builds.ts";
import { sourcePath, sourcesWithin } from "./sources.ts";

export { cacheFolder } from "./cache.ts";
export { type Build, buildShim, shimStatus, type SystemTraits } from "./installed.ts";

/** The linkages that programs run from source use, in the order in which they are built. */
export const LINKAGES = ["system", "core"] as const satisfies readonly Linkage[];

/** Where the C sources lie, from the repository's folder. */
const SOURCES = "libshim/";

/** Compiler flags of every linkage. */
export const cflags = (): string[] => [
  "-std=c11",
  "-O3",
  "-fPIC",
  "-shared",
  "-fvisibility=hidden",
  // keeps the library loaded: EAL's threads outlive the isolate that opened it, as in `deno test`
  "-Wl,-z,nodelete",
  "-D_GNU_SOURCE",
  // rte_lcore_cpuset() and others of the kind are "experimental" in 22.11 and stable today
  "-DALLOW_EXPERIMENTAL_API",
  `-I${sourcePath(SOURCES)}`,
];

/** Flags that turn every warning of the shim into an error, as `deno task check` wants it. */
export const STRICT_CFLAGS: readonly string[] = ["-Wall", "-Wextra", "-Werror"];

/** Returns what a tool printed; throws where it failed. */
function outcome(command: string, output: Deno.CommandOutput): string {
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  if (output.success) return text(output.stdout);
  const lines = text(output.stderr).split("\n");
  const full = lines.find(isFull);
  const reason = full || lines.find((line) => line.includes("error")) || lines[0] ||
    `failed with status ${output.code}`;
  const hint = full ? FULL_HINT : SETUP_HINT;
  throw new DpdkError({ operation: `building the shim: ${command}`, reason, hint });
}

/** Whether a message of a tool or of the kernel says that the disk is full. */
function isFull(text: string): boolean {
  return /No space left on device|Disk quota exceeded|File too large/.test(text);
}

const FULL_HINT = "free some space; XDG_CACHE_HOME and TMPDIR name other places to build in";

function notFound(command: string): DpdkError {
  const operation = `building the shim: ${command}`;
  return new DpdkError({ operation, reason: "not found", hint: SETUP_HINT });
}

const PIPED = { stdin: "null", stdout: "piped", stderr: "piped" } as const;

function run(command: string, args: string[]): string {
  let output;
  try {
    output = new Deno.Command(command, { args, ...PIPED }).outputSync();
  } catch {
    throw notFound(command);
  }
  return outcome(command, output);
}

/** Runs a tool without blocking this thread, for tools that take long. Returns what it printed. */
async function runLong(command: string, args: string[]): Promise<string> {
  let output;
  try {
    output = await new Deno.Command(command, { args, ...PIPED }).output();
  } catch {
    throw notFound(command);
  }
  return outcome(command, output);
}

/**
 * Finds what DPDK's two linkages bring, each in a process of its own, because each starts an EAL.
 */
function probeTraits(inside: string): SystemTraits {
  shownCpus();
  const [ours, system] = [inside, buildShim("system").path].map((library): SystemTraits => {
    const script = new URL("./probe.ts", import.meta.url).href;
    return JSON.parse(run(Deno.execPath(), ["run", "-A", "--no-lock", script, library]));
  });
  return {
    tailqs: system?.tailqs.filter((name) => !ours?.tailqs.includes(name)) ?? [],
    ops: system?.ops ?? [],
  };
}

/** Driver libraries that the system linkage calls; pkg-config does not name drivers. */
const SYSTEM_DRIVERS = ["-lrte_bus_vdev"];

function pkgConfig(...args: string[]): string[] {
  return run("pkg-config", [...args, "libdpdk"]).split(/\s+/).filter(Boolean);
}

/** The folders of DPDK's drivers: with other drivers, mempool operations have other indices. */
function driverFolders(): string[] {
  const [libdir = ""] = pkgConfig("--variable=libdir");
  try {
    return [...Deno.readDirSync(`${libdir}/dpdk`)].map(({ name }) => `${libdir}/dpdk/${name}`);
  } catch {
    return [];
  }
}

/** The paths of all sources of the shim. */
export function sourceFiles(): string[] {
  return shimSources(sourcePath(SOURCES));
}

/**
 * Makes one unit of all sources: most of the compiler's time goes into DPDK's headers, which take 2
 * s when they are read once, and 7 s otherwise.
 */
export function asOneUnit(sources: readonly string[]): string[] {
  return [...sources.flatMap((path) => ["-include", path]), "-x", "c", "/dev/null", "-x", "none"];
}

/**
 * The command line that compiles the shim into `output`.
 *
 * @param others further C sources; each file is compiled by itself then.
 */
export function compileCommand(
  output: string,
  linkage: Linkage = "system",
  flags: readonly string[] = [],
  others: readonly string[] = [],
): string[] {
  const sources = sourceFiles().filter((path) => path.endsWith(".c"));
  const [libdir = ""] = pkgConfig("--variable=libdir");
  return [
    "gcc",
    ...cflags(),
    ...flags,
    ...pkgConfig("--cflags").filter((flag) => !flag.includes("/dbus-1.0")),
    "-o",
    output,
    ...others.length > 0 ? [...sources, ...others] : asOneUnit(sources),
    "-Wl,--no-undefined",
    "-Wl,--as-needed",
    ...(linkage === "system"
      ? [...pkgConfig("--libs"), ...SYSTEM_DRIVERS]
      : staticLinkFlags(linkage, libdir, pkgConfig("--print-requires-private"))),
  ];
}

/** The program that prints the options of an EAL, from the repository's folder. */
const EAL_TABLE = "ffi/shim/eal_table.c";

/** The command line that compiles the program which prints the options of an EAL. */
export function ealTableCommand(output: string, flags: readonly string[] = []): string[] {
  return [
    "gcc",
    ...["-std=c11", "-D_GNU_SOURCE", "-DALLOW_EXPERIMENTAL_API"],
    ...flags,
    ...pkgConfig("--cflags"),
    ...["-o", output, sourcePath(EAL_TABLE)],
    // makes EAL's libraries call a function of the program in place of the C library's
    "-rdynamic",
    "-Wl,--as-needed",
    ...pkgConfig("--libs"),
  ];
}

/** Asks the installed EAL for its options. */
function probeEal(program: string): EalTable {
  const [command = "gcc", ...args] = ealTableCommand(program);
  run(command, args);
  try {
    return JSON.parse(run(program, []));
  } finally {
    Deno.removeSync(program);
  }
}

/**
 * The beginning of the library's file name. The rest differs for each build, so that `dlopen` takes
 * each for another library.
 */
const LIBRARY = "libdenodpdk-";

/** Name of the lock file that keeps processes from building at the same time. */
const LOCK = "lock";

/** The name at the beginning of lines about a build. */
const NAME = "denodpdk";

/** How long a build usually takes, in seconds. */
const USUAL = 12;

/** The end of the names of unfinished files. */
const UNFINISHED = ".tmp";

/** Compiles a library into a folder under a new name, and writes its record there. */
async function make(folder: string, linkage: Linkage): Promise<BuildRecord> {
  const [dpdk = ""] = pkgConfig("--modversion");
  const [pcfiledir = ""] = pkgConfig("--variable=pcfiledir");
  const system = [`${pcfiledir}/libdpdk.pc`, ...driverFolders()];
  const inputs = Object.fromEntries(system.map((path) => [path, stamp(path)]));
  const library = `${LIBRARY}${Deno.pid}-${Date.now()}.so`;
  const path = `${folder}/${library}`;
  using progress = new Progress(NAME);
  const build = async () => {
    const [command = "gcc", ...args] = compileCommand(path + UNFINISHED, linkage);
    await runLong(command, args);
    Deno.renameSync(path + UNFINISHED, path);
  };
  const what = `building the shim (${linkage}) for DPDK ${dpdk}`;
  await progress.step(linkage, what, build, USUAL);
  inputs[path] = stamp(path);
  const made: BuildRecord = { library, dpdk, eal: probeEal(`${path}.eal${UNFINISHED}`), inputs };
  if (linkage !== "system") made.traits = probeTraits(path);
  const record = `${folder}/${RECORD}`;
  Deno.writeTextFileSync(record + UNFINISHED, JSON.stringify(made, null, 1), { mode: 0o600 });
  Deno.renameSync(record + UNFINISHED, record);
  return made;
}

/**
 * Waits until no other process builds in a folder, and keeps other processes waiting until
 * disposal.
 */
async function lockBuild(folder: string): Promise<Disposable> {
  const lock = Deno.openSync(`${folder}/${LOCK}`, { create: true, write: true, mode: 0o600 });
  try {
    if (!lock.tryLockSync(true)) {
      using progress = new Progress(NAME);
      await progress.step(undefined, "another process builds the shim", () => lock.lock(true));
    }
  } catch {
    // a file system without locks: two processes may build at once, and the later build stays
  }
  return lock;
}

/**
 * Builds the shim into a folder of the cache that this process holds, unless another process has
 * just built it. Removes older builds that no process uses.
 *
 * @throws {DpdkError} when a tool or DPDK is missing, or the compiler fails.
 */
export async function buildInto(folder: string, linkage: Linkage): Promise<Build> {
  try {
    using _lock = await lockBuild(folder);
    // another process may have built it meanwhile
    const found = freshBuild(folder, true);
    if (found) return found;
    const before = readRecord(folder);
    let made;
    try {
      using _sources = await sourcesWithin(folder);
      made = await make(folder, linkage);
    } finally {
      removeOldBuilds(folder, [made?.library ?? before?.library ?? "", RECORD, LOCK]);
    }
    return ready(folder, made, true);
  } catch (error) {
    if (error instanceof DpdkError) throw error;
    const text = error instanceof Error ? error.message : String(error);
    throw new DpdkError({
      operation: `building the shim in ${folder}`,
      reason: text.replace(/ \(os error \d+\).*/s, ""),
      hint: isFull(text) ? FULL_HINT : "is the folder writable? set XDG_CACHE_HOME to another one",
    });
  }
}
