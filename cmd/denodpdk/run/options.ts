/**
 * The flags of `denodpdk run`: what the script may do.
 *
 * @module
 */

import { knownWord, refuse } from "../../lib/option.ts";
import { type Permission, PERMISSIONS } from "../permissions.ts";

const ALL = ["-A", "--allow-all"];
/** What a script may do anyway: people who write `deno run` write these too. */
const ALWAYS = ["--allow-ffi", "--allow-read", "--allow-write"];
const FLAGS = PERMISSIONS.map((name) => `--allow-${name}`);

/**
 * The permissions that flags ask for.
 *
 * @throws {DpdkError} for a flag that is none.
 */
export function askedPermissions(flags: readonly string[]): Permission[] {
  const asked = new Set<Permission>();
  for (const flag of flags) {
    const [, name = "", value] = flag.match(/^([^=]*)(?:=(.*))?$/) ?? [];
    if (!ALWAYS.includes(name)) knownWord(name, name, [...ALL, ...FLAGS], "one");
    if (value !== undefined) refuse(name, "no value", value);
    for (const one of PERMISSIONS) {
      if (ALL.includes(name) || name === `--allow-${one}`) asked.add(one);
    }
  }
  return [...asked];
}
