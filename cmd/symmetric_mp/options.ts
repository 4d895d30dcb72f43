/**
 * symmetric_mp's own options: `smp_parse_args` of the C sample.
 *
 * @module
 */

import { Command, InvalidArgumentError } from "@commander-js/extra-typings";
import { DpdkError } from "../../mod.ts";
import { parsePortMask, PORT_MASK } from "../ports.ts";

/** The most processes: the queues that a port can have. */
export const MAX_PROCS = 1024;

/** What a process is told. */
export interface Options {
  /** `-p`: a bit for each port. */
  portMask: bigint;
  /** `--num-procs`. */
  numProcs: number;
  /** `--proc-id`. */
  procId: number;
}

const NUM_PROCS = `a number of processes from 1 to ${MAX_PROCS}`;
const PROC_ID = "the id of this process, from 0 to --num-procs less 1";

/** What an option is given the second time would replace what it was given first. */
function once(before: unknown): void {
  if (before !== undefined) throw new InvalidArgumentError("given more than once");
}

function readMask(text: string, before?: bigint): bigint {
  once(before);
  const mask = parsePortMask(text) ?? 0n;
  if (mask === 0n) throw new InvalidArgumentError(`expected ${PORT_MASK}`);
  return mask;
}

function readNumber(expected: string, least: number) {
  return (text: string, before?: number): number => {
    once(before);
    const value = /^\d{1,4}$/.test(text) ? Number(text) : -1;
    if (value < least || value > MAX_PROCS) throw new InvalidArgumentError(`expected ${expected}`);
    return value;
  };
}

/** A bad option: one line that names it and what was expected. */
function bad(option: string, reason: string): never {
  throw new DpdkError({ operation: option, reason });
}

/** Reads what follows `--`. */
export function readOptions(args: readonly string[]): Options {
  let fault = "";
  const command = new Command("symmetric_mp")
    .exitOverride()
    .helpOption(false)
    .addHelpCommand(false)
    .allowExcessArguments(false)
    .showSuggestionAfterError(false)
    .configureOutput({ outputError: (text) => fault = text.trim().replace(/^error: /, "") })
    .option("-p <portmask>", "", readMask)
    .option("--num-procs <n>", "", readNumber(NUM_PROCS, 1))
    .option("--proc-id <id>", "", readNumber(PROC_ID, 0));
  try {
    command.parse(args, { from: "user" });
  } catch {
    bad("options behind --", `${fault}; known are -p, --num-procs, --proc-id`);
  }
  const { p: portMask, numProcs, procId } = command.opts();
  if (portMask === undefined) bad("-p", `missing; expected ${PORT_MASK}`);
  if (numProcs === undefined) bad("--num-procs", `missing; expected ${NUM_PROCS}`);
  if (procId === undefined) bad("--proc-id", `missing; expected ${PROC_ID}`);
  if (procId >= numProcs) {
    bad(`--proc-id ${procId}`, `must be less than --num-procs ${numProcs}`);
  }
  return { portMask, numProcs, procId };
}
