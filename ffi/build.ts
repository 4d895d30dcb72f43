/**
 * Builds the shim: on first use, into a cache folder, and again when its sources, this file or the
 * installed DPDK change.
 *
 * @module
 */

import { DpdkError, SETUP_HINT } from "./errors.ts";
import { type Linkage, staticLinkFlags } from "./linkage.ts";
import { removeQuietly } from "./remove.ts";

/** What programs run from source use, in the order in which they are built. */
export const LINKAGES = ["system", "core"] as const satisfies readonly Linkage[];

const SOURCES = new URL("../libshim/", import.meta.url);
/** Where its files lie. */
const SOURCE_FOLDERS = [SOURCES, new URL("surgery/", SOURCES)];
const CFLAGS = [
  "-std=c11",
  "-O3",
  "-fPIC",
  "-shared",
  "-fvisibility=hidden",
  // EAL's threads outlive the isolate that opened the library, as in `deno test`
  "-Wl,-z,nodelete",
  "-D_GNU_SOURCE",
  // rte_lcore_cpuset() and others of the kind are "experimental" in 22.11 and stable today
  "-DALLOW_EXPERIMENTAL_API",
];

/** Flags that turn every warning of the shim into an error, as `deno task check` wants it. */
export const STRICT_CFLAGS: readonly string[] = ["-Wall", "-Wextra", "-Werror"];

/** What the installed DPDK brings to every process that is linked to it. */
export interface SystemTraits {
  /** Names of its tail queues, which a primary must have for its secondaries to start. */
  tailqs: string[];
  /** Names of its mempool operations, by the index that pools carry. */
  ops: string[];
}

/** What a build was made from; a difference in any of the inputs means that it is stale. */
interface BuildRecord {
  library: string;
  dpdk: string;
  inputs: Record<string, string>;
  /** Of one with DPDK inside: what it must look like to processes of the system linkage. */
  traits?: SystemTraits;
}

/** A cheap name for this checkout's cache folder: FNV-1a of its path, not a secret. */
function checkoutName(path: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < path.length; i++) {
    hash = Math.imul(hash ^ path.charCodeAt(i), 0x01000193) >>> 0;
  }
  return hash.toString(16).padStart(8, "0");
}

/** The folder under `$XDG_CACHE_HOME` where the toolkit keeps what it builds; no final slash. */
export function cacheFolder(): string {
  const base = Deno.env.get("XDG_CACHE_HOME") ||
    `${Deno.env.get("HOME") || "/var/cache"}/.cache`;
  return `${base}/denodpdk`;
}

function buildFolder(linkage: Linkage): string {
  return `${cacheFolder()}/shim-${checkoutName(SOURCES.pathname)}-${linkage}`;
}

function stamp(path: string): string {
  try {
    const { size, mtime, ino } = Deno.statSync(path);
    return `${size} ${mtime?.getTime()} ${ino}`;
  } catch {
    return "missing";
  }
}

function readRecord(linkage: Linkage): BuildRecord | undefined {
  try {
    return JSON.parse(Deno.readTextFileSync(`${buildFolder(linkage)}/build.json`));
  } catch {
    return undefined;
  }
}

function isFresh(record: BuildRecord): boolean {
  return Object.entries(record.inputs).every(([path, was]) => stamp(path) === was);
}

/** Whether a build can be used as it is, and where it lies or would lie. Changes nothing. */
export function shimStatus(
  linkage: Linkage = "system",
): { state: "ready" | "stale" | "missing"; path: string } {
  const record = readRecord(linkage);
  if (!record) return { state: "missing", path: buildFolder(linkage) };
  return { state: isFresh(record) ? "ready" : "stale", path: record.library };
}

/** Version of the DPDK that the shim is built with, as `22.11.11`; undefined where unknown. */
export function builtVersion(): string | undefined {
  return readRecord("system")?.dpdk;
}

function run(command: string, args: string[], hint: string): string {
  const operation = `building the shim: ${command}`;
  let output;
  try {
    output = new Deno.Command(command, { args, stdout: "piped", stderr: "piped" }).outputSync();
  } catch {
    throw new DpdkError({ operation, reason: "not found", hint });
  }
  if (!output.success) {
    const lines = new TextDecoder().decode(output.stderr).trim().split("\n");
    const reason = lines.find((line) => line.includes("error")) || lines[0] ||
      `failed with status ${output.code}`;
    throw new DpdkError({ operation, reason, hint });
  }
  return new TextDecoder().decode(output.stdout).trim();
}

/** Asks both linkages in processes of their own, because each takes an EAL. */
function probeTraits(inside: string): SystemTraits {
  const [ours, system] = [inside, buildShim("system").path].map((library): SystemTraits => {
    const script = new URL("./probe.ts", import.meta.url).pathname;
    const output = run(Deno.execPath(), ["run", "-A", "--no-lock", script, library], SETUP_HINT);
    return JSON.parse(output);
  });
  return {
    tailqs: system?.tailqs.filter((name) => !ours?.tailqs.includes(name)) ?? [],
    ops: system?.ops ?? [],
  };
}

