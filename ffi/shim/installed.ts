/**
 * The shim for programs that run from source: found in the cache, or built into it by a separate
 * process.
 *
 * It lies in a folder that is named after the contents of everything it is made from, so that
 * checkouts with the same contents share it. A process holds that folder as long as it lives, see
 * {@linkcode holdFolder}.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { DpdkError, type DpdkErrorInit, noDpdkInside } from "../boundary/errors.ts";
import type { EalTable } from "../host/eal_table.ts";
import { exists } from "../host/exists.ts";
import type { Linkage } from "./linkage.ts";
import { holdFolder, isPrivate } from "./private_folder.ts";
import { cachePlace, inCache } from "./cache.ts";
import { readTrustedFile } from "./trusted_file.ts";

/** Where the C sources lie. */
export const SOURCES: URL = new URL("../../libshim/", import.meta.url);

/**
 * The paths of all C sources and headers, those of folders behind those beside them.
 *
 * @param folder the path of the folder in which they lie, with a slash at its end.
 */
export function shimSources(folder: string): string[] {
  const entries = [...Deno.readDirSync(folder)].sort((a, b) => a.name < b.name ? -1 : 1);
  const folders = entries.filter(({ isDirectory }) => isDirectory);
  return [
    ...entries.filter(({ isFile, name }) => isFile && /\.[ch]$/.test(name))
      .map(({ name }) => folder + name),
    ...folders.flatMap(({ name }) => shimSources(`${folder}${name}/`)),
  ];
}

/** Files beside the C sources that decide what is built: flags and libraries. */
const RECIPES = ["./build.ts", "./linkage.ts", "./eal_table.c"].map((name) =>
  new URL(name, import.meta.url)
);

/** Variables by which pkg-config finds another DPDK. */
const PKG_CONFIG = ["PKG_CONFIG_PATH", "PKG_CONFIG_LIBDIR", "PKG_CONFIG_SYSROOT_DIR"];

/** What the installed DPDK brings to every process that is linked to it. */
export interface SystemTraits {
  /** Names of DPDK's tail queues, which a primary must have for its secondaries to start. */
  tailqs: string[];
  /** Names of DPDK's mempool operations, by the index that pools contain. */
  ops: string[];
}

/** `build.json`: what a build was made from besides the sources, and what it contains. */
export interface BuildRecord {
  /** The library's file name. */
  library: string;
  /** Version of DPDK. */
  dpdk: string;
  /** The options that its EAL takes. */
  eal: EalTable;
  /** Stamps of the library and of DPDK's files, by path: a build with another stamp is stale. */
  inputs: Record<string, string>;
  /** Only with DPDK linked in: what primaries must do to look like those of the system linkage. */
  traits?: SystemTraits;
}

/** A shim that is ready. */
export interface Build {
  /** The library's path. */
  path: string;
  /** Whether it was built just now. */
  built: boolean;
  /** Version of DPDK, such as `22.11.11`. */
  dpdk: string;
  /**
   * What primaries must do to look like the system's: the tail queues that they lack, and the
   * indices of the system's mempool operations.
   */
  traits: SystemTraits;
  /** The options of its EAL. */
  eal: EalTable;
}

/** Name of the record in a build's folder. */
export const RECORD = "build.json";

/**
 * The beginning of the name of a build's folder; the digest of what it is made from and the linkage
 * follow.
 */
export const PREFIX = "shim-";

/** Digits of the digest; 64 bits are enough, since nobody else can write into the cache. */
const DIGITS = 16;

/**
 * The name of a build's folder in the cache.
 *
 * @param kind the linkage, or what else is made of the sources.
 * @param others further sources.
 */
export function buildName(kind: string, others: readonly URL[] = []): string {
  const hash = createHash("sha256");
  if (SOURCES.protocol === "file:") {
    const paths = [...RECIPES, ...others].map((url) => fileURLToPath(url));
    for (const path of [...shimSources(fileURLToPath(SOURCES)), ...paths]) {
      const content = Deno.readFileSync(path);
      const name = path.slice(path.lastIndexOf("/") + 1);
      hash.update(`${name} ${content.length}\n`).update(content);
    }
  } else {
    // what a server has under one URL stays the same, as for all modules
    hash.update(SOURCES.href);
  }
  hash.update(JSON.stringify([Deno.build.arch, ...PKG_CONFIG.map((name) => Deno.env.get(name))]));
  return `${PREFIX}${hash.digest("hex").slice(0, DIGITS)}-${kind}`;
}

/** A text that changes when a file does, made without reading the file. */
export function stamp(path: string): string {
  try {
    const { size, mtime, ino } = Deno.statSync(path);
    return `${size} ${mtime?.getTime()} ${ino}`;
  } catch {
    return "missing";
  }
}

