/**
 * Keeps the modules of scripts, made ready to be loaded, in a folder of the user's cache that
 * nobody else can change. A script is made ready anew only when one of its files has changed.
 *
 * @module
 */

import { fileURLToPath, pathToFileURL } from "node:url";
import {
  exists,
  holdFolder,
  inCache,
  removeQuietly,
  removeUnheld,
  removeUnlessHeld,
} from "../../lib/cache.ts";
import { digestOf } from "../../lib/digest.ts";
import { VERSION } from "../../lib/version.ts";
import { THREAD } from "./entries.ts";
import type { ScriptGraph } from "./graph.ts";

/** The file that lists a script's modules. */
const LIST = "modules.json";
/** How the names of folders begin. */
const PREFIX = "script-";
/** How those begin that are kept as long as a script runs. */
export const LATE_PREFIX = `${PREFIX}late-`;
/** The operation in errors. */
const KEEP = "keep the script";
/** Letters of a digest in names. */
const LETTERS = 16;

/** The modules of a script in a folder. */
export interface Stored {
  /** URL of the folder, with a slash at its end. */
  folder: string;
  /** URL of the user's main module. */
  entry: string;
  /** The modules: URL and digest of the user's file, and the name of the one that is loaded. */
  modules: StoredModule[];
}

/** One of them. */
export interface StoredModule {
  url: string;
  digest: string;
  file: string;
}

/** What is in {@linkcode LIST}. */
interface List extends Omit<Stored, "folder"> {
  /** What made them. */
  maker: string;
}

/**
 * What tells this program from others: its modules have other URLs, or it strips in another way.
 */
function maker(): string {
  const own = Deno.build.standalone
    ? [Deno.statSync(Deno.execPath())]
    : [...Deno.readDirSync(new URL(".", import.meta.url))]
      .map(({ name }) => Deno.statSync(new URL(name, import.meta.url)));
  const newest = Math.max(...own.map(({ mtime }) => mtime?.getTime() ?? 0));
  return [VERSION, THREAD.href, own[0]?.size, newest].join(" ");
}

const prefixOf = (entry: string) => `${PREFIX}${digestOf(entry).slice(0, LETTERS)}-`;

/** The list in a folder; undefined where there is none. */
function listIn(folder: string): List | undefined {
  try {
    return JSON.parse(Deno.readTextFileSync(`${folder}/${LIST}`));
  } catch {
    return undefined;
  }
}

function isUnchanged({ url, digest }: StoredModule): boolean {
  try {
    return digestOf(Deno.readFileSync(fileURLToPath(url))) === digest;
  } catch {
    return false;
  }
}

const urlOf = (folder: string) => `${pathToFileURL(folder).href}/`;

/** The modules in the folder of a module that was loaded from there. */
export function storedBeside(module: string): Stored | undefined {
  const folder = new URL(".", module);
  const list = listIn(fileURLToPath(folder).replace(/\/$/, ""));
  return list && { folder: folder.href, entry: list.entry, modules: list.modules };
}

/** The modules of a script that were made ready before, when none of its files has changed since. */
export function findStored(entry: string): Stored | undefined {
  return inCache(KEEP, (cache) => {
    const prefix = prefixOf(entry);
    for (const { name } of Deno.readDirSync(cache)) {
      if (!name.startsWith(prefix)) continue;
      const folder = `${cache}/${name}`;
      const list = listIn(folder);
      if (list?.maker !== maker() || !list.modules.every(isUnchanged)) continue;
      holdFolder(folder);
      // another process may have removed it before it was held
      if (listIn(folder)) return { folder: urlOf(folder), entry, modules: list.modules };
    }
  });
}

/** Writes the files of a graph into a new folder, and holds it. */
function write(folder: string, graph: ScriptGraph): StoredModule[] {
  holdFolder(folder);
  const own = [...graph.modules.values()];
  for (const module of own) {
    Deno.writeTextFileSync(`${folder}/${module.file}`, graph.textOf(module), { mode: 0o400 });
  }
  const modules = own.map(({ url, digest, file }) => ({ url, digest, file }));
  const ready = [...graph.ready].map(([url, file]) => ({ url, digest: "", file }));
  const list: List = { maker: maker(), entry: graph.entry, modules: [...modules, ...ready] };
  Deno.writeTextFileSync(`${folder}/${LIST}`, JSON.stringify(list), { mode: 0o400 });
  return list.modules;
}

/** Removes what was kept for scripts that are not there any more. */
function removeForgotten(cache: string): void {
  for (const { name } of Deno.readDirSync(cache)) {
    if (!name.startsWith(PREFIX) || name.startsWith(LATE_PREFIX)) continue;
    const list = listIn(`${cache}/${name}`);
    if (list && !exists(fileURLToPath(list.entry))) removeUnlessHeld(`${cache}/${name}`);
  }
}

/**
 * Keeps the modules of a script in place of what was kept for it before.
 *
 * @throws {DpdkError} where there is no folder for it.
 */
export function store(graph: ScriptGraph): Stored {
  return inCache(KEEP, (cache) => {
    const contents = [...graph.modules.values()].map(({ url, digest }) => `${url} ${digest}\n`);
    const prefix = prefixOf(graph.entry);
    const id = digestOf(`${maker()}\n${contents.join("")}`).slice(0, LETTERS);
    const [folder, temporary] = [
      `${cache}/${prefix}${id}`,
      `${cache}/${prefix}${crypto.randomUUID()}`,
    ];
    const modules = write(temporary, graph);
    try {
      Deno.renameSync(temporary, folder);
    } catch {
      // another process was faster, or the folder was left empty
    }
    holdFolder(folder);
    const complete = listIn(folder) ? folder : temporary;
    if (complete === folder) removeQuietly(temporary);
    removeUnheld(cache, prefix, complete);
    removeUnheld(cache, LATE_PREFIX, "");
    removeForgotten(cache);
    return { folder: urlOf(complete), entry: graph.entry, modules };
  });
}

/** Keeps modules that a running script has named by computed names, as long as it runs. */
export function storeLate(graph: ScriptGraph): Stored {
  return inCache(KEEP, (cache) => {
    const folder = `${cache}/${LATE_PREFIX}${crypto.randomUUID()}`;
    const modules = write(folder, graph);
    removeUnheld(cache, LATE_PREFIX, folder);
    return { folder: urlOf(folder), entry: graph.entry, modules };
  });
}
