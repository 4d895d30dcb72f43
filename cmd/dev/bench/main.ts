/**
 * `deno task bench`: TypeScript against C, interleaved, as ratios. See README.md.
 *
 * @module
 */

import { basename } from "node:path";
import { counted } from "../../lib/counted.ts";
import { Progress } from "../../lib/progress.ts";
import { run } from "../../lib/run.ts";
import { setUp } from "../../lib/setup/setup.ts";
import type { Row } from "./figures.ts";
import { type BenchOptions, benchOptions } from "./options.ts";
import { pacing } from "./pace.ts";
import { ROWS } from "./rows.ts";
import { soak, soakText } from "./soak.ts";
import { steady } from "./steady.ts";
import { steadyFailures } from "./steady/minutes.ts";
import { conditions, MEAN, meanLine, tableOfRows } from "./table.ts";

const NAME = "bench";

function write(json: string | undefined, report: Record<string, unknown>): void {
  if (json) Deno.writeTextFileSync(json, `${JSON.stringify(report, null, 2)}\n`);
}

/** What another checkout of ours may be faster by. */
const NO_SLOWER = 0.99;

/** A row whose other side is no C. */
function byTurns({ atLeast: _, name, ...row }: Row): Row {
  const renamed = { ...row, name: name.replace(/, against (.*)/, " (as $1)") };
  return row.forwards ? { ...renamed, atLeast: NO_SLOWER } : renamed;
}

/** Measures rows; the exit status. */
async function benchRows({ rounds, rows: names, json, against }: BenchOptions): Promise<number> {
  const before = conditions();
  const rows: Row[] = [];
  let status = 0;
  // the time depends on the number of rounds
  const stepOf = (name: string) => `${name} x${rounds}`;
  using progress = new Progress("bench", { plan: names.map(stepOf) });
  for (const name of names) {
    try {
      const measure = async () => await ROWS[name]?.(rounds, against) ?? [];
      const measured = await progress.step(stepOf(name), `row ${name}`, measure);
      rows.push(...against === undefined ? measured : measured.map(byTurns));
    } catch (error) {
      // the others are worth their time all the same
      console.error(`${NAME}: ${name}: ${error instanceof Error ? error.message : error}`);
      status = 1;
    }
    write(json, { conditions: before, rounds, against, rows });
  }
  const peer = against === undefined ? "C" : `${basename(against)}`;
  console.log(tableOfRows(rows, { peer }));
  const mean = meanLine(rows, peer, against === undefined ? MEAN : NO_SLOWER);
  if (mean) console.log(mean);
  console.log(
    `${counted(rounds, "round")}; load ${before.load.join(" ")} at the start; ` +
      counted(before.cpus, "CPU"),
  );
  return status;
}

async function benchPauses(seconds: number, json: string | undefined): Promise<number> {
  const before = conditions();
  const report = await soak(seconds);
  write(json, { conditions: before, ...report });
  console.log(soakText(report));
  return 0;
}

/** Sends and receives for long; the exit status. */
async function benchSteady(minutes: number, json: string | undefined): Promise<number> {
  const before = conditions();
  const report = await steady(minutes, console.log);
  write(json, { conditions: before, ...report });
  const failures = steadyFailures(report);
  console.log(`mbufs missing: ${report.missing}`);
  for (const failure of failures) console.error(`${NAME}: ${failure}`);
  return failures.length > 0 ? 1 : 0;
}

/** Sends at several rates; the exit status. */
async function benchPace(seconds: number, json: string | undefined): Promise<number> {
  const before = conditions();
  const report = await pacing(seconds, console.log);
  write(json, { conditions: before, ...report });
  for (const failure of report.failures) console.error(`${NAME}: ${failure}`);
  return report.failures.length > 0 ? 1 : 0;
}

await run(NAME, new URL("./README.md", import.meta.url), async (args) => {
  const options = benchOptions(args);
  if (!await setUp({ tests: true })) return 1;
  const { pause, pace, steady: minutes, json } = options;
  if (pace !== undefined) return await benchPace(pace, json);
  if (minutes !== undefined) return await benchSteady(minutes, json);
  return await (pause === undefined ? benchRows(options) : benchPauses(pause, json));
});
