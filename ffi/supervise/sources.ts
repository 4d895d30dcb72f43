/**
 * The source files of a program that Deno runs, as they were when it started: a `git pull` under a
 * running master must not give it slaves of another version.
 *
 * They are kept in memory, a megabyte, and written to a folder when one of them has changed.
 *
 * @module
 */

import { fileURLToPath, pathToFileURL } from "node:url";

/** What tells without reading a file that it may have changed. */
interface Stamp {
  size: number;
  mtime: number;
  ino: number;
  /** Whether a later change must have another time: a file system's clock has ticks. */
  settled: boolean;
}

/** How far apart two changes are that surely have different times, in milliseconds. */
const TICKS = 2_000;

/** A file as it was. */
interface Kept {
  bytes: Uint8Array<ArrayBuffer>;
  stamp: Stamp;
}

/** Files that Deno looks for in the folders around a program. */
const CONFIGURATION = ["deno.json", "deno.jsonc", "import_map.json", "package.json", "deno.lock"];

/** Whether an import of this file leads to further ones. */
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

  /** Reads them: the main module and whatever it leads to. */
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

  /** Whether a file is not what it was any more. */
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
      // written anew as it was
      kept.stamp = now;
      return false;
    });
  }

  /** Writes the files as they were below a folder; the path of the main module there. */
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
