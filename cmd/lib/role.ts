/**
 * Programs that can have one role only.
 *
 * @module
 */

import { parseLenient } from "../../ffi/host/eal_options.ts";
import { parseEalOptions } from "../../ffi/eal_api.ts";
import { refuse } from "./options.ts";

/**
 * EAL's arguments for a program that is always a primary or always a secondary, so that
 * `--proc-type=auto`, or none, is that role.
 *
 * @throws {DpdkError} for the other role.
 */
export function argsForRole(args: readonly string[], role: "primary" | "secondary"): string[] {
  const { ealArgs, appArgs } = parseEalOptions(args);
  const given = parseLenient(ealArgs).get("--proc-type") ?? role;
  if (given !== role && given !== "auto") refuse("--proc-type", role, given);
  // EAL takes the last one
  return [...ealArgs, `--proc-type=${role}`, "--", ...appArgs];
}
