/**
 * Puts the libraries that a compiled program carries where the dynamic linker can open them.
 *
 * That is a folder of the user's cache, `denodpdk/<kind>-<id>`, whose content is compared with the
 * embedded copy at every start and mended where it differs; a memory file where no folder will do.
 * Whatever is opened is either private to this process or in a folder that nobody but this user
 * and root can change.
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

/** A library that a compiled program carries. */
export interface BundledFile {
  /** Its file name, by which the others find it. */
  name: string;
  /** Its size in bytes. */
  size: number;
  /** In hexadecimal digits. */
  sha256: string;
}

/** `manifest.json` of the bundle. */
export interface BundleManifest {
  /** SHA-256 over all files, in hexadecimal digits. */
  id: string;
  /** The version of the DPDK inside, as `22.11.11`. */
  dpdk: string;
  /** Names of its drivers, as `net_ring`. */
  drivers: string[];
  /** What its primaries do to look like those of the system that it was built on. */
  traits: SystemTraits;
  /** The options of its EAL. */
  eal: EalTable;
  /** The shim, and behind it the libraries that it finds by its RUNPATH `$ORIGIN`. */
  files: BundledFile[];
}

/** All that a test box needs, or what a process without devices does. */
export type BundleKind = "bundle" | "core";

/** Where a bundle lies: in a compiled program's own file system; of a clone, where it is built. */
function folderOf(kind: BundleKind): URL {
  return new URL(`../../dist/${kind}/`, import.meta.url);
}

/** Read and compared at a time, in bytes: two of them stay in a core's cache. */
const CHUNK = 256 * 1024;

/** A temporary file of this age, in milliseconds, is no process's any more. */
const ABANDONED = 3_600_000;

/** What a bundle says about itself. */
export function bundleManifest(bundle: URL = folderOf("bundle")): BundleManifest {
  return JSON.parse(Deno.readTextFileSync(new URL("manifest.json", bundle)));
}

/** The same of the core bundle, which not all programs have. */
export function coreManifest(): BundleManifest | undefined {
  try {
    return bundleManifest(folderOf("core"));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** For the two sides of a comparison. */
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
 * Whether two files have the same bytes: 3 ms for 9 MB, where a SHA-256 takes 7 and a loop in
 * TypeScript, which V8 has not compiled yet, 15.
 *
 * @param buffers Of {@linkcode CHUNK} bytes each; fresh ones for each file would take 2 ms more.
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

/** One bundle and the folder that it belongs into. */
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

  /** Whether the folder's copy of a file is ours alone, and byte for byte the embedded one. */
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

  /** Puts a good file where a damaged one or none is, for every process in one step. */
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

  /** What lies in the folder and does not belong there: the linker would find a library among it. */
  #foreign(): string[] {
    return [...Deno.readDirSync(this.folder)].map(({ name }) => name)
      .filter((name) => !this.#names.includes(name))
      .map((name) => `${this.folder}/${name}`)
      .filter((path) => !this.#isBeingWritten(path));
  }

  /** Whether it is a temporary file of a process that lives. */
  #isBeingWritten(path: string): boolean {
    if (!path.startsWith(`${this.folder}/.`)) return false;
    try {
      return Date.now() - (Deno.lstatSync(path).mtime?.getTime() ?? 0) < ABANDONED;
    } catch {
      return true; // it just got its name
    }
  }

  /**
   * Makes the folder's content that of the bundle. Processes may do it at once: files are only
   * ever replaced by good ones, so what one has found good stays good.
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

  /** Opens the shim, for good; it may be asked for by the same name from any thread. */
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

/** The system's words for an error, without Deno's. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/^(Could not open library: )+/, "").replace(/ \(os error \d+\).*/s, "").split(
    "\n",
  )[0] ?? "";
}

/**
 * Makes the bundled libraries ready, and opens the shim. What a library must be opened by is its
 * path, in Workers too, as long as this process lives.
 *
 * @param options `bundle` is a folder with `manifest.json` and the files that it names, `env`
 * gives environment variables; both are for tests.
 * @returns the shim's path, and what the bundle says about itself.
 * @throws {DpdkError} where somebody else may have made or could change the folder, where no
 * folder and no memory can hold the libraries, and where they do not load.
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
