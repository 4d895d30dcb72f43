/**
 * The sending lcore: as fast as it goes.
 *
 * @module
 */

import { Mempool } from "../../../../mod.ts";
import { lcoreMain, tscCycles, tscCyclesPerSecond } from "../../../../ffi/eal_api.ts";
import { Pacer, Sender } from "../../../../ffi/traffic/traffic.ts";
import { FLOWS, POOL, type SendData } from "./flows.ts";

/** Turns of the loop between two looks at the stop flag. */
const ROUND = 8;

lcoreMain<SendData>((context) => {
  using pool = Mempool.lookup(POOL);
  const { mode, tx } = context.data;
  const pacer = new Pacer({ cyclesPerSecond: tscCyclesPerSecond(), rate: Infinity });
  using sender = new Sender({ tx, pool, pacer, flows: [FLOWS[mode]()] });
  pacer.start(tscCycles());
  while (!context.stopRequested) {
    for (let turn = 0; turn < ROUND; turn++) sender.turn(tscCycles());
  }
  tx[Symbol.dispose]();
});
