/**
 * DPDK's own microbenchmarks: ring_perf_autotest and mempool_perf_autotest of dpdk-test.
 *
 * @module
 */

import { removeRuntimeFiles } from "../../../ffi/host/runtime.ts";
import { CACHE, type CaseResult, KEEP } from "./perf/cases.ts";
import { compileOwn } from "./peers.ts";
import { Running } from "./program.ts";

/** The clock that c/fast_clock.c shows. */
const CLOCK_HZ = 10_000_000;

/** A line of ring_perf_autotest: until DPDK 23.11 cycles of a burst in and out, then of an object. */
const RING_LINES = [
  { pattern: "legacy APIs: (\\S+): burst \\(size: (\\d+)\\): ([\\d.]+)", ofBurst: true },
  {
    pattern: "legacy APIs - (\\S+) - burst \\(n:(\\d+) *\\) - cycles per elem: +([\\d.]+)",
    ofBurst: false,
  },
];

/** Reads ring_perf_autotest: cycles of an object. */
export function parseRingPerf(output: string): CaseResult[] {
  return RING_LINES.flatMap(({ pattern, ofBurst }) =>
    Array.from(
      output.matchAll(new RegExp(`^${pattern}\\r?$`, "gm")),
      ([, mode, burst, cycles]) => ({
        what: `ring ${mode}`,
        burst: Number(burst),
        cycles: Number(cycles) / (ofBurst ? Number(burst) : 1),
      }),
    )
  );
}

/**
 * A line of mempool_perf_autotest for the same case as ours: with a cache, on one core, `KEEP`
 * elements kept, burst sizes unknown to the compiler. DPDK 25.11 pads numbers, and prints the kept
 * elements before the bursts.
 */
function mempoolLine(get: string, put: string, rate: string): string {
  const keep = `(?:n_keep= *${KEEP} )?`;
  return `mempool_autotest cache= *${CACHE} cores= *1 ${keep}n_get_bulk= *${get} ` +
    `n_put_bulk= *${put} ${keep}constant_n= *0 rate_persec= *${rate}`;
}

/** Reads those lines of mempool_perf_autotest. The rate is of a clock of `hz`. */
export function parseMempoolPerf(output: string, hz: number): CaseResult[] {
  const line = new RegExp(`^${mempoolLine("(\\d+)", "(\\d+)", "(\\d+)")}\\r?$`, "gm");
  return Array.from(output.matchAll(line))
    .filter(([, get, put]) => get === put)
    .map(([, burst, , rate]) => (
      { what: "mempool", burst: Number(burst), cycles: hz / Number(rate) }
    ));
}

/** Runs a command of dpdk-test until it has printed the wanted line. */
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
  const last = /MP\/MC(?:: burst \(size: 32\)| - burst \(n:32 *\) - ).*\n/;
  return parseRingPerf(await until("ring_perf_autotest", last, []));
}

/** Cycles of an object out of a pool and back, at bursts of 8 and 32. */
export async function mempoolPerf(): Promise<CaseResult[]> {
  const clock = await compileOwn("fast_clock", ["-shared", "-fPIC"]);
  const last = new RegExp(`${mempoolLine("32", "32", ".*")}\\n`);
  const output = await until("mempool_perf_autotest", last, [`LD_PRELOAD=${clock}`]);
  return parseMempoolPerf(output, CLOCK_HZ);
}
