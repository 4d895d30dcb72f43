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
import { DpdkError, noDpdkInside } from "../boundary/errors.ts";
import { carriedAt, openAt, type Place, readAt } from "./carried.ts";
import { openFromMemory } from "./memory_file.ts";
import { readFully } from "./trusted_file.ts";
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
  /**
   * Where the id and the files, one behind the other, begin behind the program's runtime. The files
   * lie beside the manifest where left out.
   */
  carried?: number;
}

/** The bundle with everything that a test box needs, or the one for a process without devices. */
export type BundleKind = "bundle" | "core";

/**
 * The folder of a bundle: in a compiled program's own file system, or in a clone where it is built.
 */
function folderOf(kind: BundleKind): URL {
  return new URL(`../../dist/${kind}/`, import.meta.url);
}

/** A library, and where its bytes are. */
interface PlacedFile extends BundledFile {
  place: Place;
}

/** Finds the libraries of a bundle: behind the program's runtime, or beside the manifest. */
function placedFiles({ id, files, carried }: BundleManifest, bundle: URL): PlacedFile[] {
  if (carried === undefined) {
    return files.map((file) => ({ ...file, place: { path: new URL(file.name, bundle), at: 0 } }));
  }
  const { path, at } = carriedAt(carried, id);
  let next = at;
  return files.map((file) => {
    const place = { path, at: next };
    next += file.size;
    return { ...file, place };
  });
}

/** Bytes that are read and compared at a time: two such pieces stay in a core's cache. */
const CHUNK = 256 * 1024;

/** Age, in milliseconds, from which on a temporary file is abandoned. */
const ABANDONED = 3_600_000;

/**
 * The manifest of a bundle.
 *
 * @throws {DpdkError} where there is none, as in a program that `deno compile` made by itself.
 */
export function bundleManifest(bundle: URL = folderOf("bundle")): BundleManifest {
  const manifest = manifestIn(bundle);
  if (manifest) return manifest;
  throw noDpdkInside();
}

function manifestIn(bundle: URL): BundleManifest | undefined {
  try {
    return JSON.parse(Deno.readTextFileSync(new URL("manifest.json", bundle)));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** The manifest of the core bundle; undefined for a program without one. */
export function coreManifest(): BundleManifest | undefined {
  return manifestIn(folderOf("core"));
}

/** Buffers for the two sides of a comparison. */
type Buffers = readonly [Uint8Array, Uint8Array];

/**
 * Whether the same bytes are at two places. That takes 3 ms for 9 MB; a SHA-256 takes 7, and a loop in
 * TypeScript that V8 has not compiled yet 15.
 *
 * @param buffers of {@linkcode CHUNK} bytes each; new ones for each file would take 2 ms more.
 */
function sameBytes(left: Place, right: Place, size: number, buffers: Buffers): boolean {
  using a = openAt(left);
  using b = openAt(right);
  for (let rest = size; rest > 0; rest -= CHUNK) {
    const [here, there] = buffers.map((bytes) => bytes.subarray(0, Math.min(rest, CHUNK)));
    if (!here || !there) return false;
    if (readFully(a, here) !== here.length || readFully(b, there) !== there.length) return false;
    if (Buffer.compare(here, there) !== 0) return false;
  }
  return true;
}

/** A bundle and the folder into which it is extracted. */
class Extraction {
  readonly #buffers: Buffers = [new Uint8Array(CHUNK), new Uint8Array(CHUNK)];

  constructor(readonly folder: string, readonly files: readonly PlacedFile[]) {}

  /**
   * Whether the folder's copy of a file belongs to this user alone, and equals the carried file
   * byte for byte.
   */
  #isWhole(file: PlacedFile): boolean {
    const path = `${this.folder}/${file.name}`;
    try {
      const info = Deno.lstatSync(path);
      return info.isFile && info.size === file.size && isPrivate(info) &&
        sameBytes({ path, at: 0 }, file.place, file.size, this.#buffers);
    } catch {
      return false;
    }
  }

  /** Writes a file that is damaged or missing; for other processes it appears in one step. */
  #write(file: PlacedFile): void {
    const path = `${this.folder}/${file.name}`;
    const temporary = `${this.folder}/.${file.name}-${crypto.randomUUID()}`;
    try {
      const content = readAt(file.place, file.size);
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
      .filter((name) => !this.files.some((file) => file.name === name))
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
    const damaged = this.files.filter((file) => !this.#isWhole(file));
    for (const file of damaged) this.#write(file);
    for (const file of damaged) {
      if (!this.#isWhole(file)) throw new Error(`${file.name} is damaged as soon as it is written`);
    }
  }

  /** Opens the shim, for good; every thread may open it again by the same path. */
  open(): string {
    const path = `${this.folder}/${this.files[0]?.name}`;
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
  const files = placedFiles(manifest, bundle);
  const obstacles: string[] = [];
  for (const base of cacheBases(env)) {
    try {
      const cache = cacheIn(base);
      const folder = `${cache}/${kind}-${manifest.id}`;
      const extraction = new Extraction(folder, files);
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
    const library = openFromMemory(files, ({ place, size }) => readAt(place, size));
    return { library, manifest };
  } catch (error) {
    throw new DpdkError({
      operation: "extract the bundled DPDK",
      reason: [...obstacles, `memory file: ${reasonOf(error)}`].join("; "),
      hint: "set XDG_CACHE_HOME to a folder for it",
    });
  }
}
