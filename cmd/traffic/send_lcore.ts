/**
 * What an lcore of `send` does.
 *
 * @module
 */

import type { Mempool, TxQueue } from "../../mod.ts";
import { lcoreMain, measuredCyclesPerSecond, tscCycles } from "../../ffi/eal_api.ts";
import { Pacer, type PaceReport, Sender, type Spacing } from "../../ffi/traffic/traffic.ts";
import { flowOf, type SendFlow } from "./flow.ts";

/** Turns of the loop between two looks at the clock and the stop flag. */
const ROUND = 8;

/** What is to be sent. */
export interface SendWork {
  tx: TxQueue;
  pool: Mempool;
  flow: SendFlow;
  spacing: Spacing;
  /** Whether packets that the port does not take are offered again. */
  retry: boolean;
  seconds: number;
  /** The memory of the pacer, with the rate in it. */
  pacer: SharedArrayBuffer;
}

lcoreMain<SendWork, PaceReport>((context) => {
  const { tx, pool, flow, spacing, retry, seconds, pacer: buffer } = context.data;
  const cyclesPerSecond = measuredCyclesPerSecond();
  const pacer = new Pacer({ cyclesPerSecond, spacing, buffer });
  using sender = new Sender({ tx, pool, pacer, retry, flows: [flowOf(flow)] });
  const begin = tscCycles();
  const end = begin + seconds * cyclesPerSecond;
  pacer.start(begin);
  while (!context.stopRequested && tscCycles() < end) {
    for (let turn = 0; turn < ROUND; turn++) sender.turn(tscCycles());
  }
  context.post(pacer.report(tscCycles()));
  tx[Symbol.dispose]();
});
