/**
 * All rows, by the names that `--rows` takes.
 *
 * @module
 */

import type { Row } from "./figures.ts";
import { FORWARDERS } from "./forwarders.ts";
import { benchCalls } from "./calls.ts";
import { benchStartUp } from "./startup.ts";

/** Measures some rows. */
export type Measure = (rounds: number) => Promise<Row[]>;

/** All of them, in the order of the table. */
export const ROWS: Record<string, Measure> = {
  "start": benchStartUp,
  ...FORWARDERS,
  "calls": benchCalls,
};
