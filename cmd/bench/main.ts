/**
 * `deno task bench`: TypeScript against C, interleaved, as ratios. See README.md.
 *
 * @module
 */

import { InvalidArgumentError } from "@commander-js/extra-typings";
import { command } from "../command.ts";
import { Progress } from "../lib/progress.ts";
import type { Row } from "./figures.ts";
import { ROWS } from "./rows.ts";
import { soak, soakText } from "./soak.ts";
import { conditions, tableOfRows } from "./table.ts";

function roundCount(text: string): number {
  const rounds = /^\d+$/.test(text) ? Number(text) : 0;
  if (rounds < 1 || rounds > 10_000) throw new InvalidArgumentError("expected 1 to 10000");
  return rounds;
}

function rowNames(text: string): string[] {
  const names = text.split(",");
  const unknown = names.find((name) => !Object.hasOwn(ROWS, name));
  if (unknown === undefined) return names;
  throw new InvalidArgumentError(
    `expected some of ${Object.keys(ROWS).join(",")}, got '${unknown}'`,
  );
}

function pauseSeconds(text: string): number {
  const seconds = /^\d+$/.test(text) ? Number(text) : 0;
  if (seconds < 1 || seconds > 86_400) {
    throw new InvalidArgumentError("expected 1 to 86400 seconds");
  }
  return seconds;
}

const { rounds, rows: names, json, pause } = command(
  "bench",
  new URL("./README.md", import.meta.url),
)
  .option("--rounds <n>", "", roundCount, 5)
  .option("--rows <names>", "", rowNames, Object.keys(ROWS))
  .option("--pause <seconds>", "", pauseSeconds)
  .option("--json <file>", "")
  .parse(Deno.args, { from: "user" })
  .opts();

function write(report: Record<string, unknown>): void {
  if (json) Deno.writeTextFileSync(json, `${JSON.stringify(report, null, 2)}\n`);
}

async function benchRows(): Promise<void> {
  const before = conditions();
  const rows: Row[] = [];
  // the time depends on the number of rounds
  const stepOf = (name: string) => `${name} x${rounds}`;
  using progress = new Progress("bench", { plan: names.map(stepOf) });
  for (const name of names) {
    try {
      const measure = async () => await ROWS[name]?.(rounds) ?? [];
      rows.push(...await progress.step(stepOf(name), `row ${name}`, measure));
    } catch (error) {
      // the others are worth their time all the same
      failed(error, name);
    }
    write({ conditions: before, rounds, rows });
  }
  console.log(tableOfRows(rows));
  console.log(`${rounds} rounds; load ${before.load.join(" ")} at the start; ${before.cpus} CPUs`);
}

async function benchPauses(seconds: number): Promise<void> {
  const before = conditions();
  const report = await soak(seconds);
  write({ conditions: before, ...report });
  console.log(soakText(report));
}

function failed(error: unknown, ...where: string[]): void {
  const message = error instanceof Error ? error.message : String(error);
  console.error(["bench", ...where, message].join(": "));
  Deno.exitCode = 1;
}

try {
  await (pause === undefined ? benchRows() : benchPauses(pause));
} catch (error) {
  failed(error);
}
