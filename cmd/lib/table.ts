/**
 * Tables that fit a terminal: text in too wide a column is wrapped, and a table that is too wide
 * all the same becomes a list, a line for each value.
 *
 * @module
 */

import { styleText } from "node:util";
// by its whole name: a script elsewhere has an import map of its own, without this package
// deno-lint-ignore no-import-prefix
import Table from "npm:cli-table3@0.6.5";
import { columnsOf, hasColours } from "./terminal.ts";
import { widthOf, wrap } from "./wrap.ts";

/** The style of a value, where there are colours. */
export type Style = "bold" | "green" | "red";

/** A value of a table; numbers are aligned to the right. */
export type Cell = string | number | { text: string; style: Style };

/** Options of a table. */
export interface TableOptions {
  /** Columns of the terminal; those of stdout where left out. */
  width?: number;
  /** Whether there are colours; where stdout has them if left out. */
  colours?: boolean;
  /** Whether a line stands between two rows. */
  ruled?: boolean;
  /** Titles of columns whose texts stand on the right, as a figure with its unit. */
  right?: readonly string[];
}

/** A column of text is not made narrower than so many columns. */
const NARROWEST = 8;

/** Nor than its longest word, unless that is longer. */
const LONG_WORD = 16;

const textOf = (cell: Cell) => typeof cell === "object" ? cell.text : `${cell}`;

/** Borders and the spaces beside them, for so many columns. */
const borders = (count: number) => 3 * count + 1;

/**
 * The widths of columns that fit, those of text made narrower as far as need be; undefined where
 * they cannot fit.
 *
 * @param natural Their widths without wrapping.
 * @param least The least that each may have.
 */
export function fittingWidths(
  natural: readonly number[],
  least: readonly number[],
  width: number,
): number[] | undefined {
  const widths = [...natural];
  let excess = widths.reduce((sum, one) => sum + one, borders(widths.length)) - width;
  for (; excess > 0; excess--) {
    let widest = -1;
    for (const [i, one] of widths.entries()) {
      if (one > (least[i] ?? one) && one > (widths[widest] ?? 0)) widest = i;
    }
    if (widest < 0) return undefined;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

/** The widths of columns; room that wrapping leaves free in one column is given to the others. */
function widthsOf(
  natural: readonly number[],
  least: readonly number[],
  width: number,
  used: (column: number, room: number) => number,
): number[] | undefined {
  const wanted = [...natural];
  for (;;) {
    const widths = fittingWidths(wanted, least, width);
    if (!widths) return undefined;
    const spare = widths.map((room, i) => room - used(i, room));
    const most = Math.max(...spare);
    if (most === 0) return widths;
    const column = spare.indexOf(most);
    wanted[column] = (widths[column] ?? 0) - most;
  }
}

function painter(colours: boolean): (text: string, style: Style) => string {
  return (text, style) => colours ? styleText(style, text, { validateStream: false }) : text;
}

/** A row as lines `title: value`. */
function listed(head: readonly string[], row: readonly Cell[], width: number, colours: boolean) {
  const paint = painter(colours);
  const room = Math.min(Math.max(...head.map(widthOf)), Math.floor(width / 3));
  return head.flatMap((title, i) => {
    const cell = row[i] ?? "";
    const first = `${title.padEnd(room)}  `;
    const lines = wrap(textOf(cell), width, { first, rest: " ".repeat(room + 2) });
    return typeof cell === "object" ? lines.map((line) => paint(line, cell.style)) : lines;
  }).join("\n");
}

/**
 * A table.
 *
 * @param head The titles of its columns.
 * @param rows A value for each column.
 */
export function tableOf(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  options: TableOptions = {},
): string {
  const { width = columnsOf("stdout"), colours = hasColours("stdout"), ruled = false, right = [] } =
    options;
  const column = (i: number) => rows.map((row) => row[i] ?? "");
  const isRight = head.map((title, i) =>
    right.includes(title) ||
    (rows.length > 0 && column(i).every((cell) => typeof cell === "number"))
  );
  const natural = head.map((title, i) =>
    Math.max(...[title, ...column(i).map(textOf)].flatMap((text) => text.split("\n")).map(widthOf))
  );
  const least = natural.map((one, i) => {
    const words = [head[i] ?? "", ...column(i).map(textOf)].flatMap((text) => text.split(/[ \n]/));
    const longest = Math.max(...words.map(widthOf));
    // a figure and its unit are not wrapped
    if (isRight[i]) return Math.max(longest, ...column(i).map((cell) => widthOf(textOf(cell))));
    return Math.min(one, Math.max(NARROWEST, Math.min(longest, LONG_WORD)));
  });
  const widths = widthsOf(natural, least, width, (i, room) =>
    Math.max(
      ...[head[i] ?? "", ...column(i).map(textOf)].flatMap((text) => wrap(text, room)).map(widthOf),
    ));
  if (!widths) {
    const line = "─".repeat(Math.min(width, 20));
    return rows.map((row) => listed(head, row, width, colours)).join(`\n${line}\n`);
  }
  const paint = painter(colours);
  const drawn = (cell: Cell, i: number) =>
    wrap(textOf(cell), widths[i] ?? NARROWEST)
      .map((line) => typeof cell === "object" ? paint(line, cell.style) : line).join("\n");
  const table = new Table({
    head: head.map((title, i) => drawn({ text: title, style: "bold" }, i)),
    colAligns: isRight.map((one) => one ? "right" : "left"),
    // the library's own colours would ignore NO_COLOR
    style: { head: [], border: [], compact: !ruled },
  });
  table.push(...rows.map((row) => row.map(drawn)));
  return table.toString();
}
