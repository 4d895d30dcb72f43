/**
 * The files that results are written to: the options that name them, checked before anything is
 * started, and what writes them.
 *
 * @module
 */

import { accessSync, constants } from "node:fs";
import { dirname } from "node:path";
import { measuredCyclesPerSecond } from "../../ffi/eal_api.ts";
import { DpdkError } from "../lib/error.ts";
import { optional, type OptionSpec, refuse } from "../lib/options.ts";
import { VERSION } from "../lib/version.ts";
import { csvText } from "./csv.ts";
import { documentText, FORMAT, type Measured, type ResultDocument, TOOL } from "./document.ts";
import { thisMachine } from "./machine.ts";
import { pageOf } from "./page.ts";

/** Why a file cannot be written; undefined where nothing is known against it. */
function fault(path: string): string | undefined {
  const isFolder = (path: string) => Deno.statSync(path).isDirectory;
  const mayWrite = (path: string) => accessSync(path, constants.W_OK);
  try {
    if (!isFolder(dirname(path))) return "its folder is none";
  } catch {
    return "its folder is not there";
  }
  try {
    if (isFolder(path)) return "it is a folder";
    mayWrite(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) return "it may not be written";
    try {
      mayWrite(dirname(path));
    } catch {
      return "its folder may not be written";
    }
  }
}

/**
 * An option for a file to be written. A file that could not be is refused at once: a measurement of an
 * hour is not lost for want of a folder.
 *
 * @param expected what the file is.
 */
export function outputFile(flag: string, expected = "a file"): OptionSpec<string | undefined> {
  const read = (path: string) => {
    if (path === "") return undefined;
    const wrong = fault(path);
    return wrong ? refuse(flag, `${expected} that can be written`, path, wrong) : path;
  };
  return optional(flag, expected, read, undefined);
}

/** The options for where results go. */
export const OUTPUTS = {
  json: outputFile("--json"),
  csv: outputFile("--csv"),
  report: outputFile("--report"),
};

/** The values of {@linkcode OUTPUTS}. */
export type Outputs = { [Name in keyof typeof OUTPUTS]: string | undefined };

/**
 * Writes a file.
 *
 * @throws {DpdkError} when that fails.
 */
export function save(flag: string, path: string, text: string): void {
  try {
    Deno.writeTextFileSync(path, text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : `${error}`;
    throw new DpdkError({ operation: flag, reason });
  }
}

/** Writes documents to the files that were asked for. */
export function saveDocument(outputs: Outputs, document: ResultDocument): void {
  const { json, csv, report } = outputs;
  if (json) save("--json", json, documentText(document));
  if (csv) save("--csv", csv, csvText(document));
  if (report) save("--report", report, pageOf(document));
}

/** The document of what was measured here and now. EAL must be there. */
export function documentOf({ begin, ...measured }: Measured): ResultDocument {
  return {
    tool: TOOL,
    format: FORMAT,
    version: VERSION,
    machine: thisMachine(measuredCyclesPerSecond()),
    begin: begin.toISOString(),
    ...measured,
  };
}

/**
 * Writes what was measured to the files that were asked for.
 *
 * @param outputs the values of {@linkcode OUTPUTS}; others beside them are ignored.
 * @throws {DpdkError} when a file cannot be written.
 */
export function saveResults(outputs: Outputs, measured: Measured): void {
  saveDocument(outputs, documentOf(measured));
}
