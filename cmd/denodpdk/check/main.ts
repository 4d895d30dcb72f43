/**
 * `denodpdk check`: whether scripts would load. See README.md, which is also its `--help`.
 *
 * @module
 */

import { fail, readCommand } from "../../lib/options.ts";
import { run } from "../../lib/run.ts";
import { complain, say } from "../../lib/stdout.ts";
import { checkScript } from "../script/check.ts";
import { scriptUrl, shownPath } from "../script/url.ts";

const NAME = "check";
const README = new URL("./README.md", import.meta.url);

await run(NAME, README, async (args) => {
  const { operands: files } = readCommand(args, {}, (word) => word);
  if (files.length === 0) fail("FILE", "a script, as my.ts", "nothing");
  let status = 0;
  for (const file of files) {
    const entry = scriptUrl(file);
    const { modules, faults } = await checkScript(entry);
    for (const fault of faults) complain(`${NAME}: ${fault}`);
    if (faults.length > 0) status = 1;
    else say(`${shownPath(entry)} would load: ${modules} module${modules === 1 ? "" : "s"}`);
  }
  return status;
});
