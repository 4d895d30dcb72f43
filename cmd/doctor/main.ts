/**
 * `deno task doctor`: shows what this machine has and what it lacks; changes nothing. See
 * README.md, which is also its `--help`.
 *
 * @module
 */

import Table from "cli-table3";
import { command } from "../command.ts";
import { examine } from "./checks.ts";

command("doctor", new URL("./README.md", import.meta.url)).parse(Deno.args, { from: "user" });

const coloured = Deno.stdout.isTerminal() && !Deno.noColor;
const paint = (code: number, text: string) => coloured ? `\x1b[${code}m${text}\x1b[0m` : text;
const [BOLD, GREEN, RED] = [1, 32, 31];

try {
  const findings = examine();
  const table = new Table({
    head: ["what", "found", "OK or cure"].map((title) => paint(BOLD, title)),
    // the library's own colours would ignore NO_COLOR
    style: { head: [], border: [] },
    // no lines between rows
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
  });
  for (const { subject, state, cure } of findings) {
    table.push([subject, state, cure ? paint(RED, cure) : paint(GREEN, "OK")]);
  }
  console.log(table.toString());
  Deno.exitCode = findings.some(({ cure }) => cure) ? 1 : 0;
} catch (error) {
  console.error(`doctor: ${error instanceof Error ? error.message.split("\n")[0] : error}`);
  Deno.exitCode = 1;
}
