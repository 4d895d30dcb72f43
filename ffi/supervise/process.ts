/**
 * Processes that depend on each other: who started whom, and who has ended.
 *
 * @module
 */

import { ESRCH } from "../boundary/constants.ts";
import { shim } from "../boundary/library.ts";
import { checkInteger, cString, unwrap } from "../boundary/native.ts";

const PID_MAX = 0x40_0000;

/** How long one wait of {@linkcode processEnd} blocks its thread, in milliseconds. */
const WAIT = 500;

/**
 * Gives this process a process group of its own, `setpgid`: Ctrl-C on the terminal is not for it any
 * more. Call it first thing in a child whose parent is to handle that.
 *
 * The session stays the parent's, which the `detached` of `Deno.Command` would change. The kernel
 * shares a CPU out between sessions first (`kernel.sched_autogroup_enabled`), and Linux 6.18 leaves
 * one that polls without any of it, for half a minute at a time, where another one polls as well.
 *
 * @throws {DpdkError} EPERM in the leader of a session.
 */
export function ownProcessGroup(): void {
  unwrap("process group", shim().shim_process_own_group());
}

/**
 * Ties this process's life to its parent's: from now on it is killed when the parent dies,
 * however that happens. Call it first thing in a child.
 *
 * @param parent The pid of the parent, as the parent told it: it may be dead already.
 * @throws {DpdkError} ESRCH when it is.
 */
export function dieWithParent(parent: number): void {
  checkInteger("pid", parent, 1, PID_MAX);
  unwrap(`die with parent ${parent}`, shim().shim_process_die_with_parent(parent));
}

/**
 * Resolves as soon as a process ends, one that this process did not start included: `pidfd_open`
 * and `poll`. At once where there is no such process.
 *
 * @param signal Ends the wait; the promise rejects with its reason.
 * @throws {DpdkError} when the kernel refuses.
 */
export async function processEnd(pid: number, signal?: AbortSignal): Promise<void> {
  checkInteger("pid", pid, 1, PID_MAX);
  const operation = `wait for the end of process ${pid}`;
  const descriptor = shim().shim_process_open(pid);
  if (descriptor === -ESRCH) return;
  unwrap(operation, descriptor);
  try {
    for (;;) {
      signal?.throwIfAborted();
      if (unwrap(operation, await shim().shim_process_wait(descriptor, WAIT)) > 0) return;
    }
  } finally {
    shim().shim_process_close(descriptor);
  }
}

/**
 * Shows `title` where tools such as `ps` show this process's command line, until disposal. A title
 * that is longer than the command line is cut.
 *
 * @throws {DpdkError} where the kernel does not tell where the command line is.
 */
export function processTitle(title: string): Disposable {
  const show = (text: string) => unwrap("process title", shim().shim_process_title(cString(text)));
  show(title);
  return { [Symbol.dispose]: () => void show("") };
}
