/**
 * `--help` of a program of one file.
 *
 * @module
 */

import type { OptionSpec } from "../option.ts";
import { columnsOf } from "../terminal.ts";
import { wrap } from "../wrap.ts";

/** What of a program its help tells. */
export interface Described {
  /** What it does. */
  about?: string;
  /** Its own options. */
  options?: Record<string, OptionSpec<unknown>>;
  /** How many ports it needs. */
  ports?: number;
}

/** The text of `--help`. */
export function programHelp(
  name: string,
  { about, options = {}, ports }: Described,
  width: number = columnsOf("stdout"),
): string {
  const specs = Object.values(options);
  const rows: [string, string][] = [
    ...ports === undefined
      ? []
      : [["-p PORTMASK", `which ${ports} ports; the first ones`] as const],
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
