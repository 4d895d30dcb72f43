/**
 * `deno task setup`: makes this machine ready, one line per step. See README.md, which is also
 * its `--help`.
 *
 * @module
 */

import { run } from "../lib/run.ts";
import { setupOptions } from "./options.ts";
import { setUp } from "../lib/setup/setup.ts";

await run(
  "setup",
  new URL("./README.md", import.meta.url),
  async (args) => await setUp(setupOptions(args)) ? 0 : 1,
);
