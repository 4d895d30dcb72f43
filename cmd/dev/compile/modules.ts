/**
 * Makes few modules of a program's many: a compiled program reads and links each of its modules at
 * every start, 0.15 ms each.
 *
 * The main module and each module that a Worker runs stay separate, at their places in the
 * repository; what several of them need goes into shared modules. Modules that a program imports
 * later, by `import()`, are still loaded only then. A merged module still knows its own place:
 * `import.meta.url` is what it was, so that files beside it are found.
 *
 * @module
 */

import { build, type Plugin, stop } from "esbuild";
import { createRequire, isBuiltin } from "node:module";
import { dirname, join, relative } from "node:path/posix";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

/** A file of a program, at its path from the repository's folder. */
export interface ModuleFile {
  path: string;
  text: string;
}

/**
 * A placeholder for the path from a made module to the repository's folder, before that path is
 * known.
 */
const TO_ROOT = "<to-root>/";

/** The name of the module that is made of an entry. */
export function madeModule(entry: string): string {
  return entry.replace(/\.[mc]?[jt]s$/, ".js");
}

/**
 * Changes the text of a module that will be merged into another one: `import.meta.url` becomes its
 * place in the repository, and the URL of a Worker's module that of the made one.
 *
 * @param path path of the module, from the repository's folder.
 * @param entries paths of the modules that stay separate, from the repository's folder.
 */
export function placed(path: string, text: string, entries: readonly string[]): string {
  const place = `new URL("${TO_ROOT}${path}", import.meta.url)`;
  return text.replace(
    /new URL\("(\.[^"]*\.ts)", import\.meta\.url\)|\bimport\.meta\.url\b/g,
    (_, target?: string) => {
      if (target === undefined) return `${place}.href`;
      const entry = join(dirname(path), target);
      const module = entries.includes(entry) ? madeModule(entry) : entry;
      return `new URL("${TO_ROOT}${module}", import.meta.url)`;
    },
  );
}

/**
 * Namespace of modules that import a built-in module of Node.js for code that asks for it by
 * `require`.
 */
const BUILTIN = "required builtin";

/** Options of {@linkcode bundleModules}. */
export interface BundleOptions {
  /**
   * A module that each entry loads before itself, from the repository's folder; it exports nothing.
   */
  first?: string;
  /**
   * Is given long data that packages have in their texts, compressed, by the path from the
   * repository's folder at which the made modules read it. Deno reads all that a compiled program
   * has inside at every start, 0.75 ms for a megabyte, and few runs need it.
   */
  data?: Map<string, Uint8Array<ArrayBuffer>>;
  /** Is given the npm packages that are used, with their versions; they stay imports. */
  packages?: Map<string, string>;
}

/** Data in the text of a package: `Buffer.from("...", "base64")`, of 75 kB or more. */
const DATA = /\b[\w$]+\.from\("([\w+/]{100000,}=*)", "base64"\)/g;

/** Namespace of modules that read such data. */
const DATA_MODULE = "data of a package";

/** Takes long data out of the text of a package. */
function withoutData(text: string, data: Map<string, Uint8Array<ArrayBuffer>>): string {
  return text.replace(DATA, (_, base64: string) => {
    const path = `modules/data-${data.size}.gz`;
    data.set(path, new Uint8Array(gzipSync(Uint8Array.fromBase64(base64), { level: 9 })));
    return `require("${DATA_MODULE}:${path}").default`;
  });
}

/** The text of a module that reads such data when it is loaded. */
const dataModule = (path: string) => `
import { gunzipSync } from "node:zlib";
export default gunzipSync(Deno.readFileSync(new URL("${TO_ROOT}${path}", import.meta.url)));
`;

/** Namespace of entries that load another module first. */
const ENTRY = "entry";

/** What a name stands for: a path from the repository's folder, or a package of npm. */
function targetOf(name: string, imports: Record<string, string>): string | undefined {
  return name.startsWith("npm:") ? name : imports[name];
}

