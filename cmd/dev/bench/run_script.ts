/**
 * How long `denodpdk run` takes to start a script that has not changed, and `deno run`.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { runToEnd } from "../../lib/command.ts";
import type { Row } from "./figures.ts";
import { type Command, compiledProgram } from "./peers.ts";

const SCRIPT = fileURLToPath(new URL("../../scripts/headers.ts", import.meta.url));

/** How many starts a round has: one takes little time. */
const STARTS = 4;

/** Milliseconds of a start of the script, which loads all of it and prints its help. */
async function timeOf({ command, args }: Command): Promise<number> {
  const start = performance.now();
  const { success, text } = await runToEnd(command, [...args, SCRIPT, "--help"]);
  if (!success) throw new Error(`${command}: ${text}`);
  return performance.now() - start;
}

/** The row of a script's start; none where `deno task compile` has not been at work. */
export async function benchRunScript(rounds: number): Promise<Row[]> {
  const denodpdk = compiledProgram("denodpdk");
  if (!denodpdk) return [];
  const inside = { ...denodpdk, args: ["run"] };
  const deno = { command: Deno.execPath(), args: ["run", "-A", "--no-check"] };
  const row: Row = {
    name: "headers.ts, denodpdk run against deno run",
    unit: "ms",
    better: "less",
    atLeast: 1 / 1.2,
    ts: [],
    c: [],
  };
  // round 0 makes the script ready, warms the caches of both sides and does not count
  for (let start = 0; start < (rounds + 1) * STARTS; start++) {
    const [ts, c] = [await timeOf(inside), await timeOf(deno)];
    if (start < STARTS) continue;
    row.ts.push(ts);
    row.c.push(c);
  }
  return [row];
}
