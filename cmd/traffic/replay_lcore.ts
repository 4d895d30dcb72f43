/**
 * What the lcore of `replay` does.
 *
 * @module
 */

import type { Mempool, TxQueue } from "../../mod.ts";
import { lcoreMain, measuredCyclesPerSecond, tscCycles } from "../../ffi/eal_api.ts";
import { Replayer, type ReplayReport } from "../../ffi/traffic/traffic.ts";

/** Turns of the loop between two looks at the clock and the stop flag. */
const ROUND = 8;

/** What is to be replayed. */
export interface ReplayWork {
  /** The queues, with the memory of the files and when each begins, seconds. */
  lanes: { tx: TxQueue; file: SharedArrayBuffer; offset: number }[];
  pool: Mempool;
  seconds: number;
  /** How much faster than the files. */
  speed: number;
  /** A rate instead, and the speed of the link where it is known. */
  rate: string | undefined;
  linkMbps: number | undefined;
  /** Where the main thread sees the counts. */
  counts: SharedArrayBuffer;
}

lcoreMain<ReplayWork, ReplayReport>((context) => {
  const { lanes, pool, seconds, speed, rate, linkMbps, counts } = context.data;
  const cyclesPerSecond = measuredCyclesPerSecond();
  using replayer = new Replayer({
    lanes,
    pool,
    cyclesPerSecond,
    speed,
    counts,
    ...rate === undefined ? {} : { rate },
    ...linkMbps === undefined ? {} : { linkMbps },
  });
  const begin = tscCycles();
  const end = begin + seconds * cyclesPerSecond;
  replayer.start(begin);
  while (!context.stopRequested && !replayer.isDone && tscCycles() < end) {
    for (let turn = 0; turn < ROUND; turn++) replayer.turn(tscCycles());
  }
  context.post(replayer.report());
  for (const { tx } of lanes) tx[Symbol.dispose]();
});
