/**
 * What `denodpdk` can be told to do, in the order in which it is listed.
 *
 * @module
 */

import type { Permission } from "./permissions.ts";

/** A command of `denodpdk`. */
export interface Command {
  /** Its name, the first word of a command line. */
  name: string;
  /** Its README: the heading is its line in the list, and the text its `--help`. */
  readme: URL;
  /**
   * Loads the command's main module, which runs the command: it calls `run` of cmd/lib/run.ts. Only
   * what this imports is loaded.
   */
  load(): Promise<unknown>;
  /** Whether a link of this name to `denodpdk` is this program. */
  isProgram?: true;
  /**
   * What it may do besides what every program may; `"asked"` for a command that calls
   * `keepPermissions` itself, with what its command line asks for.
   */
  permissions?: readonly Permission[] | "asked";
}

/** The word before a command of which the README is to be printed. */
export const HELP = "help";

/** All commands. */
export const COMMANDS: readonly Command[] = [
  {
    name: "simple_mp",
    readme: new URL("../simple_mp/README.md", import.meta.url),
    load: () => import("../simple_mp/main.ts"),
    isProgram: true,
  },
  {
    name: "symmetric_mp",
    readme: new URL("../symmetric_mp/README.md", import.meta.url),
    load: () => import("../symmetric_mp/main.ts"),
    isProgram: true,
  },
  {
    name: "mp_server",
    readme: new URL("../client_server_mp/mp_server/README.md", import.meta.url),
    load: () => import("../client_server_mp/mp_server/main.ts"),
    isProgram: true,
  },
  {
    name: "mp_client",
    readme: new URL("../client_server_mp/mp_client/README.md", import.meta.url),
    load: () => import("../client_server_mp/mp_client/main.ts"),
    isProgram: true,
  },
  {
    name: "l2fwd_fork",
    readme: new URL("../l2fwd_fork/README.md", import.meta.url),
    load: () => import("../l2fwd_fork/main.ts"),
    isProgram: true,
    // starts itself as slaves, and ends them
    permissions: ["run"],
  },
  {
    name: "traffic",
    readme: new URL("../traffic/README.md", import.meta.url),
    load: () => import("../traffic/main.ts"),
    isProgram: true,
  },
  {
    name: "inspect",
    readme: new URL("../inspect/README.md", import.meta.url),
    load: () => import("../inspect/main.ts"),
    isProgram: true,
  },
  {
    name: "doctor",
    readme: new URL("../doctor/README.md", import.meta.url),
    load: () => import("../doctor/main.ts"),
    isProgram: true,
  },
  {
    name: "run",
    readme: new URL("./run/README.md", import.meta.url),
    load: () => import("./run/main.ts"),
    permissions: "asked",
  },
  {
    name: "check",
    readme: new URL("./check/README.md", import.meta.url),
    load: () => import("./check/main.ts"),
  },
  {
    name: "new",
    readme: new URL("./new/README.md", import.meta.url),
    load: () => import("./new/main.ts"),
  },
  {
    name: "completions",
    readme: new URL("./completions/README.md", import.meta.url),
    load: () => import("./completions/main.ts"),
  },
];
