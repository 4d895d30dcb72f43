/**
 * Cycles of ring and pool calls on an lcore, as dpdk-test measures them.
 *
 * @module
 */

import { Mempool, Objects, Ring, RingFlags } from "../../../../mod.ts";
import { lcoreMain, tscCycles } from "../../../../ffi/eal_api.ts";
import { median } from "../figures.ts";
import {
  BURSTS,
  CACHE,
  type CaseResult,
  ELEMENT_SIZE,
  KEEP,
  POOL_SIZE,
  RING_SIZE,
  SLICE,
  SLICES,
} from "./cases.ts";

/** `test_burst_bulk_enqueue_dequeue`: a burst in, the same out. */
function ringSlice(ring: Ring, objs: Objects, burst: number): void {
  for (let moved = 0; moved < SLICE; moved += burst) {
    ring.enqueueBurst(objs, burst);
    ring.dequeueBurst(objs, burst);
  }
}

/** `test_loop` of mempool_perf: gets until it has `KEEP`, then puts all. */
function poolSlice(pool: Mempool, tables: readonly Objects[], burst: number): void {
  for (let moved = 0; moved < SLICE; moved += KEEP) {
    for (const objs of tables) pool.getBulk(objs, burst);
    for (const objs of tables) pool.putBulk(objs, burst);
  }
}

/** How long V8 has to optimise a case, in milliseconds: on a busy machine its compiler waits. */
const WARM_UP = 1000;

/** Cycles of one object in the median slice. */
function measure(slice: () => void): number {
  for (const start = performance.now(); performance.now() - start < WARM_UP;) slice();
  const cycles: number[] = [];
  for (let i = 0; i < SLICES; i++) {
    const start = tscCycles();
    slice();
    cycles.push((tscCycles() - start) / SLICE);
  }
  return median(cycles);
}

function ringCases(what: string, flags: number): CaseResult[] {
  using ring = Ring.create(what.replace(/\W/g, "_"), RING_SIZE, { flags });
  return BURSTS.map((burst) => {
    const objs = new Objects(burst);
    return { what, burst, cycles: measure(() => ringSlice(ring, objs, burst)) };
  });
}

function poolCases(): CaseResult[] {
  using pool = Mempool.create("perf", POOL_SIZE, ELEMENT_SIZE, { cacheSize: CACHE });
  return BURSTS.map((burst) => {
    const tables = Array.from({ length: KEEP / burst }, () => new Objects(burst));
    return { what: "mempool", burst, cycles: measure(() => poolSlice(pool, tables, burst)) };
  });
}

lcoreMain<undefined, CaseResult[]>((context) => {
  context.post([
    ...ringCases("ring SP/SC", RingFlags.SP_ENQ | RingFlags.SC_DEQ),
    ...ringCases("ring MP/MC", 0),
    ...poolCases(),
  ]);
});