/** The path of a module that is imported by a name, and not by a path. */
function locate(
  name: string,
  importer: string,
  root: string,
  imports: Record<string, string>,
): string {
  // only Deno knows where it keeps packages of npm
  if (!importer.startsWith(root)) return createRequire(importer).resolve(name);
  const target = targetOf(name, imports);
  if (target === undefined) throw new Error(`${name} is not in the import map`);
  return target.startsWith("npm:")
    ? fileURLToPath(import.meta.resolve(target))
    : join(root, target);
}

/**
 * A plugin of esbuild that reads modules as {@linkcode placed} changes them, and finds packages of
 * npm where Deno keeps them.
 */
function places(
  root: string,
  entries: readonly string[],
  { first, data, packages }: BundleOptions,
  imports: Record<string, string>,
): Plugin {
  return {
    name: "places",
    setup({ onLoad, onResolve }) {
      if (first !== undefined) {
        onResolve(
          { filter: /^/ },
          ({ path, kind }) =>
            kind === "entry-point" ? { path: join(root, path), namespace: ENTRY } : undefined,
        );
        onLoad({ filter: /^/, namespace: ENTRY }, ({ path }) => ({
          contents: [join(root, first), path].map((path) =>
            `export * from ${JSON.stringify(path)};`
          )
            .join(""),
          resolveDir: root,
        }));
      }
      if (data !== undefined) {
        const named = RegExp(`^${DATA_MODULE}:`);
        onResolve({ filter: named }, ({ path }) => ({
          path: path.replace(named, ""),
          namespace: DATA_MODULE,
        }));
        onLoad({ filter: /^/, namespace: DATA_MODULE }, ({ path }) => ({
          contents: dataModule(path),
        }));
        onLoad({ filter: /\.c?js$/ }, async ({ path }) => {
          if (path.startsWith(root)) return undefined;
          return { contents: withoutData(await Deno.readTextFile(path), data), loader: "js" };
        });
      }
      onResolve({ filter: /^[^./]/ }, ({ path, kind, importer }) => {
        if (kind === "entry-point") return undefined;
        const [, name, version] = targetOf(path, imports)?.match(/^npm:(.+)@([^/@]+)$/) ?? [];
        if (packages && name !== undefined && version !== undefined) {
          packages.set(name, version);
          return { path: name, external: true };
        }
        const located = isBuiltin(path) ? path : locate(path, importer, root, imports);
        if (!isBuiltin(located)) return { path: located };
        const builtin = `node:${located.replace(/^node:/, "")}`;
        return kind === "require-call"
          ? { path: builtin, namespace: BUILTIN }
          : { path: builtin, external: true };
      });
      onLoad({ filter: /^/, namespace: BUILTIN }, ({ path }) => ({
        contents: `export * from "${path}"; export { default } from "${path}";`,
      }));
      onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        const text = await Deno.readTextFile(path);
        return { contents: placed(relative(root, path), text, entries), loader: "ts" };
      });
    },
  };
}

/**
 * The modules of a program, and their source maps: errors name the lines of the sources by them.
 *
 * @param root The repository's folder.
 * @param entries The main module and those that Workers run, from there.
 * @throws {Error} where a module cannot be read or does not parse.
 */
export async function bundleModules(
  root: string,
  entries: readonly string[],
  options: BundleOptions = {},
): Promise<ModuleFile[]> {
  const { imports } = JSON.parse(Deno.readTextFileSync(join(root, "import_map.json")));
  try {
    const { outputFiles } = await build({
      absWorkingDir: root,
      entryPoints: [...entries],
      outbase: root,
      outdir: root,
      write: false,
      bundle: true,
      splitting: true,
      format: "esm",
      platform: "neutral",
      target: "esnext",
      chunkNames: "modules/[name]-[hash]",
      sourcemap: "linked",
      sourcesContent: false,
      // names and lines are kept for the stacks of errors
      minify: false,
      logLevel: "silent",
      plugins: [places(root, entries, options, imports)],
    });
    return outputFiles.map(({ path, text }) => {
      const made = relative(root, path);
      const toRoot = relative(dirname(made), ".") || ".";
      return { path: made, text: text.replaceAll(TO_ROOT, `${toRoot}/`) };
    });
  } finally {
    await stop();
  }
}
