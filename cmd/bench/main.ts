/**
 * `deno task bench`: TypeScript against C, interleaved, as ratios. See README.md.
 *
 * @module
 */

import { InvalidArgumentError } from "@commander-js/extra-typings";
import Table from "cli-table3";
import { command } from "../command.ts";
import { type Command, compilePeer } from "./peers.ts";
import { startUp } from "./startup.ts";

/** One row of the table: all figures of both sides, in the order of the rounds. */
interface Row {
  name: string;
  unit: string;
  ts: number[];
  c: number[];
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = NaN, high = NaN] = [sorted[middle - (sorted.length % 2 ? 0 : 1)], sorted[middle]];
  return (low + high) / 2;
}

function roundCount(text: string): number {
  const rounds = /^\d+$/.test(text) ? Number(text) : 0;
  if (rounds < 1 || rounds > 10_000) throw new InvalidArgumentError("expected 1 to 10000");
  return rounds;
}

async function benchStartUp(rounds: number): Promise<Row[]> {
  const script = new URL("../simple_mp/main.ts", import.meta.url).pathname;
  const sides: Record<"ts" | "c", Command> = {
    ts: { command: Deno.execPath(), args: ["run", "-A", script] },
    c: { command: await compilePeer("simple_mp"), args: [] },
  };
  const primary: Row = { name: "simple_mp primary", unit: "ms", ts: [], c: [] };
  const secondary: Row = { name: "simple_mp secondary", unit: "ms", ts: [], c: [] };
  // round 0 warms the caches of both sides and does not count
  for (let round = 0; round <= rounds; round++) {
    for (const side of ["ts", "c"] as const) {
      const ms = await startUp(sides[side], `bench_${Deno.pid}_${side}`);
      if (round === 0) continue;
      primary[side].push(ms.primary);
      secondary[side].push(ms.secondary);
    }
  }
  return [primary, secondary];
}

function show(rows: readonly Row[]): void {
  const table = new Table({
    head: ["start to prompt", "TypeScript", "C", "ratio"],
    colAligns: ["left", "right", "right", "right"],
    style: Deno.stdout.isTerminal() && !Deno.noColor ? {} : { head: [], border: [] },
  });
  for (const { name, unit, ts, c } of rows) {
    const [ours, theirs] = [median(ts), median(c)];
    table.push([
      name,
      `${ours.toFixed(1)} ${unit}`,
      `${theirs.toFixed(1)} ${unit}`,
      (ours / theirs).toFixed(2),
    ]);
  }
  console.log(table.toString());
}

const { rounds, json } = command("bench", new URL("./README.md", import.meta.url))
  .option("--rounds <n>", "", roundCount, 11)
  .option("--json <file>", "")
  .parse(Deno.args, { from: "user" })
  .opts();

try {
  const rows = await benchStartUp(rounds);
  show(rows);
  if (json) Deno.writeTextFileSync(json, JSON.stringify({ rows }, null, 2));
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : error}`);
  Deno.exitCode = 1;
}
