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

/** One of them. */
export type EndingSignal = keyof typeof ENDING_SIGNALS;

/** All of them. */
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
 * Calls `heard` for the ending signals, but for those that are ignored. Deno takes all of them over
 * as soon as one of any kind is listened to, so the ignored ones are ignored anew.
 *
 * Where EAL has started, `heard` is called once: copies of a signal are dropped, and one that comes a
 * second later ends the process, however stuck JavaScript is. Call it before that start: a signal
 * that comes meanwhile kills as usual, but no instant remains in which it leaves something behind.
 */
export function listenToSignals(heard: (signal: EndingSignal) => void): void {
  const ignored = ignoredSignals();
  // Deno takes all three over at the first call, and one that nobody listens to yet kills: that is
  // not to be Ctrl-C
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    if (!ignored.includes(name)) Deno.addSignalListener(name, () => heard(name));
  }
  if (ignored.length > 0) {
    // for a program that hears none of them: so that Deno takes none of them over later
    const none = () => {};
    Deno.addSignalListener("SIGWINCH", none);
    Deno.removeSignalListener("SIGWINCH", none);
    ignore(ignored);
  }
  listening = true;
  openShim()?.shim_ending_listen(0);
}
