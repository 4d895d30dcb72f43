/**
 * traffic: sends flows at a rate, and judges what comes. See README.md, which is also its `--help`.
 *
 * @module
 */

import { run } from "../lib/run.ts";
import { commandWords, prepare } from "./commands.ts";
import { NAME } from "./command.ts";

await run(
  NAME,
  new URL("./README.md", import.meta.url),
  (args) => prepare(commandWords(args))(args),
);
