/**
 * What the microbenchmarks in both languages have in common; `c/perf.c` has the same numbers.
 *
 * @module
 */

/** Objects that are enqueued, dequeued, got or put at once. */
export const BURSTS = [8, 32, 128] as const;
/** Entries of the ring: `RING_SIZE` of dpdk-test. */
export const RING_SIZE = 4096;
/** Elements of the pool: `MEMPOOL_SIZE` of dpdk-test on one lcore. */
export const POOL_SIZE = 1023;
/** Bytes of each: `MEMPOOL_ELT_SIZE` of dpdk-test. */
export const ELEMENT_SIZE = 2048;
/** Elements that each lcore keeps for itself: `RTE_MEMPOOL_CACHE_MAX_SIZE`. */
export const CACHE = 512;
/** Elements that are got before they are put again: `n_keep` of dpdk-test. */
export const KEEP = 128;
/** Objects that are moved in a slice, the time of which is taken: 1 ms or so. */
export const SLICE = 1 << 20;
/** Slices of a case, of which the median counts, so that an interruption does not. */
export const SLICES = 25;

/** A line of either program: what was measured, at which burst, in cycles for each object. */
export interface CaseResult {
  /** `ring SP/SC`, `ring MP/MC` or `mempool`. */
  what: string;
  /** Objects at once. */
  burst: number;
  /** Cycles of one object there and back. */
  cycles: number;
}

/** Reads what c/perf.c and perf/main.ts print: `WHAT burst N: CYCLES`. */
export function parseCases(output: string): CaseResult[] {
  return Array.from(
    output.matchAll(/^(.+) burst (\d+): (\d+(?:\.\d+)?)$/gm),
    ([, what = "", burst, cycles]) => ({ what, burst: Number(burst), cycles: Number(cycles) }),
  );
}
