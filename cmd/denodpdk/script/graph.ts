/**
 * The modules of a script: what it imports and what its Workers run, each made ready to be loaded.
 *
 * @module
 */

import { isBuiltin } from "node:module";
import { basename } from "node:path/posix";
import { fileURLToPath } from "node:url";
import { isFile } from "../../lib/cache.ts";
import { digestOf } from "../../lib/digest.ts";
import { didYouMean, DpdkError } from "../../lib/error.ts";
import { type Edit, edited } from "./edit.ts";
import { ENTRIES, LATE, refusalOf, THREAD } from "./entries.ts";
import { shownPath } from "./url.ts";
import { jsonFault } from "./json.ts";
import { Fault, type Parsed, parseModule, type Reference } from "./parse.ts";

/** A module of a script. */
export interface ScriptModule {
  /** URL of the user's file. */
  url: string;
  /** SHA-256 of that file, in hexadecimal digits. */
  digest: string;
  /** Name of the file that is loaded in its place. */
  file: string;
  /** The text of the user's file. */
  source: string;
  /** What was found in it. */
  parsed: Parsed;
  /** Where what it names leads; what leads nowhere, or is no module, is left out. */
  targets: Map<Reference, Target>;
}

/** The files that can be modules, by the ends of their names. */
const CODE = /\.(ts|mts|js|mjs)$/;
/** Those that have types. */
const TYPED = /\.m?ts$/;

/** The error about a place in a module. */
export function faultIn(
  url: string,
  source: string,
  at: number,
  { message, hint }: { message: string; hint?: string | undefined },
): DpdkError {
  const before = source.slice(0, at);
  const line = before.split("\n").length;
  const column = at - before.lastIndexOf("\n");
  return new DpdkError({
    operation: `${shownPath(url)}:${line}:${column}`,
    reason: message,
    ...hint ? { hint } : {},
  });
}

/** The error about a file of another kind. */
function noModule(url: string): DpdkError {
  const reason = "expected a file .ts, .mts, .js or .mjs";
  return new DpdkError({ operation: shownPath(url), reason });
}

/** What helps where a file is missing: the same name with another end. */
function nearName(name: string, path: string): string | undefined {
  const stem = path.replace(/\.\w+$/, "");
  const end = [".ts", ".js", ".mts", ".mjs"].find((end) => isFile(stem + end));
  return end && `did you mean '${name.replace(/\.\w+$/, "")}${end}'?`;
}

/** Where a name leads: to a module of the script, or to what is loaded as it is. */
type Target = { module: string } | { asItIs: string };

/** A module that is to be read. */
interface Wanted {
  url: string;
  /** How it is named. */
  use: Reference["use"];
  /** Whether the script cannot start without it. */
  isNeeded: boolean;
}

/** The modules of a script. */
export class ScriptGraph {
  readonly modules = new Map<string, ScriptModule>();
  /**
   * Why modules cannot be loaded that are loaded later, as by `import()`: told when that happens.
   */
  readonly later: DpdkError[] = [];
  readonly #failed = new Map<string, unknown>();

  /**
   * Reads the main module and all that it needs.
   *
   * @param entry URL of the main module.
   * @param ready URLs of modules that are ready already, and of what is loaded in their place.
   * @throws {DpdkError} for the first module that cannot be loaded.
   */
  constructor(readonly entry: string, readonly ready: ReadonlyMap<string, string> = new Map()) {
    const waiting: Wanted[] = [{ url: entry, use: "import", isNeeded: true }];
    for (let wanted; (wanted = waiting.shift());) waiting.push(...this.#add(wanted));
  }

  /** Reads a module. Returns those that it names. */
  #add({ url, use, isNeeded }: Wanted): Wanted[] {
    if (this.#failed.has(url) && isNeeded) throw this.#failed.get(url);
    if (this.modules.has(url) || this.ready.has(url) || this.#failed.has(url)) return [];
    try {
      const module = this.#read(url);
      this.modules.set(url, module);
      return module.parsed.references.flatMap((reference) => {
        const isLoaded = isNeeded && reference.use === "import";
        const target = this.#target(module, reference, isLoaded);
        if (!target) return [];
        module.targets.set(reference, target);
        if (!("module" in target)) return [];
        return [{ url: target.module, use: reference.use, isNeeded: isLoaded }];
      });
    } catch (error) {
      if (isNeeded) throw error;
      this.#failed.set(url, error);
      if (use !== "named" && error instanceof DpdkError) this.later.push(error);
      return [];
    }
  }

  #read(url: string): ScriptModule {
    const path = fileURLToPath(url);
    let bytes;
    try {
      bytes = Deno.readFileSync(path);
    } catch (error) {
      // Deno opens no device for what has only the permission to read files
      if (error instanceof Deno.errors.NotCapable && !CODE.test(path)) throw noModule(url);
      const missing = error instanceof Deno.errors.NotFound;
      const text = error instanceof Error ? error.message.replace(/ \(os error.*/, "") : `${error}`;
      throw new DpdkError({
        operation: shownPath(url),
        reason: missing ? "there is no such file" : text,
      });
    }
    if (!CODE.test(path)) throw noModule(url);
    const source = new TextDecoder().decode(bytes);
    const file = `${this.modules.size}-${
      basename(path).replace(/[^\w.-]/g, "_").replace(CODE, "")
    }.mjs`;
    try {
      const parsed = parseModule(source, TYPED.test(path));
      return { url, digest: digestOf(bytes), file, source, parsed, targets: new Map() };
    } catch (error) {
      throw error instanceof Fault ? faultIn(url, source, error.at, error) : error;
    }
  }

  /** Where a reference leads; undefined where it leads nowhere, or to no module. */
  #target(from: ScriptModule, reference: Reference, isNeeded: boolean): Target | undefined {
    try {
      return targetOf(from.url, reference);
    } catch (error) {
      const fault = error instanceof Fault
        ? faultIn(from.url, from.source, error.at, error)
        : error;
      if (!(fault instanceof DpdkError)) throw error;
      if (isNeeded) throw fault;
      if (reference.use !== "named") this.later.push(fault);
    }
  }

  /** What is imported in the place of what a name leads to. */
  #madeFor(target: Target | undefined): string | undefined {
    if (!target) return undefined;
    if ("asItIs" in target) return target.asItIs;
    const made = this.modules.get(target.module);
    return this.ready.get(target.module) ?? (made && `./${made.file}`);
  }

