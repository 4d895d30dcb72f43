/**
 * What a command of traffic is, and the options that several of them have.
 *
 * @module
 */

import { Rate } from "../../ffi/traffic/traffic.ts";
import {
  integer,
  optional,
  type OptionSpec,
  type OptionValues,
  readCommand,
  type Reader,
  refuse,
} from "../lib/options.ts";

/** The name of the program. */
export const NAME = "traffic";

/**
 * Runs a command whose options have been read.
 *
 * @param args The arguments of the program, EAL's among them.
 * @returns the exit status.
 */
export type Run = (args: string[]) => Promise<number>;

/** A command of traffic. */
export interface Command {
  /**
   * Reads the words behind the command, before anything is started.
   *
   * @throws {DpdkError} one line that names the option and what was expected.
   */
  prepare(args: readonly string[]): Run;
}

/**
 * A command whose words are options.
 *
 * @param specs its options.
 * @param run makes what runs it from their values; it may refuse some.
 */
export function command<Specs extends Record<string, OptionSpec<unknown>>>(
  specs: Specs,
  run: (options: OptionValues<Specs>) => Run,
): Command {
  const stray = (word: string) => refuse(NAME, "options only", word);
  return {
    prepare(args) {
      const { operands: _, ...options } = readCommand(args, specs, stray);
      return run(options as OptionValues<Specs>);
    },
  };
}

/**
 * A command whose words are files, and options.
 *
 * @param specs its options.
 * @param run makes what runs it from their values and the files; it may refuse some.
 */
export function fileCommand<Specs extends Record<string, OptionSpec<unknown>>>(
  specs: Specs,
  run: (options: OptionValues<Specs>, files: readonly string[]) => Run,
): Command {
  return {
    prepare(args) {
      const { operands, ...options } = readCommand(args, specs, (word) => word);
      return run(options as OptionValues<Specs>, operands);
    },
  };
}

/** Seconds, with or without an `s` behind. */
export function seconds(text: string): number | undefined {
  const value = /^\d{1,6}(\.\d+)?s?$/.test(text) ? parseFloat(text) : NaN;
  return value > 0 ? value : undefined;
}

/** The text itself, when it can be read. */
export function readable(read: (text: string) => unknown): Reader<string> {
  return (text) => {
    try {
      read(text);
      return text;
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  };
}

/** The option for the port. */
export const PORT = optional("--port", "a port from 0 to 1023", integer(0, 1023), 0);

/** The option for how long, in seconds; until a signal where left out. */
export const DURATION = optional("--duration", "seconds, above 0", seconds, Infinity);

/** The option for a rate, as text that {@linkcode Rate.parse} reads. */
export const rate = <Default>(otherwise: Default): OptionSpec<string | Default> =>
  optional(
    "--rate",
    "a rate as 2Mpps, 5Gbps, 5GbpsL1, 30% or max",
    readable((text) => Rate.parse(text)),
    otherwise,
  );