/** Drivers that the system's linkage calls by name; pkg-config names none of them. */
const SYSTEM_DRIVERS = ["-lrte_bus_vdev"];

function pkgConfig(...args: string[]): string[] {
  return run("pkg-config", [...args, "libdpdk"], SETUP_HINT).split(/\s+/).filter(Boolean);
}

/** Where DPDK's drivers lie: another set of them is another order of mempool operations. */
function driverFolders(): string[] {
  const [libdir = ""] = pkgConfig("--variable=libdir");
  try {
    return [...Deno.readDirSync(`${libdir}/dpdk`)].map(({ name }) => `${libdir}/dpdk/${name}`);
  } catch {
    return [];
  }
}

/** The paths of all sources of the shim, sorted. */
export function sourceFiles(): string[] {
  return SOURCE_FOLDERS.flatMap((folder) =>
    [...Deno.readDirSync(folder)].filter(({ isFile }) => isFile)
      .map(({ name }) => new URL(name, folder).pathname)
  ).sort();
}

/** Most of the compiler's time goes into DPDK's headers: read once, they take 2 s and not 7. */
function asOneUnit(sources: readonly string[]): string[] {
  return [...sources.flatMap((path) => ["-include", path]), "-x", "c", "/dev/null", "-x", "none"];
}

/**
 * The command line that compiles the shim into `output`.
 *
 * @param others Further C sources; each file is compiled by itself then.
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
    ...CFLAGS,
    `-I${SOURCES.pathname}`,
    ...flags,
    ...pkgConfig("--cflags").filter((flag) => !flag.includes("/dbus-1.0")),
    "-o",
    output,
    ...others.length > 0 ? [...sources, ...others] : asOneUnit(sources),
    "-Wl,--no-undefined",
    "-Wl,--as-needed",
    ...(linkage === "system"
      ? [...pkgConfig("--libs"), ...SYSTEM_DRIVERS]
      : staticLinkFlags(linkage, libdir)),
  ];
}

/** A shim that is ready. */
export interface Build {
  /** Where it lies. */
  path: string;
  /** Whether it was made just now. */
  built: boolean;
  /** Version of its DPDK, as `22.11.11`. */
  dpdk: string;
  /**
   * What its primaries must do to look like the system's: the tail queues that it lacks, and where
   * the system has its mempool operations.
   */
  traits: SystemTraits;
}

function ready({ library, dpdk, traits }: BuildRecord, built: boolean): Build {
  return { path: library, built, dpdk, traits: traits ?? { tailqs: [], ops: [] } };
}

/**
 * Builds the shim against the installed DPDK, if it is missing or stale. Safe when several
 * processes do it at once: each builds under a name of its own and renames.
 *
 * @throws {DpdkError} when a tool or DPDK is missing, or the compiler fails.
 */
export function buildShim(linkage: Linkage = "system"): Build {
  const record = readRecord(linkage);
  if (record && isFresh(record)) return ready(record, false);
  const [dpdk = ""] = pkgConfig("--modversion");
  const [pcfiledir = ""] = pkgConfig("--variable=pcfiledir");
  const inputs: Record<string, string> = {};
  // a folder itself changes when a source comes or goes
  const own = ["./build.ts", "./linkage.ts"].map((name) => new URL(name, import.meta.url).pathname);
  const folders = SOURCE_FOLDERS.map(({ pathname }) => pathname);
  const sources = [...folders, ...sourceFiles()];
  for (const path of [...sources, ...own, `${pcfiledir}/libdpdk.pc`, ...driverFolders()]) {
    inputs[path] = stamp(path);
  }

  const folder = buildFolder(linkage);
  const library = `${folder}/libdenodpdk-${Deno.pid}-${Date.now()}.so`;
  const made: BuildRecord = { library, dpdk, inputs };
  try {
    Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
    const [command = "gcc", ...args] = compileCommand(`${library}.tmp`, linkage);
    run(command, args, SETUP_HINT);
    Deno.renameSync(`${library}.tmp`, library);
    inputs[library] = stamp(library);
    if (linkage !== "system") made.traits = probeTraits(library);
    const temporary = `${folder}/build-${Deno.pid}.tmp`;
    Deno.writeTextFileSync(temporary, JSON.stringify(made, null, 1));
    Deno.renameSync(temporary, `${folder}/build.json`);
  } catch (error) {
    removeQuietly(`${library}.tmp`);
    if (error instanceof DpdkError) throw error;
    throw new DpdkError({
      operation: `building the shim in ${folder}`,
      reason: error instanceof Error ? error.message : String(error),
      hint: "is the folder writable? XDG_CACHE_HOME names another",
    });
  }
  // a process that still uses it keeps its mapping
  if (record && record.library !== library) removeQuietly(record.library);
  return ready(made, true);
}
