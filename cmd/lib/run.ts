/**
 * How every program starts and ends: `--help`, errors as one line, signals, exit status.
 *
 * @module
 */

import { flushOutput } from "../../ffi/host/output.ts";
import { ENDING_SIGNALS, listenToSignals } from "../../ffi/host/signals.ts";
import { endNow } from "../../ffi/supervise/ending.ts";
import { programArgs } from "./invocation.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";
import { requireRuntime } from "./runtime.ts";
import { complain, write, writeAll } from "./stdout.ts";

/** The environment variable that makes an error show its stack. */
const DEBUG = "DENODPDK_DEBUG";

async function informationText(
  name: string,
  readme: URL | (() => string),
  asked: string,
): Promise<string> {
  const { dpdkText, versionText } = await import("./about.ts");
  if (asked === "--version") return versionText(name);
  if (readme instanceof Function) return `${readme()}\n${dpdkText()}`;
  const { helpText } = await import("./help.ts");
  return `${helpText(readme)}\n${dpdkText()}`;
}

/** A value as `console.log` shows it: text as it is, all else as Deno inspects it. */
function shownText(value: unknown): string {
  if (typeof value === "string") return value;
  return Deno.inspect(value, { colors: Deno.stdout.isTerminal() && !Deno.noColor });
}

/** Prints the one line of a failed program on stderr. Returns its exit status. */
function explain(name: string, error: unknown, tell: (error: unknown) => Outcome): number {
  const { line, status } = tell(error);
  try {
    if (line !== undefined) complain(`${name}: ${line}`);
    if (Deno.env.get(DEBUG) && error instanceof Error) complain(error.stack ?? "");
  } catch {
    // stderr cannot be written either
  }
  return status;
}

/** The function given to {@linkcode onSignal}, which ends the program in order. */
let askForEnd: ((status: number) => void) | undefined;

let isUsed = false;

/** Whether {@linkcode run} has been called in this thread: it reports all errors itself. */
export function isRunning(): boolean {
  return isUsed;
}

/**
 * Runs a program and exits with the status that it returns; 1 after an error, which is told in
 * one line. `-h` and `--help` before `--` or after it print the program's README, `--version` which
 * DPDK is inside.
 *
 * @param name The name that the program's messages begin with.
 * @param readme The README beside the program's main.ts, or the text of its help.
 * @param main the program; it must have released everything when it returns or throws.
 * @param tell makes the line and the status of an error.
 */
export async function run(
  name: string,
  readme: URL | (() => string),
  main: (args: string[]) => number | Promise<number>,
  tell: (error: unknown) => Outcome = outcomeOf,
): Promise<never> {
  isUsed = true;
  requireRuntime(name);
  // Deno's own function does not report that the reader has ended
  console.log = (...data: unknown[]) => writeAll(`${data.map(shownText).join(" ")}\n`);
  let failed = 0;
  // an error that nobody awaits is printed in one line too, and ends the program
  const fail = (event: Event, error: unknown) => {
    event.preventDefault();
    if (failed !== 0) return;
    failed = explain(name, error, tell);
    if (askForEnd) askForEnd(failed);
    else endNow(failed);
  };
  globalThis.addEventListener("unhandledrejection", (event) => fail(event, event.reason));
  globalThis.addEventListener("error", (event) => fail(event, event.error));
  let status = 1;
  try {
    // the code for that is loaded only there
    if (Deno.build.standalone) (await import("./inside.ts")).useBundleInside();
    const args = programArgs();
    const asked = args.find((arg) => ["-h", "--help", "--version"].includes(arg));
    if (asked) {
      write(await informationText(name, readme, asked));
      status = 0;
    } else {
      status = await main(args);
    }
  } catch (error) {
    // an error that follows from the first one is not printed
    status = failed || explain(name, error, tell);
  }
  flushOutput();
  Deno.exit(failed || status);
}

/**
 * Calls `stop` once with the exit status of the first SIGINT, SIGTERM or SIGHUP, as shells and the C
 * samples have it. Copies of that signal are one with it: `timeout` sends two. A signal that comes a
 * second later, from somebody who is impatient, ends the process at once, so that nothing can hang
 * it. A signal that was ignored when the program started stays ignored.
 */
export function onSignal(stop: (status: number) => void): void {
  let asked = false;
  const ask = (status: number) => {
    if (asked) return;
    asked = true;
    stop(status);
  };
  askForEnd = ask;
  listenToSignals((signal) => ask(128 + ENDING_SIGNALS[signal]));
}
