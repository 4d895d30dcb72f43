/**
 * The lcore that stamps packets as they come.
 *
 * @module
 */

import { Burst } from "../../../../mod.ts";
import { lcoreMain, measuredCyclesPerSecond, tscCycles } from "../../../../ffi/eal_api.ts";
import { Stamper } from "./stamper.ts";
import type { StampData, Stamps } from "./stamps.ts";

/** Turns of the loop between two looks at the stop flag. */
const ROUND = 64;

lcoreMain<StampData, Stamps>((context) => {
  const { rx } = context.data;
  using burst = new Burst(32);
  const stamper = new Stamper(context.data, measuredCyclesPerSecond);
  while (!context.stopRequested) {
    for (let i = 0; i < ROUND; i++) {
      const count = rx.receive(burst);
      stamper.turn(tscCycles(), count);
      if (count > 0) burst.clear();
    }
  }
  context.post(stamper.report());
});
