/**
 * Refuses lcores that another process of the primary has: the two would corrupt the lcore's mempool
 * cache.
 *
 * @module
 */

import type { EalOptions } from "./eal_options.ts";
import { DpdkError } from "../boundary/errors.ts";
import { formatRanges, parseLcoreOption } from "./lcore_list.ts";
import { cpuList } from "./machine.ts";
import { runtimeFolder } from "./runtime.ts";
import { type Conflict, holderText, LcoreRecord, recordedLcores } from "./lcore_record.ts";
import { commandLine } from "./command_line.ts";
import { describe, ownSocket, secondariesOf, visiblePids } from "./liveness.ts";
import { maxLcores } from "./max_lcores.ts";
import { lcoresOf } from "./process_lcores.ts";

/**
 * The lcores that a process with these options has; without any lcore option, the CPUs that it may
 * use.
 */
function wantedLcores({ lcores, lcoreBase, serviceLcores }: EalOptions): Set<number> {
  const own = lcores ?? parseLcoreOption("-l", cpuList(), { base: lcoreBase });
  return new Set([...[...own.keys()].filter((id) => id < maxLcores()), ...serviceLcores]);
}

function refuse(options: EalOptions, { lcores, owner, theirs = lcores }: {
  lcores: readonly number[];
  owner: string;
  theirs?: Iterable<number>;
}): never {
  const free = Math.max(...wantedLcores(options), ...theirs) + 1;
  throw new DpdkError({
    operation: options.lcoreOption || "-l",
    reason:
      `lcore ${formatRanges(lcores)} belongs to ${owner}; two processes that share an lcore ` +
      "corrupt its mempool cache",
    hint: `give other lcores, for example --lcores=${free}@0,${free + 1}@1`,
  });
}

/** Refuses lcores of processes that are not in the record, such as the C samples. */
function checkOthers(options: EalOptions, pids: Iterable<number>): void {
  const mine = wantedLcores(options);
  for (const pid of pids) {
    const theirs = lcoresOf(pid);
    const lcores = [...theirs].filter((id) => mine.has(id));
    // one without a command line has ended meanwhile
    if (lcores.length === 0 || commandLine(pid).length === 0) continue;
    refuse(options, { lcores, owner: describe({ pid }), theirs });
  }
}

/** What to do with lcores that another process has. */
export interface OverlapOptions {
  /** Whether to accept them; only for a process that uses no mempool cache. */
  allowOverlap?: boolean;
}

function isConflict(entered: LcoreRecord | Conflict | undefined): entered is Conflict {
  return entered !== undefined && "holder" in entered;
}

/**
 * Takes the lcores of this process before EAL starts: it enters them into the record, and looks at
 * the command lines of processes that are not in it.
 *
 * @returns the entry in the record, to be kept until EAL has ended; undefined where no record is
 * kept; "second" where another process is about to become the primary, and this one may become a
 * secondary.
 * @throws {DpdkError} when a living process has one of the lcores, or is the primary already.
 */
export function takeLcores(
  options: EalOptions,
  role: "primary" | "secondary",
  { allowOverlap = false }: OverlapOptions = {},
): LcoreRecord | "second" | undefined {
  if (options.noShconf) return undefined;
  const folder = runtimeFolder(options.filePrefix);
  const entered = LcoreRecord.enter(folder, role, allowOverlap ? [] : wantedLcores(options));
  if (isConflict(entered)) {
    if (entered.lcores.length === 0 && options.procType === "auto") return "second";
    refuseConflict(options, entered);
  }
  if (role === "primary" || allowOverlap) return entered;
  try {
    const recorded = entered?.pids() ?? new Set();
    checkOthers(options, new Set(visiblePids(folder)).difference(recorded));
  } catch (error) {
    entered?.[Symbol.dispose]();
    throw error;
  }
  return entered;
}

/** Throws the error for lcores, or the place of the primary, that another process has. */
export function refuseConflict(options: EalOptions, { lcores, holder }: Conflict): never {
  if (lcores.length > 0) refuse(options, { lcores, owner: holderText(holder) });
  throw new DpdkError({
    operation: "--proc-type=primary",
    reason: `file prefix '${options.filePrefix}' already has a primary process, ${
      holderText(holder)
    }`,
    hint: "use --proc-type=secondary, --proc-type=auto or another --file-prefix",
  });
}

/** The lcores that living processes of a primary have. */
export function takenLcores(folder: string): Set<number> {
  const others = visiblePids(folder).flatMap((pid) => [...lcoresOf(pid)]);
  return new Set([...recordedLcores(folder), ...others]);
}

/**
 * When a secondary made its socket, in milliseconds; `Infinity` for a socket that is gone
 * meanwhile.
 */
function socketTime(path: string): number {
  try {
    return Deno.statSync(path).mtime?.getTime() ?? Infinity;
  } catch {
    return Infinity;
  }
}

/**
 * Looks once more when EAL runs, for secondaries that are not in the record and started at the same
 * time: the one that made its socket first has the lcores. Any two of them see each other here,
 * because the socket is made long before EAL runs.
 *
 * @throws {DpdkError} when an earlier process has lcores of this one.
 */
export function checkLateOverlap(options: EalOptions, record: LcoreRecord | undefined): void {
  const recorded = record?.pids() ?? new Set();
  const folder = runtimeFolder(options.filePrefix);
  const others = secondariesOf(folder).flatMap(({ socket, pid }) =>
    pid === undefined || recorded.has(pid) ? [] : [{ socket, pid }]
  );
  if (others.length === 0) return;
  const own = ownSocket(folder);
  const mine = own ? socketTime(`${folder}/${own}`) : Infinity;
  const earlier = others.filter(({ socket }) => {
    const theirs = socketTime(`${folder}/${socket}`);
    return theirs < mine || (theirs === mine && socket < own);
  });
  checkOthers(options, earlier.map(({ pid }) => pid));
}
