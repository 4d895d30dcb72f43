/**
 * doctor: shows what this machine has and what it lacks; changes nothing. See README.md, which is
 * also its `--help`.
 *
 * @module
 */

import { tableOf } from "../lib/table.ts";
import { readOptions } from "../lib/options.ts";
import { run } from "../run.ts";
import { examine } from "./checks.ts";

const NAME = "doctor";
const README = new URL("./README.md", import.meta.url);

function doctor(args: string[]): number {
  readOptions(args, {});
  const findings = examine();
  const rows = findings.map(({ subject, state, cure }) => [
    subject,
    state,
    cure ? { text: cure, style: "red" } as const : { text: "OK", style: "green" } as const,
  ]);
  console.log(tableOf(["what", "found", "OK or cure"], rows));
  return findings.some(({ cure }) => cure) ? 1 : 0;
}

await run(NAME, README, doctor);
