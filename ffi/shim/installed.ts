/**
 * The shim that a run from source uses: found in the cache, or built into it by a process of its own.
 *
 * It lies in a folder named after the content of all that it is made from, so checkouts of the same
 * content share it, wherever they are and however their path is spelled. A process holds that folder
 * as long as it lives, see {@linkcode holdFolder}.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { DpdkError, type DpdkErrorInit } from "../boundary/errors.ts";
import type { EalTable } from "../host/eal_table.ts";
import type { Linkage } from "./linkage.ts";
import { holdFolder, isPrivate } from "./private_folder.ts";
import { cachePlace, inCache } from "./cache.ts";
import { readTrustedFile } from "./trusted_file.ts";

/** Where the C sources lie. */
export const SOURCES: URL = new URL("../../libshim/", import.meta.url);

/** All C sources and headers, those of folders behind those beside them. */
export function shimSources(folder: URL = SOURCES): URL[] {
  const entries = [...Deno.readDirSync(folder)].sort((a, b) => a.name < b.name ? -1 : 1);
  const folders = entries.filter(({ isDirectory }) => isDirectory);
  return [
    ...entries.filter(({ isFile, name }) => isFile && /\.[ch]$/.test(name))
      .map(({ name }) => new URL(name, folder)),
    ...folders.flatMap(({ name }) => shimSources(new URL(`${name}/`, folder))),
  ];
}

/** What else decides what is built: flags and libraries. */
const RECIPES = ["./build.ts", "./linkage.ts", "./eal_table.c"].map((name) =>
  new URL(name, import.meta.url)
);

/** By these pkg-config finds another DPDK. */
const PKG_CONFIG = ["PKG_CONFIG_PATH", "PKG_CONFIG_LIBDIR", "PKG_CONFIG_SYSROOT_DIR"];

/** What the installed DPDK brings to every process that is linked to it. */
export interface SystemTraits {
  /** Names of its tail queues, which a primary must have for its secondaries to start. */
  tailqs: string[];
  /** Names of its mempool operations, by the index that pools carry. */
  ops: string[];
}

/** `build.json`: what a build was made from besides the sources, and what came of it. */
export interface BuildRecord {
  /** The library's file name. */
  library: string;
  /** Version of its DPDK. */
  dpdk: string;
  /** The options of its EAL. */
  eal: EalTable;
  /** The library and what DPDK installs, by path: a difference means that the build is stale. */
  inputs: Record<string, string>;
  /** Of one with DPDK inside: what it must look like to processes of the system linkage. */
  traits?: SystemTraits;
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
  /** The options of its EAL. */
  eal: EalTable;
}

/** The file in a build's folder that describes it. */
export const RECORD = "build.json";

/** Its folder's name: this begins it, the digest of what it is made from follows, and the linkage. */
export const PREFIX = "shim-";

/** Digits of the digest; 64 bits are enough, since nobody else can write into the cache. */
const DIGITS = 16;

/**
 * The name of a build's folder in the cache.
 *
 * @param kind How the shim is linked, or what else is made of its sources.
 * @param others Further sources.
 */
export function buildName(kind: string, others: readonly URL[] = []): string {
  const hash = createHash("sha256");
  for (const url of [...shimSources(), ...RECIPES, ...others]) {
    const content = Deno.readFileSync(url);
    const name = url.href.split("/").pop();
    hash.update(`${name} ${content.length}\n`).update(content);
  }
  hash.update(JSON.stringify([Deno.build.arch, ...PKG_CONFIG.map((name) => Deno.env.get(name))]));
  return `${PREFIX}${hash.digest("hex").slice(0, DIGITS)}-${kind}`;
}

/** What changes when a file does, cheaply. */
export function stamp(path: string): string {
  try {
    const { size, mtime, ino } = Deno.statSync(path);
    return `${size} ${mtime?.getTime()} ${ino}`;
  } catch {
    return "missing";
  }
}

/** The record in a build's folder; none where there is no build, or somebody else may have made it. */
export function readRecord(folder: string): BuildRecord | undefined {
  try {
    const record: BuildRecord = JSON.parse(readTrustedFile(`${folder}/${RECORD}`));
    // it names a file of its folder, nothing elsewhere
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

/** The build that a folder has, if nothing has changed since and nobody else can have changed it. */
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

/** How long a folder may look unused though it is in use, in milliseconds. */
const DAY = 86_400_000;

/** Lets the clean-up see that a build is in use: its folder's time is never older than a day then. */
function noteUse(folder: string): void {
  const now = Date.now();
  try {
    const age = now - (Deno.statSync(folder).mtime?.getTime() ?? now);
    if (age > DAY) Deno.utimeSync(folder, now / 1000, now / 1000);
  } catch {
    // a file system that is read-only is cleaned up by nobody
  }
}

/** The folder of a build of the present sources, made where it is missing, and held. */
export function holdBuildFolder(linkage: Linkage): string {
  const name = buildName(linkage);
  return inCache("building the shim", (cache) => {
    const folder = `${cache}/${name}`;
    holdFolder(folder);
    noteUse(folder);
    return folder;
  });
}

/** Whether a build can be used as it is, and where it lies or would lie. Changes nothing. */
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

/** What is known of the DPDK that the shim was built with last; undefined where it never was. */
export function lastBuild(): Pick<Build, "dpdk" | "eal"> | undefined {
  const { path, exists } = cachePlace();
  return exists ? readRecord(`${path}/${buildName("system")}`) : undefined;
}

/** What the process that builds answers on stdout. */
export type BuildAnswer = { build: Build } | { failed: DpdkErrorInit };

/** Builds in a process of its own, which says on stderr what it does. */
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
 * The shim against the installed DPDK, which is built if it is missing or stale: 10 to 20 s. Of
 * several processes that want it at once, one builds.
 *
 * @throws {DpdkError} when a tool or DPDK is missing, the compiler fails, or there is no folder that
 * nobody else can write to.
 */
export function buildShim(linkage: Linkage = "system"): Build {
  const folder = holdBuildFolder(linkage);
  return freshBuild(folder, false) ?? buildElsewhere(linkage);
}
