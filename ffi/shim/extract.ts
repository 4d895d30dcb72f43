/**
 * Extracts the libraries inside a compiled program to where the dynamic linker can open them.
 *
 * That is a folder of the user's cache, `denodpdk/<kind>-<id>`. At every start its contents are
 * compared with the embedded copy, and written again where they differ. Where no folder is
 * suitable, memory files are used. So every opened library is either private to this process or in
 * a folder that only this user and root can change.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { SystemTraits } from "./build.ts";
import type { EalTable } from "../host/eal_table.ts";
import { DpdkError } from "../boundary/errors.ts";
import { openFromMemory } from "./memory_file.ts";
import { cacheIn, holdFolder, isPrivate, removeUnheld } from "./private_folder.ts";
import { removeQuietly } from "../host/remove.ts";
import { cacheBases } from "./cache.ts";

/** A library inside a compiled program. */
export interface BundledFile {
  /** The library's file name, by which the others find it. */
  name: string;
  /** The file's size in bytes. */
  size: number;
  /** SHA-256 of the file, in hexadecimal digits. */
  sha256: string;
}

/** `manifest.json` of the bundle. */
export interface BundleManifest {
  /** SHA-256 over all files, in hexadecimal digits. */
  id: string;
  /** The version of the DPDK inside, such as `22.11.11`. */
  dpdk: string;
  /** Names of the drivers inside, such as `net_ring`. */
  drivers: string[];
  /** What primaries must do to look like those of the system that the bundle was built on. */
  traits: SystemTraits;
  /** The options that its EAL takes. */
  eal: EalTable;
  /** The shim first, then the libraries that it finds by its RUNPATH `$ORIGIN`. */
  files: BundledFile[];
}

/** The bundle with everything that a test box needs, or the one for a process without devices. */
export type BundleKind = "bundle" | "core";

/**
 * The folder of a bundle: in a compiled program's own file system, or in a clone where it is built.
 */
function folderOf(kind: BundleKind): URL {
  return new URL(`../../dist/${kind}/`, import.meta.url);
}

/** Bytes that are read and compared at a time: two such pieces stay in a core's cache. */
const CHUNK = 256 * 1024;

/** Age, in milliseconds, from which on a temporary file is abandoned. */
const ABANDONED = 3_600_000;

/** The manifest of a bundle. */
export function bundleManifest(bundle: URL = folderOf("bundle")): BundleManifest {
  return JSON.parse(Deno.readTextFileSync(new URL("manifest.json", bundle)));
}

