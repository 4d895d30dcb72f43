/**
 * A script of a user's, in any folder, that becomes one file.
 *
 * Deno itself reads the script's modules, so that all that it can import is there; this library
 * comes as a few modules made by esbuild, to which an import map leads whatever name the script has
 * for it.
 *
 * @module
 */

import { basename, dirname, relative, resolve } from "node:path/posix";
import { pathToFileURL } from "node:url";
import { exists, isFile } from "../../../ffi/host/exists.ts";
import { ELF_HEADER, elfEnd, readAt } from "../../../ffi/shim/carried.ts";
import { fail, refuse } from "../../lib/options.ts";
import type { CompileOptions } from "./options.ts";
import { permissionFlags, PROGRAMS } from "./programs.ts";
import { DIST, ROOT, type Target, writeFiles } from "./target.ts";

/** Names in `dist` that are not for scripts. */
const TAKEN: readonly string[] = [
  ...PROGRAMS.map(({ name }) => name),
  "bundle",
  "core",
  "manual",
  "SHA256SUMS",
];

/**
 * The folder from which a person's paths are: `deno task` runs in the repository's, and tells where
 * it was started.
 */
export function givenFrom(cwd: string, env = (name: string) => Deno.env.get(name)): string {
  return resolve(cwd) === resolve(ROOT) ? env("INIT_CWD") ?? cwd : cwd;
}

/** The name of a script's program: its file's, or its folder's, as `deno compile` has it. */
export function programName(path: string): string {
  const name = basename(path).replace(/\.[mc]?[jt]sx?$/, "");
  const isUsual = ["main", "mod", "index", "cli"].includes(name);
  return isUsual ? basename(dirname(path)) || name : name;
}

/**
 * Where a script's program goes.
 *
 * @param script its path, as it was given.
 * @param output where it is to go, likewise; `dist` where left out.
 * @param from the folder from which both are.
 * @throws {DpdkError} where something of this repository's has that name, or a file is there that is
 * no program, as a script.
 */
export function outputOf(script: string, output: string | undefined, from: string): string {
  const name = programName(resolve(from, script));
  const given = output === undefined ? undefined : resolve(from, output);
  const path = given === undefined
    ? `${ROOT}${DIST}/${name}`
    : output?.endsWith("/") || exists(given) && !isFile(given)
    ? `${given}/${name}`
    : given;
  // the name itself, or that of a folder which is another's
  const [inDist = ""] = relative(resolve(ROOT, DIST), path).split("/");
  if (TAKEN.includes(inDist)) {
    const what = output === undefined ? `'${script}'` : "--output";
    const hint = "--output names another file";
    refuse(what, "a name that nothing here has", inDist, hint);
  }
  if (exists(path) && !isProgram(path)) {
    refuse(output === undefined ? `'${script}'` : "--output", "a place for a program", path);
  }
  return path;
}

/** Whether a program is at a path, which another one may replace. */
function isProgram(path: string): boolean {
  if (!isFile(path)) return false;
  try {
    return elfEnd(readAt({ path, at: 0 }, ELF_HEADER)) > 0;
  } catch {
    return false;
  }
}

/** The name of a flag, without its value. */
const flagOf = (flag: string) => flag.replace(/=.*/, "");

/**
 * The flags of a script's permissions: the usual ones, and those that are given. A given flag takes
 * the place of the usual one; of variables and system information it adds to what this library
 * needs.
 */
export function scriptPermissions(given: readonly string[]): string[] {
  if (given.some((flag) => /^(-A|--allow-all)$/.test(flag))) {
    return ["--no-prompt", "--allow-all", ...given.filter((flag) => flag.startsWith("--deny-"))];
  }
  const needed = permissionFlags();
  const usual = needed.map((flag) => {
    const same = given.filter((other) => flagOf(other) === flagOf(flag));
    if (same.length === 0) return [flag];
    if (!/^--allow-(env|sys)$/.test(flagOf(flag))) return same;
    const values = [flag, ...same].map((one) => one.match(/=(.*)/)?.[1]);
    // without a value it is all of them
    return values.includes(undefined) ? [flagOf(flag)] : [`${flagOf(flag)}=${values.join(",")}`];
  });
  const known = needed.map(flagOf);
  return [...usual.flat(), ...given.filter((flag) => !known.includes(flagOf(flag)))];
}

/** Of the flags of permissions those about the hosts that modules may come from. */
export function importFlags(given: readonly string[]): string[] {
  const all = given.some((flag) => /^(-A|--allow-all)$/.test(flag));
  return [
    ...all ? ["--allow-import"] : [],
    ...given.filter((flag) => /^--(allow|deny)-import\b/.test(flag)),
  ];
}

/**
 * A script, as it is compiled.
 *
 * @param given its path, as it was given.
 * @param from the folder from which paths are.
 * @throws {DpdkError} where there is no such file, or it cannot have that name.
 */
function scriptTarget(given: string, options: CompileOptions, from: string): Target {
  const found = resolve(from, given);
  if (!isFile(found)) fail(`'${given}'`, "a script", "no file");
  // modules know themselves by the place where a link leads
  const script = Deno.realPathSync(found);
  const output = outputOf(given, options.output, from);
  const included = options.include.map((path) => resolve(from, path));
  const missing = options.include.find((_, i) => !exists(included[i] ?? ""));
  if (missing !== undefined) refuse("--include", "files and folders", missing);
  const { importMap } = options;
  return {
    name: basename(output),
    output,
    kinds: ["bundle"],
    async stage(folder) {
      // these fetch packages, which --help does without
      const { libraryModules } = await import("./library.ts");
      const { resolveScript } = await import("./resolution.ts");
      writeFiles(folder, await libraryModules({ first: "cmd/dev/compile/inside.ts" }));
      const { flags, named } = await resolveScript(script, folder, {
        from,
        importMap: importMap === undefined ? undefined : resolve(from, importMap),
        hosts: importFlags(options.permissions),
      });
      return {
        cwd: dirname(script),
        args: [
          ...flags,
          ...scriptPermissions(options.permissions),
          ...[folder, ...named, ...included].map((path) => `--include=${path}`),
          pathToFileURL(script).href,
        ],
      };
    },
  };
}

/**
 * Scripts, as they are compiled.
 *
 * @param from the folder from which paths are.
 * @throws {DpdkError} where there is no such file, or a program cannot have its name.
 */
export function scriptTargets(options: CompileOptions, from: string): Target[] {
  const targets: Target[] = [];
  for (const given of options.scripts) {
    const target = scriptTarget(given, options, from);
    if (targets.some(({ output }) => output === target.output)) {
      refuse(`'${given}'`, "a name that no other script has", target.name);
    }
    targets.push(target);
  }
  return targets;
}
