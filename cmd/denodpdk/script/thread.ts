/**
 * What a script's modules find in each thread that runs them: their own URL in `import.meta`, the
 * script's arguments, Workers and `import()` that know the user's files.
 *
 * Each module of a script, as it is loaded, begins with a call of {@linkcode enter}.
 *
 * @module
 */

import { dirname } from "node:path/posix";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { useBundleInside } from "../../lib/inside.ts";
import { setCodeFinder } from "../../lib/source_modules.ts";
import { readCommandLine } from "./command_line.ts";
import { ENTRIES, isOwnModule, refusalOf } from "./entries.ts";
import { nameOptions } from "./permission_words.ts";
import { type Stored, storedBeside } from "./store.ts";

const inWorker = "DedicatedWorkerGlobalScope" in globalThis;

/** The script's main module; undefined before the first module is entered. */
let entry: string | undefined;

/** What is loaded in the place of the user's files, by their URLs. */
const codes = new Map<string, string>();

/** Makes modules ready that were not found before the script ran; set by late.ts. */
let prepare: ((url: string, ready: ReadonlyMap<string, string>) => Stored) | undefined;

/** Sets what makes modules ready while the script runs. */
export function setPreparer(preparer: NonNullable<typeof prepare>): void {
  prepare = preparer;
}

function know({ folder, modules }: Stored): void {
  for (const { url, file } of modules) codes.set(url, new URL(file, folder).href);
}

/** A function or class, up to which an error's stack is of no use. */
type Caller = Parameters<typeof Error.captureStackTrace>[1];

/** Takes what is in this file, and what it calls, out of an error's stack. */
function withoutOwnFrames(error: unknown, caller: Caller): unknown {
  if (error instanceof Error) Error.captureStackTrace(error, caller);
  return error;
}

/** The URL to load in the place of a user's module; its own where it is no module of the user. */
function codeFor(url: string): string {
  if (!url.startsWith("file:") || isOwnModule(url)) return url;
  const known = codes.get(url);
  if (known !== undefined || [...codes.values()].includes(url)) return known ?? url;
  if (!prepare) {
    throw new TypeError(
      `${url} is not known before the script runs: name it by new URL("./FILE.ts", import.meta.url)`,
    );
  }
  know(prepare(url, codes));
  return codes.get(url) ?? url;
}

/** {@linkcode codeFor}, for a function that a module of the user has called. */
function codeIn(called: Caller, url: string): string {
  try {
    return codeFor(url);
  } catch (error) {
    throw withoutOwnFrames(error, called);
  }
}

/** Replaces what `Deno` has of that name. */
function redefine(name: "args" | "mainModule", value: unknown): void {
  Object.defineProperty(Deno, name, { value, configurable: true, enumerable: true });
}

/** Makes this thread one of a script. */
export function begin(stored: Stored, args: readonly string[]): void {
  entry = stored.entry;
  know(stored);
  redefine("args", [...args]);
  process.argv.splice(1, Infinity, fileURLToPath(stored.entry), ...args);
  if (!inWorker) redefine("mainModule", stored.entry);
  setCodeFinder(codeFor);
  if (Deno.build.standalone) useBundleInside();
  nameOptions();
  const Plain = globalThis.Worker;
  globalThis.Worker = class Worker extends Plain {
    constructor(specifier: string | URL, options?: WorkerOptions) {
      super(codeIn(Worker, `${specifier}`), options);
    }
  };
}

/** What a name means in a module of the user. */
function resolved(name: string, base: string): string {
  const own = ENTRIES[name];
  if (own) return own.href;
  if (/^(\.{0,2}\/|file:)/.test(name)) return new URL(name, base).href;
  if (/^\w+:/.test(name)) return name;
  throw new TypeError(`Import "${name}" not a dependency`);
}

/** Called first by each module of a script: gives it its own place. */
export function enter(meta: ImportMeta, url: string): void {
  if (entry === undefined) {
    const stored = storedBeside(meta.url);
    if (stored) begin(stored, readCommandLine(Deno.args.slice(1)).args);
  }
  const filename = fileURLToPath(url);
  Object.assign(meta, {
    url,
    filename,
    dirname: dirname(filename),
    main: meta.main || !inWorker && url === entry,
    resolve: (name: string) => resolved(name, url),
  });
}

/** Where to load a module from that a module of the user names. */
async function located(base: string, name: string, isCode: boolean): Promise<string> {
  const url = resolved(name, base);
  const refusal = refusalOf(url, fileURLToPath(entry ?? base));
  if (refusal) throw new TypeError(`${refusal.reason} (${refusal.hint})`);
  if (!isCode || !url.startsWith("file:") || isOwnModule(url)) return url;
  if (!codes.has(url)) await import("./late.ts");
  return codeFor(url);
}

/** `import()` of a module of the user, for names that are no literals. */
export async function load(
  base: string,
  name: unknown,
  options?: ImportCallOptions,
): Promise<unknown> {
  const url = await located(base, `${name}`, !options?.with).catch((error) => {
    throw withoutOwnFrames(error, load);
  });
  return await import(url, options);
}
