/**
 * `--help` of a program of one file.
 *
 * @module
 */

import type { OptionSpec } from "../option.ts";
import { columnsOf } from "../terminal.ts";
import { wrap } from "../wrap.ts";

/** The parts of a program that its help shows. */
export interface Described {
  /** What the program does, in one line. */
  about?: string;
  /** The program's own options. */
  options?: Record<string, OptionSpec<unknown>>;
  /** How many ports the program needs; `"all"` takes all ports. */
  ports?: number | "all";
}

function whichPorts(ports: number | "all"): string {
  if (ports === "all") return "which ports; all";
  return ports === 1 ? "which port; the first one" : `which ${ports} ports; the first ones`;
}

/** The text of `--help`. */
export function programHelp(
  name: string,
  { about, options = {}, ports }: Described,
  width: number = columnsOf("stdout"),
): string {
  const specs = Object.values(options);
  const rows: [string, string][] = [
    ...ports === undefined ? [] : [["-p PORTMASK", whichPorts(ports)] as const],
    ...specs.map(({ flag, expected }) =>
      [expected === undefined ? flag : `${flag} VALUE`, expected ?? ""] as const
    ),
  ].map(([left, right]) => [left, right]);
  const column = Math.max(0, ...rows.map(([left]) => left.length)) + 2;
  const own = rows.length > 0 ? " -- [options]" : "";
  return [
    `Usage: ${name} [EAL options]${own}`,
    ...about ? ["", ...wrap(about, width)] : [],
    ...rows.length > 0 ? ["", "Options, after --:"] : [],
    ...rows.flatMap(([left, right]) => wrap(right, width, { first: `  ${left.padEnd(column)}` })),
    "",
  ].join("\n");
}
