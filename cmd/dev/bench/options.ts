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
  text,
  words,
} from "../../lib/options.ts";
import { ROWS } from "./rows.ts";

const NAMES = Object.keys(ROWS);

const OPTIONS = {
  /** Rounds of each row. */
  rounds: optional("--rounds", "a number of rounds from 1 to 10000", integer(1, 10_000), 5),
  /** Names of the rows. */
  rows: optional("--rows", `some of ${NAMES.join(", ")}`, words("--rows", NAMES), NAMES),
  /** Seconds to look for pauses, in place of the rows. */
  pause: optional("--pause", "seconds from 1 to 86400", integer(1, 86_400), undefined),
  /** Where to write all that was measured. */
  json: optional("--json", "the name of a file", text, undefined),
};

/** What is to be measured. */
export type BenchOptions = OptionValues<typeof OPTIONS>;

/** Reads them. */
export function benchOptions(args: readonly string[]): BenchOptions {
  return readOptions(args, OPTIONS);
}
