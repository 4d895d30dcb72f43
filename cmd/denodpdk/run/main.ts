/**
 * `denodpdk run`: a script of the user, with the library that is inside. See README.md, which is
 * also its `--help`.
 *
 * @module
 */

import { becomeProgram, programArgs, programWords } from "../../lib/invocation.ts";
import { fail } from "../../lib/option.ts";
import { run } from "../../lib/run.ts";
import { keepPermissions } from "../permissions.ts";
import { readCommandLine } from "../script/command_line.ts";
import { isJsonError } from "../script/json.ts";
import { explainLoad } from "../script/link.ts";
import { findStored } from "../script/store.ts";
import { begin } from "../script/thread.ts";
import { scriptUrl } from "../script/url.ts";
import { reportErrors } from "./errors.ts";
import { askedPermissions } from "./options.ts";

const NAME = "run";
const README = new URL("./README.md", import.meta.url);

/** Makes this process run a script. Returns the URL from which its main module is loaded. */
async function ready(file: string, flags: readonly string[], args: string[]): Promise<string> {
  keepPermissions(askedPermissions(flags));
  const entry = scriptUrl(file);
  const stored = findStored(entry) ??
    await (await import("../script/prepare.ts")).prepareScript(entry);
  becomeProgram([...programWords(), ...flags, file], args);
  begin(stored, args);
  reportErrors(entry);
  const main = stored.modules.find(({ url }) => url === entry);
  return new URL(main?.file ?? "", stored.folder).href;
}

/** Prints the one line of an error, and exits. */
function tell(error: unknown): Promise<never> {
  // a --help of the script is not meant for this program
  becomeProgram([], []);
  return run(NAME, README, () => {
    throw error;
  });
}

/** Reads a script anew that was ready, to find the fault in what it imports besides modules. */
async function readAnew(entry: string): Promise<void> {
  const { prepareScript } = await import("../script/prepare.ts");
  await prepareScript(entry).catch(tell);
}

/** Loads the script. */
async function load(main: string, entry: string): Promise<void> {
  try {
    await import(main);
  } catch (error) {
    const fault = explainLoad(error);
    if (fault) await tell(fault);
    if (isJsonError(error)) await readAnew(entry);
    throw error;
  }
}

const { flags, file, args } = readCommandLine(programArgs());
if (file === undefined || flags.some((flag) => ["-h", "--help", "--version"].includes(flag))) {
  becomeProgram([], flags);
  await run(NAME, README, () => {
    askedPermissions(flags);
    fail("FILE", "a script, as my.ts", "nothing");
  });
} else {
  const main = await ready(file, flags, args).catch(tell);
  // not awaited: where a script waits for what never comes, Deno shows that place, and not this one
  load(main, scriptUrl(file));
}
