/**
 * Which program is under test, and with which EAL options.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { folderOf } from "../../cmd/dev/compile/programs.ts";
import { asCompiled } from "../../cmd/lib/help.ts";
import type { Command } from "./process.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/**
 * A program of `cmd/`, run from source; the compiled one where `DENODPDK_TEST_DIST` is set, to a
 * folder or to `1` for `dist`.
 */
export function program(name: string): Command {
  const dist = distFolder();
  // quiet: what Deno fetches, where nothing is cached yet, is not what the program says
  const run = ["run", "-A", "--quiet"];
  if (!dist) return { command: Deno.execPath(), args: [...run, sourceOf(name, "main.ts")] };
  return { command: `${dist}/${name}`, args: [] };
}

/** The programs that EAL's options are for, with options of their own that are right. */
export const OWN_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  simple_mp: [],
  symmetric_mp: ["--", "-p", "3", "--num-procs=1", "--proc-id=0"],
  mp_server: ["--", "-p", "3", "-n", "2"],
  mp_client: ["--", "-n", "0"],
  l2fwd_fork: ["--", "-p", "3"],
};

/** Where the programs under test are, when these are compiled ones. */
export function distFolder(): string | undefined {
  const dist = Deno.env.get("DENODPDK_TEST_DIST");
  return dist === "1" ? `${ROOT}dist` : dist;
}

/**
 * A script of `tests/fixtures/`, with the DPDK that the programs under test have: one with other
 * tail queues or mempool operations could not join them.
 */
export function fixture(name: string): Command {
  const args = ["run", "-A", "--no-check", `${ROOT}tests/fixtures/${name}.ts`];
  const dist = distFolder();
  if (!dist) return { command: Deno.execPath(), args };
  const shim = `DENODPDK_SHIM=${dist}/bundle/libdenodpdk.so`;
  return { command: "env", args: [shim, Deno.execPath(), ...args] };
}

/** Where the system lies on which the programs under test run; empty for this one. */
export const SYSTEM_ROOT = Deno.env.get("DENODPDK_TEST_ROOT") ?? "";

/** Whether it is compiled programs that are under test. */
export function isCompiled(): boolean {
  return Boolean(distFolder());
}

/** A command in a PID namespace of its own, as in a container that shares the files of DPDK. */
export function inPidNamespace({ command, args }: Command): Command {
  const options = ["--pid", "--fork", "--mount-proc", "--kill-child"];
  return { command: "unshare", args: [...options, command, ...args] };
}

/**
 * A program's README, with command lines as the program under test has them in its `--help`: where
 * `DENODPDK_TEST_COMMANDS` is set, it is a command of denodpdk.
 */
export function readmeOf(name: string): string {
  const text = Deno.readTextFileSync(sourceOf(name, "README.md"));
  if (!isCompiled()) return text;
  return asCompiled(text, Deno.env.has("DENODPDK_TEST_COMMANDS") ? "denodpdk" : undefined);
}

/** A file of a program's folder. */
export function sourceOf(name: string, file: string): string {
  return `${ROOT}${folderOf(name)}/${file}`;
}

/** Lcores of a first and a second process: four in all, on two CPUs, none in both. */
export const LCORES = {
  /** For a primary. */
  first: "0@0,1@1",
  /** For a secondary. */
  second: "2@0,3@1",
  /** For one more secondary. */
  third: "4@0,5@1",
} as const;

/** EAL options of a test's process. */
export interface EalOptions {
  /** `--file-prefix`. */
  filePrefix: string;
  /** `--proc-type`; none where left out, which makes a primary. */
  type?: "primary" | "secondary" | "auto";
  /** `--lcores`. */
  lcores?: string;
  /** Further arguments. */
  extra?: readonly string[];
}

/**
 * The arguments for them. PCI devices stay out of it: they may be the machine's own network card.
 * Memory is left to EAL, which takes a page at a time as it is needed, one or two per primary.
 */
export function ealArgs({ filePrefix, type, lcores, extra = [] }: EalOptions): string[] {
  return [
    "--no-pci",
    `--file-prefix=${filePrefix}`,
    ...(lcores ? [`--lcores=${lcores}`] : []),
    ...(type ? [`--proc-type=${type}`] : []),
    ...extra,
  ];
}
