/**
 * `denodpdk new`: a script to start from. See README.md, which is also its `--help`.
 *
 * @module
 */

import { exists } from "../../lib/cache.ts";
import { DpdkError } from "../../lib/error.ts";
import { fail, flag, knownWord, readCommand } from "../../lib/options.ts";
import { run } from "../../lib/run.ts";
import { say } from "../../lib/stdout.ts";
import { scripts } from "./inside.ts";
import { importsOf, writeTypes } from "./types.ts";

const NAME = "new";
const README = new URL("./README.md", import.meta.url);

/** The script that is written where none is named. */
const USUAL = "forward";
const CONFIG = "deno.json";

/** What a script says of itself in its first line. */
function summaryOf(text: string): string {
  const [first = ""] = text.split("\n");
  return first.replace(/^\/\*\* | \*\/$/g, "");
}

function list(): void {
  const there = Object.entries(scripts()).sort();
  const width = Math.max(...there.map(([name]) => name.length));
  for (const [name, text] of there) say(`${name.padEnd(width)}  ${summaryOf(text)}`);
}

/** Writes a file that is not there yet. */
function write(path: string, text: string): void {
  try {
    Deno.writeTextFileSync(path, text, { createNew: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    throw new DpdkError({ operation: path, reason: "it is there already, and stays as it is" });
  }
}

/** Makes editors know the types. Returns what a person has yet to do, if anything. */
async function configure(): Promise<string | undefined> {
  const imports = importsOf();
  await writeTypes();
  if (!exists(CONFIG)) {
    write(CONFIG, `${JSON.stringify({ imports }, null, 2)}\n`);
    return undefined;
  }
  const known = Deno.readTextFileSync(CONFIG);
  if (
    Object.entries(imports).every(([name, path]) =>
      known.includes(JSON.stringify(name)) && known.includes(JSON.stringify(path))
    )
  ) {
    return undefined;
  }
  return `${CONFIG} stays as it is; for the types put this into it: "imports": ${
    JSON.stringify(imports)
  }`;
}

await run(NAME, README, async (args) => {
  const { list: isList, operands } = readCommand(args, { list: flag("--list") }, (word) => word);
  if (operands.length > 1) fail("NAME", "one script", `${operands.length}`);
  if (isList) {
    list();
    return 0;
  }
  const there = scripts();
  // run and check take the file's name, so people write it here too
  const asked = (operands[0] ?? USUAL).replace(/\.ts$/, "");
  const name = knownWord("NAME", asked, Object.keys(there).sort(), "one");
  const text = there[name] ?? "";
  write(`${name}.ts`, text);
  const rest = await configure();
  say(`${name}.ts: ${summaryOf(text)}`);
  if (rest !== undefined) say(rest);
  return 0;
});
