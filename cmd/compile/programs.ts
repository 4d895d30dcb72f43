/**
 * What is compiled: each program, the modules that its Workers run, and what it is allowed.
 *
 * @module
 */

/** A program of `cmd/`. */
export interface Program {
  /** Its folder, and its file in `dist`. */
  name: string;
  /** Modules that Workers run, from its folder: nothing that is imported leads there. */
  workers: readonly string[];
  /** Permissions that it needs beside {@linkcode COMMON}. */
  permissions: readonly string[];
  /** It can do without devices, so it carries the small library for that as well. */
  core?: true;
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

/**
 * What each of them needs: native calls; `/proc`, `/sys`, EAL's runtime folder, hugetlbfs and a
 * cache folder, wherever these are; whose they are. None needs the network: DPDK's is native.
 */
export const COMMON: readonly string[] = [
  "--no-prompt",
  "--allow-ffi",
  "--allow-read",
  "--allow-write",
  "--allow-sys=uid,gid",
  `--allow-env=${ENVIRONMENT.join(",")}`,
];

/** The thread that finishes what killed processes began. */
const MENDER = "../../ffi/recovery/mend_worker.ts";

/** All programs, in the order in which they are compiled. */
export const PROGRAMS: readonly Program[] = [
  { name: "simple_mp", workers: ["recv.ts", MENDER], permissions: [], core: true },
  { name: "symmetric_mp", workers: ["forward.ts", MENDER], permissions: [] },
  { name: "mp_server", workers: ["forward.ts", MENDER], permissions: [] },
  { name: "mp_client", workers: ["handle.ts", MENDER], permissions: [] },
  // starts itself as slaves, and ends them
  { name: "l2fwd_fork", workers: [], permissions: ["--allow-run"] },
  { name: "inspect", workers: [], permissions: [] },
  { name: "doctor", workers: [], permissions: [] },
];
