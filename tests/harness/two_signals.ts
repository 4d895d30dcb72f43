/**
 * Two SIGINT within a millisecond, as `timeout -s INT` sends them: to the process, then to its group.
 *
 * @module
 */

import { setTimeout as delay } from "node:timers/promises";
import { argsOf, type ProgramName, RUNNING } from "./programs.ts";
import type { Prefix } from "./prefix.ts";
import type { End, TestProcess } from "./process.ts";
import { program } from "./program.ts";

/** In which part of its life the signals reach a program. */
export const PHASES = ["start", "run", "end"] as const;

/** See {@linkcode PHASES}. */
export type Phase = typeof PHASES[number];

/** Sends both. */
function signalTwice(process: TestProcess): void {
  process.kill("SIGINT");
  process.kill("SIGINT");
}

/** What came of it. */
export interface Outcome {
  /** How it ended. */
  end: Omit<End, "ms">;
  /** Whether it had said that it runs. */
  ran: boolean;
  /** All that it said on stderr. */
  stderr: string;
}

/**
 * Starts a program and sends it two signals `ms` milliseconds after its start, after it says that
 * it runs, or after a first signal that ends it.
 */
export async function endByTwoSignals(
  prefix: Prefix,
  name: ProgramName,
  phase: Phase,
  ms: number,
): Promise<Outcome> {
  const process = prefix.spawn(name, program(name), argsOf(prefix, name));
  if (phase !== "start") await process.waitFor(RUNNING[name]);
  if (phase === "end") process.kill("SIGTERM");
  // a moment, not a condition: any of them must do
  await delay(ms);
  const ran = RUNNING[name].test(process.stdout);
  signalTwice(process);
  const end = await process.ended();
  return { end, ran, stderr: process.stderr };
}
