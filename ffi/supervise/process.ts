/**
 * Parents and children: process groups, and the end of processes.
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
 * Gives this process a process group of its own, `setpgid`, so that Ctrl-C on the terminal no
 * longer reaches it. Call this first in a child whose parent handles Ctrl-C.
 *
 * The session stays that of the parent; the option `detached` of `Deno.Command` would change it.
 * That matters because the kernel divides a CPU between sessions first
 * (`kernel.sched_autogroup_enabled`): on Linux 6.18, of two sessions that poll on one CPU, one was
 * seen without the CPU for half a minute at a time.
 *
 * @throws {DpdkError} EPERM in the leader of a session.
 */
export function ownProcessGroup(): void {
  unwrap("process group", shim().shim_process_own_group());
}

/**
 * Ties this process's life to its parent's: from now on the kernel kills it when the parent dies,
 * in whatever way. Call this first in a child.
 *
 * @param parent the pid of the parent, as the parent passed it to the child.
 * @throws {DpdkError} ESRCH when the parent is dead already.
 */
export function dieWithParent(parent: number): void {
  checkInteger("pid", parent, 1, PID_MAX);
  unwrap(`die with parent ${parent}`, shim().shim_process_die_with_parent(parent));
}

/**
 * Resolves as soon as a process ends, at once where there is none: `pidfd_open` and `poll`. It need
 * not be a child of this process.
 *
 * @param signal ends the wait when it is aborted; the promise rejects with its reason.
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
 * Shows `title` in place of this process's command line in tools such as `ps`, until disposal. A
 * title that is longer than the command line is cut.
 *
 * @throws {DpdkError} when the kernel does not tell where in memory the command line lies.
 */
export function processTitle(title: string): Disposable {
  const show = (text: string) => unwrap("process title", shim().shim_process_title(cString(text)));
  show(title);
  return { [Symbol.dispose]: () => void show("") };
}

/**
 * Tells the service manager about this process, as `sd_notify` of libsystemd does; a unit with
 * `Type=notify` waits for `READY=1`.
 *
 * @param state assignments such as `READY=1` or `STATUS=waiting for clients`, one a line.
 * @returns whether a service manager was told; false where the variable `NOTIFY_SOCKET` is not set.
 * @throws {DpdkError} when its socket does not take the message.
 *
 * @example
 * ```ts
 * import { notifyService } from "denodpdk/supervise";
 *
 * notifyService("READY=1");
 * ```
 */
export function notifyService(state: string): boolean {
  return unwrap("tell the service manager", shim().shim_process_notify(cString(state))) === 1;
}
