/**
 * doctor: shows what this machine has and what it lacks; changes nothing. See README.md, which is
 * also its `--help`.
 *
 * @module
 */

import { readOptions } from "../lib/options.ts";
import { type Cell, tableOf } from "../lib/table.ts";
import { run } from "../lib/run.ts";
import { examine, type Finding } from "./checks.ts";

const NAME = "doctor";
const README = new URL("./README.md", import.meta.url);

function doctor(args: string[]): number {
  readOptions(args, {});
  const findings = examine();
  const verdict = ({ cure, warning }: Finding): Cell => {
    if (cure) return { text: cure, style: "red" };
    return warning ? { text: warning, style: "bold" } : { text: "OK", style: "green" };
  };
  const rows = findings.map((finding) => [finding.subject, finding.state, verdict(finding)]);
  console.log(tableOf(["what", "found", "OK or cure"], rows));
  return findings.some(({ cure }) => cure) ? 1 : 0;
}

await run(NAME, README, doctor);
