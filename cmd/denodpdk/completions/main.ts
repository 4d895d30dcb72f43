/**
 * denodpdk completions: what makes a shell complete. See README.md, which is also its `--help`.
 *
 * @module
 */

import { fail, knownWord, readCommand } from "../../lib/options.ts";
import { run } from "../../lib/run.ts";
import { writeAll } from "../../lib/stdout.ts";
import { completedCommands } from "./commands.ts";
import { type Shell, SHELLS } from "./shells.ts";

const NAME = "completions";
const NAMES = Object.keys(SHELLS);

await run(NAME, new URL("./README.md", import.meta.url), (args) => {
  const one = (word: string) => knownWord(`'${word}'`, word, NAMES, "one") as Shell;
  const { operands: [shell, ...more] } = readCommand(args, {}, one);
  if (shell === undefined) fail("shell", `one of ${NAMES.join(", ")}`, "nothing");
  if (more.length > 0) fail("shell", "one", `${more.length + 1}`);
  writeAll(SHELLS[shell](completedCommands()));
  return 0;
});