/**
 * The record in a build's folder; undefined where there is no build, or another user may have made
 * it.
 */
export function readRecord(folder: string): BuildRecord | undefined {
  try {
    const record: BuildRecord = JSON.parse(readTrustedFile(`${folder}/${RECORD}`));
    // the record may name a file of its own folder only
    return /^[\w.-]+$/.test(record.library) ? record : undefined;
  } catch {
    return undefined;
  }
}

function isPrivateFile(path: string): boolean {
  try {
    const info = Deno.lstatSync(path);
    return info.isFile && isPrivate(info);
  } catch {
    return false;
  }
}

/**
 * The build in a folder, if nothing has changed since, and no other user can have changed it; else
 * undefined.
 */
export function freshBuild(folder: string, built: boolean): Build | undefined {
  const record = readRecord(folder);
  if (!record || !Object.entries(record.inputs).every(([path, was]) => stamp(path) === was)) return;
  return isPrivateFile(`${folder}/${record.library}`) ? ready(folder, record, built) : undefined;
}

/** A build, as its record describes it. */
export function ready(folder: string, record: BuildRecord, built: boolean): Build {
  const { library, dpdk, eal, traits = { tailqs: [], ops: [] } } = record;
  return { path: `${folder}/${library}`, built, dpdk, eal, traits };
}

/** How long a folder in use may look unused, in milliseconds. */
const DAY = 86_400_000;

/**
 * Updates the time of a build's folder at least once a day, so that the clean-up sees that it is in
 * use.
 */
function noteUse(folder: string): void {
  const now = Date.now();
  try {
    const age = now - (Deno.statSync(folder).mtime?.getTime() ?? now);
    if (age > DAY) Deno.utimeSync(folder, now / 1000, now / 1000);
  } catch {
    // a read-only file system is not cleaned up
  }
}

/**
 * Makes the folder for a build of the present sources where it is missing, and holds it. Returns
 * its path.
 */
export function holdBuildFolder(linkage: Linkage): string {
  const name = buildName(linkage);
  return inCache("building the shim", (cache) => {
    const folder = `${cache}/${name}`;
    holdFolder(folder);
    noteUse(folder);
    return folder;
  });
}

/**
 * Whether a build of the present sources exists, and where it lies or would lie. Changes nothing.
 */
export function shimStatus(
  linkage: Linkage = "system",
): { state: "ready" | "stale" | "missing"; path: string } {
  const { path, exists } = cachePlace();
  const folder = `${path}/${buildName(linkage)}`;
  const record = exists ? readRecord(folder) : undefined;
  if (!record) return { state: "missing", path: folder };
  const state = freshBuild(folder, false) ? "ready" : "stale";
  return { state, path: `${folder}/${record.library}` };
}

/**
 * The version and options of the DPDK with which the shim was last built; undefined where it never
 * was.
 */
export function lastBuild(): Pick<Build, "dpdk" | "eal"> | undefined {
  const cache = cachePlace();
  // a program whose files were replaced goes on with copies of its modules, which have no C sources
  if (!cache.exists || (SOURCES.protocol === "file:" && !exists(fileURLToPath(SOURCES)))) {
    return undefined;
  }
  return readRecord(`${cache.path}/${buildName("system")}`);
}

/** The answer of the building process on stdout. */
export type BuildAnswer = { build: Build } | { failed: DpdkErrorInit };

/** Builds the shim in a separate process, which shows its progress on stderr. */
function buildElsewhere(linkage: Linkage): Build {
  const script = new URL("./build_main.ts", import.meta.url).href;
  const { stdout, code, signal } = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", "--no-lock", script, linkage],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).outputSync();
  const text = new TextDecoder().decode(stdout).trim();
  if (text === "") {
    throw new DpdkError({
      operation: "building the shim",
      reason: `the process that builds ended with ${signal ?? `status ${code}`}`,
    });
  }
  const answer: BuildAnswer = JSON.parse(text);
  if ("failed" in answer) throw new DpdkError(answer.failed);
  return answer.build;
}

/**
 * The shim for the installed DPDK. It is built where it is missing or stale, in 10 to 20 s. When
 * several processes want it at once, one of them builds.
 *
 * @throws {DpdkError} when a tool or DPDK is missing, the compiler fails, or there is no folder that
 * nobody else can write to.
 */
export function buildShim(linkage: Linkage = "system"): Build {
  // no Deno could run the build there: Deno.execPath() is the program itself
  if (Deno.build.standalone) throw noDpdkInside();
  const folder = holdBuildFolder(linkage);
  return freshBuild(folder, false) ?? buildElsewhere(linkage);
}
