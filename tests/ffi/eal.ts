/**
 * An EAL for a test file, and processes that join it.
 *
 * @module
 */

import { removeQuietly } from "../../ffi/host/remove.ts";
import { hugetlbfsMounts, runtimeRoot } from "../../ffi/host/machine.ts";
import { Eal, type EalInitOptions } from "../../mod.ts";

/** File prefix of this test file; that of further primaries begins with it. */
export const PREFIX = Deno.env.get("DENODPDK_TEST_PREFIX") ?? `ffi-${Deno.pid}`;

let count = 0;

/** A file prefix that no other test uses. */
export function otherPrefix(): string {
  return `${PREFIX}_${++count}`;
}

/** EAL arguments for a process of a test: no devices, memory as it is needed. */
export function ealArgs(lcores: string, prefix = PREFIX, ...more: string[]): string[] {
  return ["--no-pci", `--file-prefix=${prefix}`, `--lcores=${lcores}`, ...more];
}

/**
 * Makes this process a primary until its last test is over; then nothing of it remains.
 *
 * @param lcores As for `--lcores`.
 * @param more Further EAL arguments, as for devices.
 */
export function initTestEal(lcores: string, options: EalInitOptions = {}, ...more: string[]): Eal {
  // what DPDK logs about calls that must fail is no news; what asks for more memory than there is
  // must not take it all from the tests beside it
  const own = ["--log-level=1", "--socket-limit=128", ...more];
  const eal = Eal.init(ealArgs(lcores, PREFIX, ...own), options);
  Deno.test.afterAll(() => eal[Symbol.dispose]());
  return eal;
}

function list(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  } catch {
    return [];
  }
}

/** The runtime folder and the hugepage files that a file prefix has now. */
export function filesOf(prefix: string): { runtime: string[]; hugepages: string[] } {
  const is = (name: string) =>
    name.startsWith(prefix) && /^map_\d+$/.test(name.slice(prefix.length));
  return {
    runtime: list(runtimeRoot()).filter((name) => name === prefix),
    hugepages: hugetlbfsMounts().flatMap(({ path }) =>
      list(path).filter(is).map((name) => `${path}/${name}`)
    ),
  };
}

/** Removes what a killed primary left. */
export function removeFilesOf(prefix: string): void {
  const { runtime, hugepages } = filesOf(prefix);
  for (const path of [...runtime.map((name) => `${runtimeRoot()}/${name}`), ...hugepages]) {
    removeQuietly(path);
  }
}

/** Registers a test. A function of the shim opens at its first call and never closes again. */
export function test(name: string, fn: () => void | Promise<void>): void {
  Deno.test({ name, fn, sanitizeResources: false });
}