/** The manifest of the core bundle; undefined for a program without one. */
export function coreManifest(): BundleManifest | undefined {
  try {
    return bundleManifest(folderOf("core"));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Buffers for the two sides of a comparison. */
type Buffers = readonly [Uint8Array, Uint8Array];

function readFully(file: Deno.FsFile, into: Uint8Array): number {
  let length = 0;
  while (length < into.length) {
    const read = file.readSync(into.subarray(length));
    if (!read) break;
    length += read;
  }
  return length;
}

/**
 * Whether two files have the same bytes. That takes 3 ms for 9 MB; a SHA-256 takes 7, and a loop in
 * TypeScript that V8 has not compiled yet 15.
 *
 * @param buffers of {@linkcode CHUNK} bytes each; new ones for each file would take 2 ms more.
 */
function sameBytes(left: URL | string, right: URL | string, buffers: Buffers): boolean {
  using a = Deno.openSync(left);
  using b = Deno.openSync(right);
  const [bytesA, bytesB] = buffers;
  for (;;) {
    const length = readFully(a, bytesA);
    if (length !== readFully(b, bytesB)) return false;
    if (Buffer.compare(bytesA.subarray(0, length), bytesB.subarray(0, length)) !== 0) return false;
    if (length < CHUNK) return true;
  }
}

/** A bundle and the folder into which it is extracted. */
class Extraction {
  readonly #names: string[];
  readonly #buffers: Buffers = [new Uint8Array(CHUNK), new Uint8Array(CHUNK)];

  constructor(
    readonly folder: string,
    readonly manifest: BundleManifest,
    readonly bundle: URL,
  ) {
    this.#names = manifest.files.map(({ name }) => name);
  }

  /**
   * Whether the folder's copy of a file belongs to this user alone, and equals the embedded file
   * byte for byte.
   */
  #isWhole({ name, size }: BundledFile): boolean {
    const path = `${this.folder}/${name}`;
    try {
      const info = Deno.lstatSync(path);
      return info.isFile && info.size === size && isPrivate(info) &&
        sameBytes(path, new URL(name, this.bundle), this.#buffers);
    } catch {
      return false;
    }
  }

  /** Writes a file that is damaged or missing; for other processes it appears in one step. */
  #write({ name }: BundledFile): void {
    const path = `${this.folder}/${name}`;
    const temporary = `${this.folder}/.${name}-${crypto.randomUUID()}`;
    try {
      const content = Deno.readFileSync(new URL(name, this.bundle));
      Deno.writeFileSync(temporary, content, { mode: 0o500, createNew: true });
      Deno.renameSync(temporary, path);
    } catch (error) {
      removeQuietly(temporary);
      throw error;
    }
  }

  /** Files in the folder that do not belong there, among which the linker could find a library. */
  #foreign(): string[] {
    return [...Deno.readDirSync(this.folder)].map(({ name }) => name)
      .filter((name) => !this.#names.includes(name))
      .map((name) => `${this.folder}/${name}`)
      .filter((path) => !this.#isBeingWritten(path));
  }

  /** Whether a file is a temporary file of a living process. */
  #isBeingWritten(path: string): boolean {
    if (!path.startsWith(`${this.folder}/.`)) return false;
    try {
      return Date.now() - (Deno.lstatSync(path).mtime?.getTime() ?? 0) < ABANDONED;
    } catch {
      return true; // it just got its name
    }
  }

  /**
   * Makes the folder's contents those of the bundle. Several processes may do so at once: files are
   * only ever replaced by good ones.
   */
  mend(): void {
    for (const path of this.#foreign()) removeQuietly(path);
    const [foreign] = this.#foreign();
    if (foreign) throw new Error(`${foreign} does not belong there`);
    const damaged = this.manifest.files.filter((file) => !this.#isWhole(file));
    for (const file of damaged) this.#write(file);
    for (const file of damaged) {
      if (!this.#isWhole(file)) throw new Error(`${file.name} is damaged as soon as it is written`);
    }
  }

  /** Opens the shim, for good; every thread may open it again by the same path. */
  open(): string {
    const path = `${this.folder}/${this.#names[0]}`;
    try {
      Deno.dlopen(path, {});
    } catch (error) {
      const reason = reasonOf(error);
      if (reason.includes("failed to map segment")) {
        throw new Error("nothing may be executed there (noexec)");
      }
      throw new DpdkError({ operation: `dlopen(${path})`, reason });
    }
    return path;
  }
}

/** The system's text for an error, without Deno's. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/^(Could not open library: )+/, "").replace(/ \(os error \d+\).*/s, "").split(
    "\n",
  )[0] ?? "";
}

/**
 * Extracts the libraries of a bundle, and opens the shim. The returned path opens the shim again,
 * in Workers too, as long as this process lives.
 *
 * @param options `bundle` is a folder with `manifest.json` and the files that it names, `env`
 * returns environment variables; both are for tests.
 * @returns the shim's path, and the bundle's manifest.
 * @throws {DpdkError} when another user may have made the folder or could change it, when neither a
 * folder nor memory can hold the libraries, and when they do not load.
 */
export function extractBundle(
  { kind = "bundle", bundle = folderOf(kind), env = (name) => Deno.env.get(name) }: {
    kind?: BundleKind;
    bundle?: URL;
    env?: (name: string) => string | undefined;
  } = {},
): { library: string; manifest: BundleManifest } {
  const manifest = bundleManifest(bundle);
  const obstacles: string[] = [];
  for (const base of cacheBases(env)) {
    try {
      const cache = cacheIn(base);
      const folder = `${cache}/${kind}-${manifest.id}`;
      const extraction = new Extraction(folder, manifest, bundle);
      holdFolder(folder);
      extraction.mend();
      removeUnheld(cache, `${kind}-`, folder);
      return { library: extraction.open(), manifest };
    } catch (error) {
      if (error instanceof DpdkError) throw error;
      obstacles.push(`${base}: ${reasonOf(error)}`);
    }
  }
  try {
    return { library: openFromMemory(bundle, manifest.files.map(({ name }) => name)), manifest };
  } catch (error) {
    throw new DpdkError({
      operation: "extract the bundled DPDK",
      reason: [...obstacles, `memory file: ${reasonOf(error)}`].join("; "),
      hint: "set XDG_CACHE_HOME to a folder for it",
    });
  }
}
