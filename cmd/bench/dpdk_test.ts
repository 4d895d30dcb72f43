/**
 * DPDK's own microbenchmarks: ring_perf_autotest and mempool_perf_autotest of dpdk-test.
 *
 * @module
 */

import { removeRuntimeFiles } from "../../ffi/runtime.ts";
import { CACHE, type CaseResult, KEEP } from "./perf/cases.ts";
import { compileOwn } from "./peers.ts";
import { Running } from "./program.ts";

/** The clock that c/fast_clock.c shows. */
const CLOCK_HZ = 10_000_000;

/**
 * Reads ring_perf_autotest: `legacy APIs: SP/SC: burst (size: 32): 92.72`. That is cycles of a
 * whole burst in and out.
 */
export function parseRingPerf(output: string): CaseResult[] {
  return Array.from(
    output.matchAll(/^legacy APIs: (\S+): burst \(size: (\d+)\): (\d+(?:\.\d+)?)\r?$/gm),
    ([, mode, burst, cycles]) => ({
      what: `ring ${mode}`,
      burst: Number(burst),
      cycles: Number(cycles) / Number(burst),
    }),
  );
}

/**
 * Reads those lines of mempool_perf_autotest that are the same case as ours: with a cache, on one
 * core, `KEEP` elements kept, bursts not known to the compiler. The rate is of a clock of `hz`.
 */
export function parseMempoolPerf(output: string, hz: number): CaseResult[] {
  const line = new RegExp(
    `^mempool_autotest cache=${CACHE} cores=1 n_get_bulk=(\\d+) n_put_bulk=(\\d+) ` +
      `n_keep=${KEEP} constant_n=0 rate_persec=(\\d+)\\r?$`,
    "gm",
  );
  return Array.from(output.matchAll(line))
    .filter(([, get, put]) => get === put)
    .map(([, burst, , rate]) => (
      { what: "mempool", burst: Number(burst), cycles: hz / Number(rate) }
    ));
}

/** Runs a command of dpdk-test until it has said what is wanted, and no longer. */
async function until(autotest: string, last: RegExp, environment: string[]): Promise<string> {
  const prefix = `bench${Deno.pid}test`;
  const running = new Running(
    { command: "env", args: [...environment, "stdbuf", "-oL", "dpdk-test"] },
    ["--no-pci", "--lcores=0@0", "-m", "64", `--file-prefix=${prefix}`],
  );
  try {
    await running.tell(`${autotest}\n`);
    return await running.says(last);
  } finally {
    await running.kill();
    removeRuntimeFiles(prefix);
  }
}

/** Cycles of an object through a ring, at bursts of 8 and 32. */
export async function ringPerf(): Promise<CaseResult[]> {
  return parseRingPerf(await until("ring_perf_autotest", /MP\/MC: burst \(size: 32\): \S+\n/, []));
}

/** Cycles of an object out of a pool and back, at bursts of 8 and 32. */
export async function mempoolPerf(): Promise<CaseResult[]> {
  const clock = await compileOwn("fast_clock", ["-shared", "-fPIC"]);
  const last = new RegExp(
    `cache=${CACHE} cores=1 n_get_bulk=32 n_put_bulk=32 n_keep=${KEEP} constant_n=0 .*\\n`,
  );
  const output = await until("mempool_perf_autotest", last, [`LD_PRELOAD=${clock}`]);
  return parseMempoolPerf(output, CLOCK_HZ);
}
