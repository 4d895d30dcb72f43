/**
 * The command lines of mp_server and mp_client: EAL's arguments, `--`, and a few options of one
 * letter as `getopt()` reads them.
 *
 * @module
 */

import { DpdkError, parseEalOptions } from "../../mod.ts";
import { parsePeriod, PERIOD } from "../period.ts";
import { parsePortMask, PORT_MASK } from "../ports.ts";
import { MAX_CLIENTS } from "./common.ts";

/** A bad option: one line that names it and what was expected. */
export function badOption(option: string, reason: string): never {
  throw new DpdkError({ operation: option, reason });
}

/**
 * EAL's arguments for a program that can have one role only, so that `--proc-type=auto`, or none,
 * is that role.
 */
export function argsForRole(
  name: string,
  args: readonly string[],
  role: "primary" | "secondary",
): string[] {
  const { procType, ealArgs, appArgs } = parseEalOptions(args);
  const kept = ealArgs.filter((arg, i) =>
    !/^--proc-type(=|$)/.test(arg) && ealArgs[i - 1] !== "--proc-type"
  );
  const given = kept.length < ealArgs.length;
  if (given && procType !== role && procType !== "auto") {
    badOption(`--proc-type=${procType}`, `${name} is always a ${role} process`);
  }
  return [...kept, `--proc-type=${role}`, "--", ...appArgs];
}

/**
 * Reads options of one letter that each need a value, as `-p 3` or `-p3`.
 *
 * @param known What is expected, by letter.
 */
export function readOptions<Letter extends string>(
  args: readonly string[],
  known: Record<Letter, string>,
): Partial<Record<Letter, string>> {
  const values: Partial<Record<Letter, string>> = {};
  const letters = Object.keys(known).map((letter) => `-${letter}`);
  const isKnown = (letter: string): letter is Letter => Object.hasOwn(known, letter);
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? "";
    const letter = arg.slice(1, 2);
    if (!arg.startsWith("-") || !isKnown(letter)) {
      badOption(`'${arg}'`, `unknown after --; expected ${letters.join(", ")}`);
    }
    const value = arg.length > 2 ? arg.slice(2) : args[++i];
    if (value === undefined) badOption(`-${letter}`, `needs a value; expected ${known[letter]}`);
    if (values[letter] !== undefined) badOption(`-${letter}`, "given more than once");
    values[letter] = value;
  }
  return values;
}

/** What mp_server is told. */
export interface ServerOptions {
  /** `-p`: a bit for each port. */
  portMask: bigint;
  /** `-n`. */
  clients: number;
  /** `-T`: seconds between two displays of the statistics, 0 for one at the end. The C sample lacks it. */
  period: number;
}

const CLIENT_COUNT = `a number of clients from 1 to ${MAX_CLIENTS}`;

/** Reads mp_server's own options. */
export function serverOptions(args: readonly string[]): ServerOptions {
  const { p, n, T = "1" } = readOptions(args, { p: PORT_MASK, n: CLIENT_COUNT, T: PERIOD });
  if (p === undefined) badOption("-p", `missing; expected ${PORT_MASK}`);
  if (n === undefined) badOption("-n", `missing; expected ${CLIENT_COUNT}`);
  const portMask = parsePortMask(p, 16);
  if (portMask === undefined) badOption("-p", `expected ${PORT_MASK}, got '${p}'`);
  const clients = /^\d{1,3}$/.test(n) ? Number(n) : 0;
  if (clients < 1 || clients > MAX_CLIENTS) badOption("-n", `expected ${CLIENT_COUNT}, got '${n}'`);
  const period = parsePeriod(T);
  if (period === undefined) badOption("-T", `expected ${PERIOD}, got '${T}'`);
  return { portMask, clients, period };
}

const CLIENT_ID = `a client id from 0 to ${MAX_CLIENTS - 1}`;

/** Reads mp_client's own option, its id; 0 where it is left out, as in C. */
export function clientOptions(args: readonly string[]): number {
  const { n = "0" } = readOptions(args, { n: CLIENT_ID });
  const id = /^\d{1,3}$/.test(n) ? Number(n) : MAX_CLIENTS;
  if (id >= MAX_CLIENTS) badOption("-n", `expected ${CLIENT_ID}, got '${n}'`);
  return id;
}

/**
 * The ports of a mask, in order.
 *
 * @param ports Those that there are.
 * @param warn Called where the mask names ports that there are not; they are ignored, as in C.
 */
export function portsOf(
  portMask: bigint,
  ports: readonly number[],
  warn: (line: string) => void,
): number[] {
  const used = ports.filter((port) => (portMask >> BigInt(port)) & 1n);
  const left = used.reduce((mask, port) => mask & ~(1n << BigInt(port)), portMask);
  const mask = `-p ${portMask.toString(16)}`;
  const there = `ports are ${ports.join(", ") || "none"}`;
  if (used.length === 0) badOption(mask, `names no port that there is; ${there}`);
  if (used.length % 2 !== 0) {
    badOption(mask, `names ${used.length} of the ports; expected an even number, ${there}`);
  }
  if (left !== 0n) warn(`WARNING: leftover ports in mask 0x${left.toString(16)} - ignoring`);
  return used;
}
