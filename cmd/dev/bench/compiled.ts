/**
 * How long each compiled program takes to say its version, and how large it is.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { runToEnd } from "../../lib/command.ts";
import { PROGRAMS } from "../compile/programs.ts";
import type { Row } from "./figures.ts";
import { type Command, script } from "./peers.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** Milliseconds of a process that only says its version. */
async function timeOf({ command, args }: Command): Promise<number> {
  const start = performance.now();
  const { success, text } = await runToEnd(command, [...args, "--version"]);
  if (!success) throw new Error(`${command} --version: ${text}`);
  return performance.now() - start;
}

/** Rows of the compiled programs, against themselves from source. */
export async function benchCompiled(rounds: number): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { name, folder } of PROGRAMS) {
    const file = `${ROOT}dist/${name}`;
    const { size } = Deno.statSync(file);
    const compiled = { command: file, args: [] };
    const source = script(folder);
    const row: Row = {
      name: `${name} (${(size / 1e6).toFixed(0)} MB), compiled against source`,
      unit: "ms",
      better: "less",
      ts: [],
      c: [],
    };
    // round 0 warms the caches of both sides and does not count
    for (let round = 0; round <= rounds; round++) {
      const [ts, c] = [await timeOf(compiled), await timeOf(source)];
      if (round === 0) continue;
      row.ts.push(ts);
      row.c.push(c);
    }
    rows.push(row);
  }
  return rows;
}
