/**
 * The bench's options.
 *
 * @module
 */

import {
  integer,
  optional,
  type OptionValues,
  readOptions,
  refuse,
  text,
  words,
} from "../../lib/options.ts";
import { BY_TURNS, ROWS } from "./rows.ts";

const NAMES = Object.keys(ROWS);

/** The folder of a checkout, in full. */
function checkout(folder: string): string | undefined {
  try {
    return Deno.statSync(`${folder}/deno.json`).isFile ? Deno.realPathSync(folder) : undefined;
  } catch {
    return undefined;
  }
}

const OPTIONS = {
  /** Rounds of each row. */
  rounds: optional("--rounds", "a number of rounds from 1 to 10000", integer(1, 10_000), 5),
  /** Names of the rows. */
  rows: optional("--rows", `some of ${NAMES.join(", ")}`, words("--rows", NAMES), undefined),
  /** A checkout whose programs are the other side, in place of C's. */
  against: optional("--against", "the folder of another checkout", checkout, undefined),
  /** Seconds to look for pauses, in place of the rows. */
  pause: optional("--pause", "seconds from 1 to 86400", integer(1, 86_400), undefined),
  /** Seconds to send at each rate, in place of the rows. */
  pace: optional("--pace", "seconds from 1 to 3600", integer(1, 3600), undefined),
  /** Minutes to send and receive at half load, in place of the rows. */
  steady: optional("--steady", "minutes from 1 to 1440", integer(1, 1440), undefined),
  /** Where to write all that was measured. */
  json: optional("--json", "the name of a file", text, undefined),
};

/** What is to be measured. */
export type BenchOptions = OptionValues<typeof OPTIONS> & { rows: string[] };

/** Reads them. */
export function benchOptions(args: readonly string[]): BenchOptions {
  const { rows, ...options } = readOptions(args, OPTIONS);
  const against = options.against !== undefined;
  const strange = rows?.find((row) => against && !BY_TURNS.includes(row));
  if (strange !== undefined) {
    refuse("--rows", `with --against, some of ${BY_TURNS.join(", ")}`, strange);
  }
  return { ...options, rows: rows ?? (against ? [...BY_TURNS] : NAMES) };
}
