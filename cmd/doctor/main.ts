/**
 * doctor: shows what this machine has and what it lacks; changes nothing. See README.md, which is
 * also its `--help`.
 *
 * @module
 */

import Table from "cli-table3";
import { command } from "../command.ts";
import { run } from "../run.ts";
import { examine } from "./checks.ts";

const NAME = "doctor";
const README = new URL("./README.md", import.meta.url);

const [BOLD, GREEN, RED] = [1, 32, 31];

function doctor(args: string[]): number {
  command(NAME, README).parse(args, { from: "user" });
  const coloured = Deno.stdout.isTerminal() && !Deno.noColor;
  const paint = (code: number, text: string) => coloured ? `\x1b[${code}m${text}\x1b[0m` : text;
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
  return findings.some(({ cure }) => cure) ? 1 : 0;
}

await run(NAME, README, doctor);
