/**
 * `deno task bench`: TypeScript against C, interleaved, as ratios. See README.md.
 *
 * @module
 */

import { counted } from "../../lib/counted.ts";
import { Progress } from "../../lib/progress.ts";
import { run } from "../../lib/run.ts";
import { setUp } from "../../lib/setup/setup.ts";
import type { Row } from "./figures.ts";
import { type BenchOptions, benchOptions } from "./options.ts";
import { ROWS } from "./rows.ts";
import { soak, soakText } from "./soak.ts";
import { conditions, meanLine, tableOfRows } from "./table.ts";

const NAME = "bench";

function write(json: string | undefined, report: Record<string, unknown>): void {
  if (json) Deno.writeTextFileSync(json, `${JSON.stringify(report, null, 2)}\n`);
}

/** Measures rows; the exit status. */
async function benchRows({ rounds, rows: names, json }: BenchOptions): Promise<number> {
  const before = conditions();
  const rows: Row[] = [];
  let status = 0;
  // the time depends on the number of rounds
  const stepOf = (name: string) => `${name} x${rounds}`;
  using progress = new Progress("bench", { plan: names.map(stepOf) });
  for (const name of names) {
    try {
      const measure = async () => await ROWS[name]?.(rounds) ?? [];
      rows.push(...await progress.step(stepOf(name), `row ${name}`, measure));
    } catch (error) {
      // the others are worth their time all the same
      console.error(`${NAME}: ${name}: ${error instanceof Error ? error.message : error}`);
      status = 1;
    }
    write(json, { conditions: before, rounds, rows });
  }
  console.log(tableOfRows(rows));
  const mean = meanLine(rows);
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

await run(NAME, new URL("./README.md", import.meta.url), async (args) => {
  const options = benchOptions(args);
  if (!await setUp({ tests: true })) return 1;
  const { pause, json } = options;
  return await (pause === undefined ? benchRows(options) : benchPauses(pause, json));
});
