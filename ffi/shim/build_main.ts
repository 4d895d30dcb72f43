/**
 * Builds the shim in a process of its own: `build_main.ts LINKAGE`. It shows its progress on
 * stderr, and prints the result on stdout, as JSON.
 *
 * @module
 */

import { buildInto } from "./build.ts";
import { DpdkError } from "../boundary/errors.ts";
import { type BuildAnswer, holdBuildFolder } from "./installed.ts";

function answer(what: BuildAnswer): void {
  console.log(JSON.stringify(what));
}

const linkage = Deno.args[0] === "core" || Deno.args[0] === "bundled" ? Deno.args[0] : "system";
try {
  answer({ build: await buildInto(holdBuildFolder(linkage), linkage) });
} catch (error) {
  if (!(error instanceof DpdkError)) throw error;
  const { operation, errno, code, reason, hint } = error;
  answer({ failed: { operation, errno, code, reason, ...(hint === undefined ? {} : { hint }) } });
}
