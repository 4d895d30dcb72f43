/**
 * The modules of a script, as Deno finds them, and what is wrong with one.
 *
 * @module
 */

import { dirname, relative } from "node:path/posix";
import { fileURLToPath, pathToFileURL } from "node:url";
import { isFile } from "../../../ffi/host/exists.ts";
import { runToEnd } from "../../lib/command.ts";

/** A place in a module, counted from 0. */
interface Position {
  line: number;
  character: number;
}

/** What one import of a module became. */
interface Resolution {
  specifier?: string;
  error?: string;
  span?: { start: Position };
}

/** A module, as `deno info --json` describes it. */
export interface InfoModule {
  specifier: string;
  error?: string;
  local?: string;
  dependencies?: { specifier: string; code?: Resolution; isDynamic?: boolean }[];
}

/** What is used of the output of `deno info --json`. */
interface Info {
  modules: InfoModule[];
}

/** A local path, as the person who is in folder `cwd` would write it. */
export function shownPath(url: string, cwd: string): string {
  if (!url.startsWith("file:")) return url;
  const path = fileURLToPath(url);
  const short = relative(cwd, path);
  return short.startsWith("../") ? path : short;
}

/** Where a module is imported, as `my.ts:1:8`, for the error about it. */
function importer(modules: readonly InfoModule[], url: string, cwd: string): string | undefined {
  for (const { specifier, dependencies = [] } of modules) {
    const found = dependencies.find(({ code }) => code?.specifier === url);
    if (found) return `${shownPath(specifier, cwd)}${place(found.code)}`;
  }
}

function place(resolution: Resolution | undefined): string {
  const start = resolution?.span?.start;
  return start ? `:${start.line + 1}:${start.character + 1}` : "";
}

/**
 * Why the modules cannot be compiled, with file, line and column; undefined where they can. What is
 * imported later, by `import()`, may be missing, as under `deno run`.
 *
 * @param cwd the folder of the person who reads it.
 */
export function graphFault(modules: readonly InfoModule[], cwd: string): string | undefined {
  const later = new Set(
    modules.flatMap(({ dependencies = [] }) =>
      dependencies.filter(({ isDynamic }) => isDynamic).map(({ code }) => code?.specifier)
    ),
  );
  for (const { specifier, error } of modules) {
    const [first = ""] = error?.split("\n") ?? [];
    if (first === "" || later.has(specifier)) continue;
    const [, reason, url = "", at] = first.match(/parsed: (.*) at (\S+?)(:\d+:\d+)$/) ?? [];
    if (reason !== undefined) return `${shownPath(url, cwd)}${at}: ${reason}`;
    const where = importer(modules, specifier, cwd) ?? shownPath(specifier, cwd);
    const missing = first.startsWith("Module not found");
    return `${where}: ${missing ? `there is no ${shownPath(specifier, cwd)}` : first}`;
  }
  for (const { specifier, dependencies = [] } of modules) {
    const wrong = dependencies.find(({ code, isDynamic }) => code?.error && !isDynamic);
    if (!wrong) continue;
    const reason = (wrong.code?.error ?? "").split("\n")[0]?.replace(/ from "[^"]*"$/, "");
    return `${shownPath(specifier, cwd)}${place(wrong.code)}: ${reason}`;
  }
}

/** What a module names beside itself: Workers' modules, and files that it reads. */
export function namedFiles(text: string): string[] {
  const pattern =
    /\bnew URL\(\s*(["'`])(\.{1,2}\/[^"'`$]+)\1\s*,\s*import\.meta\.url|\bimport\.meta\.resolve\(\s*(["'`])(\.{1,2}\/[^"'`$]+)\3/g;
  return Array.from(text.matchAll(pattern), ([, , url, , resolved]) => url ?? resolved ?? "");
}

/** Whether a file is a module. */
export function isModule(path: string): boolean {
  return /\.[mc]?[jt]sx?$/.test(path);
}

/** A script's modules and the files that it names. */
export interface ScriptGraph {
  modules: InfoModule[];
  /** Paths of what is not imported: modules of Workers, and files that are read. */
  named: string[];
}

/**
 * Finds the modules of a script, and of its Workers.
 *
 * @param script path of the script.
 * @param flags of Deno, about configuration.
 * @param ours whether a module belongs to this library, where nothing is looked for.
 * @throws {RangeError} where Deno cannot tell them.
 */
export async function scriptGraph(
  script: string,
  flags: readonly string[],
  ours: (path: string) => boolean,
): Promise<ScriptGraph> {
  const modules = new Map<string, InfoModule>();
  const named = new Set<string>();
  const waiting = [script];
  for (let path; (path = waiting.pop()) !== undefined;) {
    for (const module of await infoOf(path, dirname(script), flags)) {
      if (modules.has(module.specifier)) continue;
      modules.set(module.specifier, module);
      const { local } = module;
      if (!module.specifier.startsWith("file:") || !local || !isModule(local) || ours(local)) {
        continue;
      }
      for (const name of namedFiles(Deno.readTextFileSync(local))) {
        const file = fileURLToPath(new URL(name, module.specifier));
        if (named.has(file) || !isFile(file)) continue;
        named.add(file);
        if (isModule(file)) waiting.push(file);
      }
    }
  }
  return { modules: [...modules.values()], named: [...named] };
}

async function infoOf(path: string, cwd: string, flags: readonly string[]): Promise<InfoModule[]> {
  // as a URL: Deno takes what is behind a # in a path away
  const args = ["info", "--json", ...flags, pathToFileURL(path).href];
  const ended = await runToEnd(Deno.execPath(), args, { cwd, env: { NO_COLOR: "1" } });
  if (!ended.success) throw new RangeError(`deno info: ${ended.stderr.trim().split("\n")[0]}`);
  const { modules }: Info = JSON.parse(ended.stdout);
  return modules;
}
