/**
 * `report`: shows again what commands wrote by `--json`, and merges what several processes or boxes
 * wrote. It needs neither DPDK nor devices.
 *
 * @module
 */

import { basename } from "node:path";
import { fail, readCommand } from "../lib/options.ts";
import { writeAll } from "../lib/stdout.ts";
import { tableOf } from "../lib/table.ts";
import { columnsOf } from "../lib/terminal.ts";
import { wrap } from "../lib/wrap.ts";
import type { Command } from "./command.ts";
import type { ResultDocument, ResultTable } from "./document.ts";
import { merged, type Part } from "./merge.ts";
import { readDocument } from "./read.ts";
import { OUTPUTS, saveDocument } from "./results.ts";

/** Titles of columns whose values are figures. */
function figures({ head, rows }: ResultTable): string[] {
  return head.filter((_, i) =>
    rows.every((row) => /^(-?[\d.]+|none|max|)$/.test(`${row[i] ?? ""}`))
  );
}

/** The results in text. */
export function reportText({ tables, notes = [] }: ResultDocument): string {
  const width = columnsOf("stdout");
  const parts = tables.map((table) =>
    `${table.title}\n${tableOf(table.head, table.rows, { right: figures(table) })}\n`
  );
  const lines = notes.flatMap((note) => wrap(note, width));
  if (lines.length > 0) parts.push(`${lines.join("\n")}\n`);
  return parts.join("\n");
}

/** The names of files, with as much of their folders as tells them apart. */
function namesOf(paths: readonly string[]): string[] {
  const names = paths.map((path) => basename(path, ".json"));
  return new Set(names).size === names.length ? names : [...paths];
}

/** The command. */
export const REPORT: Command = {
  prepare(args) {
    const { operands: paths, ...outputs } = readCommand(args, OUTPUTS, (path) => path);
    if (paths.length === 0) fail("report", "files that --json of traffic wrote", "nothing");
    const names = namesOf(paths);
    const parts = paths.map((path, i): Part => ({
      name: names[i] ?? path,
      document: readDocument(path),
    }));
    const [only] = parts;
    const document = only && parts.length === 1
      ? only.document
      : merged(parts, ["report", ...args]);
    return () => {
      writeAll(reportText(document));
      saveDocument(outputs, document);
      return Promise.resolve(0);
    };
  },
};
