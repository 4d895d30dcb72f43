/**
 * Identities of processes: a pid may be used again, but not a pid together with a start time.
 *
 * @module
 */

import { tryReadKernelFile } from "./kernel_file.ts";
import { openShim, shim } from "../boundary/library.ts";
import { maxLcores } from "./max_lcores.ts";

/** Number of the first slot for processes in the record of lcores (lcore_record.ts). */
export function processSlots(): number {
  return maxLcores() + 1;
}

/** What `/proc` says about a process. */
interface Stat {
  /** The process's state, a letter as in `ps`. */
  state: string;
  threads: number;
  /** When the process started, in clock ticks since boot. */
  start: bigint;
}

function statOf(pid: number): Stat | undefined {
  const stat = tryReadKernelFile(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // the name before the last parenthesis can contain anything
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state = "Z", threads = "0", start = "0"] = [fields[0], fields[17], fields[19]];
  return { state, threads: Number(threads), start: BigInt(start) };
}

/** `T` for a stopped process, `t` under a debugger, `Z` for a zombie; undefined when there is none. */
export function stateOf(pid: number): string | undefined {
  return statOf(pid)?.state;
}

/** When a process started, in clock ticks since boot; undefined when there is none. */
export function startOf(pid: number): bigint | undefined {
  return statOf(pid)?.start;
}

/**
 * A number that no other process has had since boot: the pid in the lower half, and the start time
 * in the upper. Undefined for a process that has ended or is a zombie.
 */
export function identityOf(pid: number): bigint | undefined {
  const stat = statOf(pid);
  // the first thread is a zombie while others still run
  const dead = !stat || stat.state === "X" || (stat.state === "Z" && stat.threads <= 1);
  if (dead) return undefined;
  return BigInt.asIntN(64, BigInt(pid) | BigInt.asUintN(32, stat.start) << 32n);
}

/** The pid in an identity. */
export function pidOf(identity: bigint): number {
  return Number(BigInt.asUintN(32, identity));
}

/**
 * Whether the process with an identity lives. A process of another PID namespace lives as long as
 * it holds its slot in the record of lcores.
 */
export function lives(identity: bigint): boolean {
  const pid = pidOf(identity);
  if (identityOf(pid) === identity) return true;
  // that record is kept with the shim only
  if (!openShim()) return false;
  const start = Number(BigInt.asUintN(32, identity >> 32n));
  return shim().shim_lcore_record_elsewhere(processSlots(), pid, start) > 0;
}

/** How many living processes of ours in other PID namespaces have this pid there. */
export function livingElsewhere(pid: number): number {
  return shim().shim_lcore_record_elsewhere(processSlots(), pid, 0);
}
