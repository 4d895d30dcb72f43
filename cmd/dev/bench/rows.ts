/**
 * All rows, by the names that `--rows` takes.
 *
 * @module
 */

import type { Row } from "./figures.ts";
import { benchFirstPacket } from "./first_packet.ts";
import { FORWARDERS } from "./forwarders.ts";
import { benchCalls } from "./calls.ts";
import { benchCapture } from "./capture.ts";
import { benchCompiled } from "./compiled.ts";
import { benchMessages } from "./messages.ts";
import { benchRunScript } from "./run_script.ts";
import { benchStartUp } from "./startup.ts";

/** Measures some rows. */
export type Measure = (rounds: number, against?: string) => Promise<Row[]>;

/** All of them, in the order of the table. */
export const ROWS: Record<string, Measure> = {
  "start": benchStartUp,
  "compiled": benchCompiled,
  "script": benchRunScript,
  "first-packet": benchFirstPacket,
  ...FORWARDERS,
  "capture": benchCapture,
  "calls": benchCalls,
  "messages": benchMessages,
};

/**
 * Groups of rows in which programs of another checkout can be measured in place of the C samples.
 */
export const BY_TURNS: readonly string[] = [
  "start",
  "first-packet",
  ...Object.keys(FORWARDERS),
  "capture",
];
