/**
 * The types of the package: declarations that TypeScript makes of the sources.
 *
 * @module
 */

import { dirname, join, relative } from "node:path/posix";
import ts from "typescript";
import { runToEnd } from "../../lib/command.ts";
import type { StagedFile } from "../compile/target.ts";

/** Where declarations of Deno's own names would be; there is no such file. */
const DENO_TYPES = "/deno.d.ts";

/** Where the declarations would be written. */
const OUT = "/declarations/";

/** The declarations of Deno's own names, which are in no package. */
async function denoTypes(): Promise<string> {
  const { success, stdout, stderr } = await runToEnd(Deno.execPath(), ["types"]);
  if (!success) throw new Error(`deno types: ${stderr.trim()}`);
  return stdout;
}

/** A host that knows one file more. */
function hostWith(options: ts.CompilerOptions, path: string, text: string): ts.CompilerHost {
  const host = ts.createCompilerHost(options);
  const own = { fileExists: host.fileExists, readFile: host.readFile };
  host.fileExists = (name) => name === path || own.fileExists.call(host, name);
  host.readFile = (name) => name === path ? text : own.readFile.call(host, name);
  return host;
}

/** The relative imports of a declaration. */
const IMPORT = /(\bfrom |\bimport\()"(\.[^"]+)\.ts"/g;

/**
 * The declarations of modules, and of those that they need.
 *
 * @param root the folder of the sources.
 * @param entries the modules, from there.
 * @throws {Error} where a declaration cannot be made.
 */
export async function declarations(
  root: string,
  entries: readonly string[],
): Promise<StagedFile[]> {
  const options: ts.CompilerOptions = {
    allowImportingTsExtensions: true,
    declaration: true,
    emitDeclarationOnly: true,
    exactOptionalPropertyTypes: true,
    lib: ["lib.esnext.d.ts"],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    noUncheckedIndexedAccess: true,
    outDir: OUT,
    rootDir: root,
    strict: true,
    target: ts.ScriptTarget.ESNext,
    types: [],
  };
  const host = hostWith(options, DENO_TYPES, await denoTypes());
  const modules = entries.map((entry) => join(root, entry));
  const program = ts.createProgram([...modules, DENO_TYPES], options, host);
  const made = new Map<string, string>();
  const { diagnostics } = program.emit(undefined, (path, text) => made.set(path, text));
  // whether types are right is for `deno check` to say, which knows packages too
  for (const { messageText, file } of [...program.getDeclarationDiagnostics(), ...diagnostics]) {
    throw new Error(`${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`);
  }
  return needed(made, entries);
}

/** Of all declarations those that modules need, with imports as packages have them. */
function needed(made: ReadonlyMap<string, string>, entries: readonly string[]): StagedFile[] {
  const found = new Map<string, string>();
  const waiting = entries.map((entry) => join(OUT, entry));
  for (let module; (module = waiting.pop()) !== undefined;) {
    const path = module.replace(/\.ts$/, ".d.ts");
    const text = made.get(path);
    if (text === undefined) throw new Error(`there is no declaration of ${relative(OUT, module)}`);
    if (found.has(path)) continue;
    found.set(path, text.replace(IMPORT, '$1"$2.js"'));
    for (const [, , name] of text.matchAll(IMPORT)) waiting.push(join(dirname(path), `${name}.ts`));
  }
  return [...found].map(([path, text]) => ({ path: relative(OUT, path), text }));
}
