/**
 * The machine before and after a run: what the suite left on it.
 *
 * @module
 */

import { setTimeout as delay } from "node:timers/promises";
import { runtimeFolders } from "../../../ffi/host/leftovers.ts";
import { freeHugepages } from "../../../ffi/host/machine.ts";
import { ENDING_SIGNALS, listenToSignals } from "../../../ffi/host/signals.ts";
import {
  filesOfPrefixes,
  killQuietly,
  namespacesOfPrefixes,
  processesMarked,
  removeAll,
  removeNamespaces,
  type Survivor,
} from "../../../tests/harness/leftovers.ts";
import { RUN_MARK } from "./file_run.ts";

/** How long a process may take to end, in milliseconds. */
const GRACE = 3_000;

/** The id of this process's run. It ends in a letter, so that none is the beginning of another one. */
export const runId = (): string => `t${Deno.pid}x`;

/** The machine before a run. */
export interface MachineState {
  /** Runtime folders and hugepage files of all prefixes. */
  files: Set<string>;
  /** Free hugepages of 2 MiB. */
  freePages: number;
}

/** Looks at the machine. */
export function machineState(): MachineState {
  return { files: new Set(filesOfPrefixes(() => true)), freePages: freeHugepages() };
}

function processesOfRun(run: string): Survivor[] {
  return processesMarked(RUN_MARK, (value) => value === run);
}

/** The file prefix of programs that tests start without one. */
const DEFAULT_PREFIX = "rte";

/**
 * What a run left behind, a line each. Others may use DPDK at the same time, in other PID namespaces
 * too: what is neither of the run's prefixes nor of the default one is theirs.
 *
 * @param run The run's id, with which the file prefixes of its tests begin.
 */
export async function leftBehind(run: string, before: MachineState): Promise<string[]> {
  let processes = processesOfRun(run);
  for (const end = performance.now() + GRACE; processes.length > 0 && performance.now() < end;) {
    await delay(10);
    processes = processesOfRun(run);
  }
  const isRuns = (prefix: string) => prefix.startsWith(run);
  const alive = runtimeFolders()
    .some(({ life, prefix }) => life !== "dead" && prefix === DEFAULT_PREFIX);
  const files = filesOfPrefixes((prefix) => isRuns(prefix) || (prefix === DEFAULT_PREFIX && !alive))
    .filter((path) => !before.files.has(path));
  // with others at work, before or now, their pages come and go
  const alone = before.files.size === 0 &&
    filesOfPrefixes((prefix) => !isRuns(prefix)).length === 0;
  const pages = alone ? before.freePages - freeHugepages() : 0;
  return [
    ...processes.map(({ pid, command }) => `process ${pid}: ${command}`),
    ...files,
    ...namespacesOfPrefixes((name) => name.startsWith(run)).map((name) => `namespace ${name}`),
    ...pages > 0 ? [`${pages} hugepages in use that were free before`] : [],
  ];
}

/** Ends and removes everything that a run left behind. */
export async function cleanUp(run: string): Promise<void> {
  for (let left; (left = processesOfRun(run)).length > 0;) {
    for (const { pid } of left) killQuietly(pid);
    await delay(5);
  }
  removeAll(filesOfPrefixes((prefix) => prefix.startsWith(run)));
  removeNamespaces(namespacesOfPrefixes((name) => name.startsWith(run)));
}

/** Lets a signal end this process only after it has cleaned up. */
export function cleanAtSignals(clean: () => Promise<void>): void {
  listenToSignals(async (signal) => {
    await clean();
    Deno.exit(128 + ENDING_SIGNALS[signal]);
  });
}