  /**
   * The text that is loaded in a module's place.
   *
   * @param stop a module to import before all others.
   */
  textOf(module: ScriptModule, stop?: string): string {
    const { url, targets, parsed: { text, references, computesWorkers } } = module;
    const computed = [...module.parsed.computed];
    const edits: Edit[] = [];
    for (const reference of references) {
      // what URLs name is found by the user's own URL
      if (reference.use !== "import" && reference.use !== "later") continue;
      const made = this.#madeFor(targets.get(reference));
      const { start, end } = reference;
      // a module that is not ready is made ready, or refused, when it is imported
      if (made !== undefined) edits.push({ start, end, text: JSON.stringify(made) });
      else if (reference.use === "later") computed.push(text.lastIndexOf("import", start));
    }
    const [enter, load] = ["enter", "load"].map((name) => freeName(`__denodpdk_${name}`, text));
    for (const at of computed) {
      const behind = text.indexOf("(", at) + 1;
      edits.push({ start: at, end: behind, text: `${load}(${JSON.stringify(url)},` });
    }
    const hashbang = text.startsWith("#!") ? 2 : 0;
    const first = [
      stop === undefined ? "" : `import${JSON.stringify(stop)};`,
      `import{enter as ${enter},load as ${load}}from${JSON.stringify(THREAD.href)};`,
      computesWorkers ? `import${JSON.stringify(LATE.href)};` : "",
      `${enter}(import.meta,${JSON.stringify(url)});`,
      hashbang ? "//" : "",
    ].join("");
    edits.push({ start: 0, end: hashbang, text: first });
    edits.sort((a, b) => a.start - b.start);
    return edited(text, edits, url);
  }
}

/** A name that does not occur in a text. */
function freeName(name: string, text: string): string {
  return text.includes(name) ? freeName(`${name}_`, text) : name;
}

/** Reads JSON as V8 will, which names no file in its errors. */
function checkJson(url: string): void {
  const source = Deno.readTextFileSync(fileURLToPath(url)).replace(/^\ufeff/, "");
  const wrong = jsonFault(source);
  if (!wrong) return;
  const { at, reason } = wrong;
  throw at === undefined
    ? new DpdkError({ operation: shownPath(url), reason })
    : faultIn(url, source, at, { message: reason });
}

/**
 * Where a reference of a module leads; undefined for a file that is no module, but is named.
 *
 * @throws {Fault} where it leads nowhere.
 * @throws {DpdkError} where it leads to JSON that cannot be read.
 */
function targetOf(from: string, { use, name, start, type }: Reference): Target | undefined {
  const what = use === "worker" ? "starts a Worker of" : "imports";
  const entry = ENTRIES[name];
  if (entry) return { asItIs: entry.href };
  const refusal = refusalOf(name, shownPath(from));
  if (refusal) throw new Fault(start, refusal.reason, refusal.hint);
  if (/^(data|blob):/.test(name) || isBuiltin(name) && name.startsWith("node:")) {
    return { asItIs: name };
  }
  if (!/^(\.{0,2}\/|file:)/.test(name)) {
    const hint = isBuiltin(name)
      ? `did you mean 'node:${name}'?`
      : didYouMean(name, Object.keys(ENTRIES));
    throw new Fault(
      start,
      `${what} '${name}', which is neither a file nor a part of denodpdk`,
      hint,
    );
  }
  const { href, pathname } = new URL(name, from);
  const path = fileURLToPath(href);
  if (!isFile(path)) {
    const reason = `${what} '${name}', which is not there`;
    throw new Fault(start, reason, nearName(name, path));
  }
  if (CODE.test(pathname)) return { module: href };
  if (use === "named") return undefined;
  if (/\.json$/.test(pathname) && type !== "json") {
    throw new Fault(start, `${what} '${name}' without \`with { type: "json" }\``);
  }
  if (type === "json") checkJson(href);
  if (/\.([jt]sx|cjs|cts)$/.test(pathname)) {
    throw new Fault(start, `${what} '${name}', and files of this kind do not run here`);
  }
  return { asItIs: href };
}
