/**
 * The files of a script, as URLs and as a person writes them.
 *
 * @module
 */

import { relative, resolve } from "node:path/posix";
import { fileURLToPath, pathToFileURL } from "node:url";
import { refuse } from "../../lib/option.ts";

/** A path as a person writes it who is in this process's folder; from / on it is the whole path. */
export function shownPath(url: string): string {
  if (!url.startsWith("file:")) return url;
  const path = fileURLToPath(url);
  const short = relative(Deno.cwd(), path);
  return short.startsWith("../") || Deno.cwd() === "/" ? path : short || ".";
}

/**
 * The URL of a script that is named on a command line.
 *
 * @throws {DpdkError} where it is no file of this machine.
 */
export function scriptUrl(file: string): string {
  if (file === "-") refuse("FILE", "a file", file, "standard input is not read");
  if (/^\w+:\/\//.test(file)) refuse("FILE", "a file", file);
  return pathToFileURL(resolve(file)).href;
}
