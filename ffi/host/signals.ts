/**
 * The signals that ask a process to end.
 *
 * A signal that was ignored when the process started stays ignored: that is what `nohup` does, and
 * a shell for the jobs that it puts into the background of a script.
 *
 * @module
 */

import { SIGHUP, SIGINT, SIGTERM } from "../boundary/constants.ts";
import { readKernelFile } from "./kernel_file.ts";
import { openShim } from "../boundary/library.ts";

/** The signals that ask a process to end, with their numbers. */
export const ENDING_SIGNALS = { SIGHUP, SIGINT, SIGTERM } as const;

/** The name of one of these signals. */
export type EndingSignal = keyof typeof ENDING_SIGNALS;

/** The names of all these signals. */
const ALL = Object.keys(ENDING_SIGNALS) as EndingSignal[];

const SIG_IGN = 1n;

/** The ending signals that a `SigIgn` line of `/proc/PID/status` names. */
export function ignoredIn(status: string): EndingSignal[] {
  const mask = BigInt(`0x${status.match(/^SigIgn:\s+([0-9a-f]+)$/m)?.[1] ?? "0"}`);
  return ALL.filter((name) => (mask >> BigInt(ENDING_SIGNALS[name] - 1)) & 1n);
}

/** The ending signals that this process ignores at this moment. */
export function ignoredSignals(): EndingSignal[] {
  try {
    return ignoredIn(readKernelFile("/proc/self/status"));
  } catch {
    return []; // no /proc
  }
}

function ignore(signals: readonly EndingSignal[]): void {
  const { signal } = Deno.dlopen("libc.so.6", {
    signal: { parameters: ["i32", "usize"], result: "usize" },
  }).symbols;
  for (const name of signals) signal(ENDING_SIGNALS[name], SIG_IGN);
}

let listening = false;

/** Whether {@linkcode listenToSignals} was called. */
export function isListening(): boolean {
  return listening;
}

/**
 * Calls `heard` for each ending signal that is not ignored. Deno takes over all of them as soon as
 * a program listens to any signal, so the ignored ones are set to be ignored again.
 *
 * Once EAL has started, `heard` is called once. Copies of a signal within a second are dropped; a
 * signal that comes later ends the process, even when JavaScript hangs. Call this before EAL
 * starts: a signal during the start kills the process as usual, and its files are removed even
 * then.
 */
export function listenToSignals(heard: (signal: EndingSignal) => void): void {
  const ignored = ignoredSignals();
  // Deno takes over all three at the first call, and one without a listener then kills the process;
  // so Ctrl-C is listened to first
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    if (!ignored.includes(name)) Deno.addSignalListener(name, () => heard(name));
  }
  if (ignored.length > 0) {
    // a program that listens to none of them: this keeps Deno from taking them over later
    const none = () => {};
    Deno.addSignalListener("SIGWINCH", none);
    Deno.removeSignalListener("SIGWINCH", none);
    ignore(ignored);
  }
  listening = true;
  openShim()?.shim_ending_listen(0);
}
