/**
 * denodpdk: all programs in one file. See README.md, which is also its `--help`.
 *
 * @module
 */

import { argv0 } from "node:process";
import { becomeProgram } from "../lib/invocation.ts";
import { requireRuntime } from "../lib/runtime.ts";
import { type Command, COMMANDS, HELP } from "./commands.ts";
import { keepPermissions } from "./permissions.ts";

const NAME = "denodpdk";

/** The last part of a path. */
const fileName = (path: string) => path.slice(path.lastIndexOf("/") + 1);

/** The program whose name this process was started by, as a link to the file is called. */
function linkedProgram(): Command | undefined {
  const name = fileName(argv0);
  return COMMANDS.find((command) => command.isProgram && command.name === name);
}

/** Runs a command with these arguments. */
async function obey({ name, load, permissions = [] }: Command, args: string[]): Promise<void> {
  if (permissions !== "asked") keepPermissions(permissions);
  requireRuntime(name);
  becomeProgram(fileName(Deno.execPath()) === name ? [] : [name], args);
  await load();
}

const [word, ...rest] = Deno.args;
const linked = linkedProgram();
const named = COMMANDS.find(({ name }) => name === word);
const helped = word === HELP && rest.length === 1
  ? COMMANDS.find(({ name }) => name === rest[0])
  : undefined;

if (linked) await obey(linked, Deno.args);
else if (named) await obey(named, rest);
else if (helped) await obey(helped, ["--help"]);
else {
  keepPermissions([]);
  requireRuntime(NAME);
  // --help behind a name that is wrong explains nothing
  if (word !== undefined && !word.startsWith("-")) {
    becomeProgram([], word === HELP ? Deno.args : [word]);
  }
  const { list } = await import("./list.ts");
  await list(NAME);
}
