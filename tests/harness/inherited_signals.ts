/**
 * Programs under test end by SIGINT, whoever runs the tests.
 *
 * A signal that is ignored stays so in all that is started from there, and a program honours that. A
 * shell lets what it runs in the background of a script ignore SIGINT, and `nohup` SIGHUP: a test that
 * runs like that would wait for ever for the end of its programs.
 *
 * @module
 */

import { ignoredSignals } from "../../ffi/host/signals.ts";
import type { Command } from "./process.ts";

/** The command, such that it ignores no ending signal that this process does. Its pid stays its own. */
export function hearingSignals({ command, args }: Command): Command {
  const names = ignoredSignals().map((name) => name.replace(/^SIG/, ""));
  if (names.length === 0) return { command, args };
  return { command: "env", args: [`--default-signal=${names.join()}`, command, ...args] };
}
