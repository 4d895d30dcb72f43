/**
 * What is compiled: each program, the modules that its Workers run, and what it is allowed.
 *
 * @module
 */

import config from "../../../deno.json" with { type: "json" };
import { ALL_VARIABLES, SYSTEM } from "../../denodpdk/permissions.ts";

/** A program of `cmd/`. */
export interface Program {
  /** The program's file in `dist`. */
  name: string;
  /** The program's folder, from the repository's. */
  folder: string;
  /** Modules that Workers run, likewise; each stays a module of its own. */
  workers: readonly string[];
  /** READMEs that it shows, likewise. */
  readmes: readonly string[];
  /** Flags of `deno compile` for its permissions. */
  permissions: readonly string[];
  /** Whether the program can do without devices, and so carries the small library too. */
  core?: true;
  /** Whether it writes new scripts, and so carries some, and the library's declarations. */
  newScripts?: true;
}

/** Variables that programs look at; readline, commander and cli-table3 among them. */
const ENVIRONMENT = [
  "DENODPDK_ATTACH_TRY",
  "DENODPDK_DEBUG",
  "DENODPDK_SHIM",
  "HOME",
  "RUNTIME_DIRECTORY",
  "XDG_CACHE_HOME",
  "XDG_RUNTIME_DIR",
  "npm_command",
  "CLICOLOR_FORCE",
  "FORCE_COLOR",
  "NODE_DEBUG",
  "NO_COLOR",
  "TERM",
];

/** The flag of a permission for some things; `"*"` among them stands for all variables. */
const allow = (name: string, things: readonly string[]) => `--allow-${name}=${things.join(",")}`;

/**
 * The flags of what every program needs: native calls, files in `/proc`, `/sys`, EAL's runtime
 * folder, hugetlbfs and a cache folder, wherever these lie, and the user's id. None needs Deno's
 * network.
 *
 * @param more What a program needs besides: flags, variables, and facts about the system.
 */
export function permissionFlags(
  { flags = [], variables = [], system = [] }: {
    flags?: readonly string[];
    variables?: readonly string[];
    system?: readonly string[];
  } = {},
): string[] {
  return [
    "--no-prompt",
    "--allow-ffi",
    "--allow-read",
    "--allow-write",
    allow("sys", ["uid", "gid", ...system]),
    allow("env", [...ENVIRONMENT, ...variables]),
    ...flags,
  ];
}

/** The module that every lcore's Worker begins with, and the module of the mender's thread. */
export const WORKERS: readonly string[] = ["ffi/lcore_worker.ts", "ffi/recovery/mend_worker.ts"];

/** A program in a folder of `cmd/`. */
function program(
  path: string,
  { workers = [], flags = [], core }: {
    workers?: readonly string[];
    flags?: readonly string[];
    core?: true;
  } = {},
): Program {
  const folder = `cmd/${path}`;
  return {
    name: path.slice(path.lastIndexOf("/") + 1),
    folder,
    workers: workers.length > 0 ? [...workers.map((file) => `${folder}/${file}`), ...WORKERS] : [],
    readmes: [`${folder}/README.md`],
    permissions: permissionFlags({ flags }),
    ...core ? { core } : {},
  };
}

/** The programs that are compiled each into a file of its own. */
export const SINGLE: readonly Program[] = [
  program("simple_mp", { workers: ["recv.ts"], core: true }),
  program("symmetric_mp", { workers: ["forward.ts"] }),
  program("client_server_mp/mp_server", { workers: ["forward.ts"] }),
  program("client_server_mp/mp_client", { workers: ["handle.ts"] }),
  // starts itself as slaves, and ends them
  program("l2fwd_fork", { flags: ["--allow-run"] }),
  program("traffic", {
    workers: [
      "send_lcore.ts",
      "receive_lcore.ts",
      "measure_lcore.ts",
      "replay_lcore.ts",
      "capture_lcore.ts",
    ],
  }),
  program("inspect"),
  program("doctor"),
];

/**
 * What scripts of `denodpdk run` import by URL: the published entries, and what their threads begin
 * with.
 */
const SCRIPT_ENTRIES = [
  ...Object.values(config.exports).map((path) => path.replace("./", "")),
  "cmd/denodpdk/script/thread.ts",
  "cmd/denodpdk/script/late.ts",
];

/** Commands of `denodpdk` that are no programs of their own. */
const COMMANDS = ["run", "check", "new", "completions"];

/** All of them in one file, which gives up the permissions that a command does not need. */
export const MULTI_CALL: Program = {
  name: "denodpdk",
  folder: "cmd/denodpdk",
  workers: [...new Set([...SINGLE.flatMap(({ workers }) => workers), ...SCRIPT_ENTRIES])],
  readmes: [
    "cmd/denodpdk",
    ...SINGLE.map(({ folder }) => folder),
    ...COMMANDS.map((name) => `cmd/denodpdk/${name}`),
  ].map((folder) => `${folder}/README.md`),
  permissions: permissionFlags({
    flags: ["--allow-net", "--allow-run"],
    variables: [ALL_VARIABLES],
    system: SYSTEM,
  }),
  core: true,
  newScripts: true,
};

/** All programs, in the order in which they are compiled. */
export const PROGRAMS: readonly Program[] = [...SINGLE, MULTI_CALL];

/**
 * The folder of a program, from the repository's.
 *
 * @throws {Error} where there is no such program.
 */
export function folderOf(name: string): string {
  const found = PROGRAMS.find((program) => program.name === name);
  if (!found) throw new Error(`there is no program ${name}`);
  return found.folder;
}
