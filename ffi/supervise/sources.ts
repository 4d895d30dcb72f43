/**
 * The source files of a program that Deno runs, as they were when it started: after a `git pull`, a
 * running master must still start slaves of its own version.
 *
 * The files are kept in memory, about a megabyte, and written to a folder when one of them has
 * changed.
 *
 * @module
 */

import { fileURLToPath, pathToFileURL } from "node:url";

/** What shows that a file may have changed, without reading the file. */
interface Stamp {
  size: number;
  mtime: number;
  ino: number;
  /**
   * Whether a later change must have another time: two changes within a tick of the file system's
   * clock have the same.
   */
  settled: boolean;
}

/** Milliseconds between two changes that certainly have different times. */
const TICKS = 2_000;

/** A file as it was when the program started. */
interface Kept {
  bytes: Uint8Array<ArrayBuffer>;
  stamp: Stamp;
}

/** Files that Deno looks for in the folders around a program. */
const CONFIGURATION = ["deno.json", "deno.jsonc", "import_map.json", "package.json", "deno.lock"];

/** Files that may import others. */
const CODE = /\.[mc]?[jt]sx?$/;

function stampOf(path: string): Stamp | undefined {
  try {
    const { isFile, size, mtime, ino } = Deno.statSync(path);
    if (!isFile) return undefined;
    const time = mtime?.getTime() ?? 0;
    return { size, mtime: time, ino: ino ?? 0, settled: Date.now() - time > TICKS };
  } catch {
    return undefined;
  }
}

/** The relative paths that a module names: imports, Workers, files that it reads. */
export function relativePaths(code: string): string[] {
  return [...code.matchAll(/(["'])(\.\.?\/[^"'\n]+)\1/g)].map(([, , path = ""]) => path);
}

/** All files that a program consists of. */
export class Sources {
  readonly #files = new Map<string, Kept>();
  #copies = new Set<string>();

  /** Reads the main module, and all files that it imports or names. */
  constructor(readonly main: string) {
    const wanted = [main, ...this.#configuration()];
    for (let path = wanted.pop(); path !== undefined; path = wanted.pop()) {
      const stamp = this.#files.has(path) ? undefined : stampOf(path);
      if (!stamp) continue;
      const bytes = Deno.readFileSync(path);
      this.#files.set(path, { bytes, stamp });
      if (!CODE.test(path)) continue;
      const base = pathToFileURL(path);
      for (const relative of relativePaths(new TextDecoder().decode(bytes))) {
        wanted.push(fileURLToPath(new URL(relative, base)));
      }
    }
  }

  #configuration(): string[] {
    const paths: string[] = [];
    for (let folder = this.main; folder !== "";) {
      folder = folder.slice(0, folder.lastIndexOf("/"));
      paths.push(...CONFIGURATION.map((name) => `${folder}/${name}`));
    }
    return paths;
  }

  /** How many files there are. */
  get size(): number {
    return this.#files.size;
  }

  /** Whether any file has changed since the program started. */
  get changed(): boolean {
    return [...this.#files].some(([path, kept]) => {
      const now = stampOf(path);
      const was = kept.stamp;
      if (!now) return true;
      const same = now.size === was.size && now.mtime === was.mtime && now.ino === was.ino;
      if (same && was.settled) return false;
      const bytes = Deno.readFileSync(path);
      if (bytes.length !== kept.bytes.length) return true;
      if (bytes.some((byte, i) => byte !== kept.bytes[i])) return true;
      // the file was written again with the same contents
      kept.stamp = now;
      return false;
    });
  }

  /** Writes the files as they were into a folder. Returns the path of the main module there. */
  writeTo(folder: string): string {
    if (!this.#copies.has(folder)) {
      for (const [path, { bytes }] of this.#files) {
        const copy = folder + path;
        Deno.mkdirSync(copy.slice(0, copy.lastIndexOf("/")), { recursive: true, mode: 0o700 });
        Deno.writeFileSync(copy, bytes, { mode: 0o600 });
      }
      this.#copies.add(folder);
    }
    return folder + this.main;
  }
}
