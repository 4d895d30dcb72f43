/**
 * The rows of single calls: cycles of an object through a ring and out of a pool.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { removeRuntimeFiles } from "../../../ffi/host/runtime.ts";
import { buildShim } from "../../../ffi/shim/build.ts";
import { mempoolPerf, ringPerf } from "./autotests.ts";
import type { Row } from "./figures.ts";
import { type Command, compileOwn } from "./peers.ts";
import { type CaseResult, parseCases } from "./perf/cases.ts";
import { runToEnd } from "../../lib/command.ts";

/** What is asked for, by burst; of rings alone. */
const AT_LEAST: Record<number, number> = { 32: 0.6, 128: 0.85 };

async function measure(
  { command, args }: Command,
  env: Record<string, string> = {},
): Promise<CaseResult[]> {
  const prefix = `bench${Deno.pid}perf`;
  const eal = ["--no-pci", "--lcores=0@0", "-m", "64", `--file-prefix=${prefix}`];
  const { success, stdout, stderr } = await runToEnd(command, [...args, ...eal], { env });
  removeRuntimeFiles(prefix);
  if (!success) throw new Error(`${command} failed:\n${stderr.trim()}`);
  return parseCases(stdout);
}

/** Rows of the same cases on both sides, from the results of each round. */
function rowsOf(name: string, ts: CaseResult[][], c: CaseResult[][], judged: boolean): Row[] {
  const cyclesOf = (rounds: CaseResult[][], { what, burst }: CaseResult) =>
    rounds.flatMap((cases) => cases.filter((one) => one.what === what && one.burst === burst))
      .map(({ cycles }) => cycles);
  const both = (c[0] ?? []).filter((one) => cyclesOf(ts, one).length > 0);
  return both.map((one): Row => {
    const row: Row = {
      name: `${one.what}, burst ${one.burst}, ${name}`,
      unit: "cycles",
      better: "less",
      ts: cyclesOf(ts, one),
      c: cyclesOf(c, one),
    };
    const atLeast = judged && one.what.startsWith("ring") ? AT_LEAST[one.burst] : undefined;
    return atLeast === undefined ? row : { ...row, atLeast };
  });
}

/**
 * Rows of calls against the same loops in C, which call DPDK's inline functions or, as we do, those of
 * our library, and against dpdk-test where that has them.
 */
export async function benchCalls(rounds: number): Promise<Row[]> {
  const script = fileURLToPath(new URL("./perf/main.ts", import.meta.url));
  const ours: Command = { command: Deno.execPath(), args: ["run", "-A", script] };
  const theirs: Command = { command: await compileOwn("perf"), args: [] };
  const ts: CaseResult[][] = [];
  const c: CaseResult[][] = [];
  const same: CaseResult[][] = [];
  const dpdk: CaseResult[][] = [];
  const { path } = buildShim("system");
  for (let round = 0; round < rounds; round++) {
    ts.push(await measure(ours));
    c.push(await measure(theirs));
    same.push(await measure(theirs, { PERF_SHIM: path }));
    dpdk.push([...await ringPerf(), ...await mempoolPerf()]);
  }
  return [
    ...rowsOf("against C with DPDK's inline functions", ts, c, true),
    ...rowsOf("against C with the functions that we call", ts, same, false),
    ...rowsOf("against dpdk-test", ts, dpdk, true),
  ];
}
