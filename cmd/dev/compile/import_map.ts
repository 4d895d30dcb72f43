/**
 * The import map with which a script is compiled: its own, and the names by which it may import this
 * library.
 *
 * All paths in it are relative to the map: in a compiled program the files lie elsewhere, and what
 * is relative moves with them.
 *
 * @module
 */

import { parse } from "@std/jsonc";
import { dirname, relative, resolve } from "node:path/posix";
import { fileURLToPath, pathToFileURL } from "node:url";
import { isFile } from "../../../ffi/host/exists.ts";

/** Names, and what they stand for. */
type Names = Record<string, string>;

/** An import map, as a file has it. */
export interface ImportMap {
  imports: Names;
  scopes: Record<string, Names>;
}

/** What is used of a `deno.json`. */
interface Configuration {
  imports?: Names;
  scopes?: Record<string, Names>;
  importMap?: string;
  workspace?: unknown;
  lock?: unknown;
}

/** A `deno.json` that was found. */
export interface FoundConfiguration {
  path: string;
  content: Configuration;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A file that may have comments, as an object; undefined where there is none. */
function readObject(path: string): Record<string, unknown> | undefined {
  if (!isFile(path)) return undefined;
  let content: unknown;
  try {
    content = parse(Deno.readTextFileSync(path));
  } catch (error) {
    throw new RangeError(`${path}: ${error instanceof Error ? error.message : error}`);
  }
  return isRecord(content) ? content : undefined;
}

/**
 * The configurations that apply to the files of a folder, the nearest first: its `deno.json` or
 * `deno.jsonc` or that of a folder above, and the one of the workspace that this is in.
 */
export function configurationsOf(folder: string): FoundConfiguration[] {
  const found: FoundConfiguration[] = [];
  for (let at = folder;; at = dirname(at)) {
    for (const name of ["deno.json", "deno.jsonc"]) {
      const path = `${at === "/" ? "" : at}/${name}`;
      const content = readObject(path);
      if (!content) continue;
      if (found.length === 0 || "workspace" in content) found.push({ path, content });
      break;
    }
    if (at === "/") return found;
  }
}

function namesOf(value: unknown): Names {
  if (!isRecord(value)) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, target]) =>
      typeof target === "string" ? [[name, target]] : []
    ),
  );
}

/** A path as an import map in a folder has it. */
export function fromFolder(folder: string, path: string): string {
  const slash = path.endsWith("/") ? "/" : "";
  const there = relative(folder, path);
  return encodeURI(`${there.startsWith(".") ? "" : "./"}${there}`).replaceAll("#", "%23")
    .replaceAll("?", "%3F") + slash;
}

/** A path or URL of an import map, as the map in another folder has it. */
function moved(target: string, from: string, to: string): string {
  if (!/^(\.{0,2}\/|file:)/.test(target)) return target;
  return fromFolder(to, fileURLToPath(new URL(target, pathToFileURL(`${from}/`))));
}

function movedNames(names: Names, from: string, to: string): Names {
  return Object.fromEntries(
    Object.entries(names).map(([name, target]) => [moved(name, from, to), moved(target, from, to)]),
  );
}

/** What Deno adds to the names of a `deno.json`: the parts of packages. */
function withParts(names: Names): Names {
  const parts = Object.entries(names).flatMap(([name, target]) => {
    const [, scheme, reference] = target.match(/^(npm|jsr):\/?([^/].*)$/) ?? [];
    return name.endsWith("/") || scheme === undefined || `${name}/` in names
      ? []
      : [[`${name}/`, `${scheme}:/${reference}/`]];
  });
  return { ...Object.fromEntries(parts), ...names };
}

/** The import map of some content, with paths from the folder `to`. */
function mapOf(content: Record<string, unknown>, from: string, to: string): ImportMap {
  const scopes = isRecord(content["scopes"]) ? content["scopes"] : {};
  return {
    imports: movedNames(namesOf(content["imports"]), from, to),
    scopes: Object.fromEntries(
      Object.entries(scopes).map(([scope, names]) => [
        moved(scope, from, to),
        movedNames(namesOf(names), from, to),
      ]),
    ),
  };
}

/** The import map in a file. */
function mapIn(path: string, to: string): ImportMap {
  const content = readObject(path);
  if (!content) throw new RangeError(`${path}: expected a file with an import map, got none`);
  return mapOf(content, dirname(path), to);
}

/** The import map of a configuration. */
function mapOfConfiguration({ path, content }: FoundConfiguration, to: string): ImportMap {
  const { imports, scopes, importMap } = content;
  if (typeof importMap === "string" && imports === undefined && scopes === undefined) {
    return mapIn(resolve(dirname(path), importMap), to);
  }
  const map = mapOf({ ...content }, dirname(path), to);
  return { imports: withParts(map.imports), scopes: map.scopes };
}

/**
 * A script's own import map.
 *
 * @param configurations the nearest first.
 * @param given path of the map that is used in place of theirs.
 * @param to the folder from which paths are.
 */
export function ownMap(
  configurations: readonly FoundConfiguration[],
  given: string | undefined,
  to: string,
): ImportMap {
  const maps = given === undefined
    ? configurations.map((found) => mapOfConfiguration(found, to))
    : [mapIn(given, to)];
  return maps.reduceRight<ImportMap>(
    (all, { imports, scopes }) => ({
      imports: { ...all.imports, ...imports },
      scopes: { ...all.scopes, ...scopes },
    }),
    { imports: {}, scopes: {} },
  );
}

/** Names that stand for one of this library's entries, whatever registry they name. */
const OURS = /^(?:(?:npm|jsr):\/?)?(?:@denodpdk\/)?denodpdk(?:@[^/]+)?(\/[a-z]+)?$/;

/** The entry that a name stands for, as `./net`; undefined for another library. */
export function entryNamed(name: string): string | undefined {
  const [found, part = ""] = name.match(OURS) ?? [];
  return found === undefined ? undefined : `.${part}`;
}

/** What a name of an import map's stands for; the name itself where the map does not have it. */
function targetOf(name: string, names: Names): string {
  const exact = names[name];
  if (exact !== undefined) return exact;
  const [prefix, target] = Object.entries(names)
    .filter(([key]) => key.endsWith("/") && name.startsWith(key))
    .toSorted(([a], [b]) => b.length - a.length)[0] ?? [];
  return prefix === undefined ? name : `${target}${name.slice(prefix.length)}`;
}

/**
 * A map in which all names of this library stand for its entries in the map's folder.
 *
 * @param entries for each entry, as `./net`, where it is from the map's folder.
 * @param used for each module of a script, from there, the names that it imports. It gets a scope
 * of its own: the members of a workspace have scopes that come before the map's names.
 */
export function withEntries(
  { imports, scopes }: ImportMap,
  entries: ReadonlyMap<string, string>,
  used: ReadonlyMap<string, readonly string[]>,
): ImportMap {
  const ours = (names: readonly string[]) =>
    Object.fromEntries(names.flatMap((name) => {
      const known = entryNamed(name) ?? entryNamed(targetOf(name, imports)) ?? "";
      const entry = entries.get(known);
      return entry === undefined ? [] : [[name, entry]];
    }));
  const usual = [...entries.keys()].flatMap((entry) =>
    ["denodpdk", "@denodpdk/denodpdk"].map((name) => name + entry.slice(1))
  );
  const own = [...used].map(([module, names]) => [module, ours(names)] as const)
    .filter(([, names]) => Object.keys(names).length > 0);
  return {
    imports: { ...imports, ...ours(usual) },
    scopes: { ...scopes, ...Object.fromEntries(own) },
  };
}
