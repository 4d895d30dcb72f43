/**
 * The lcore that stamps packets as they come.
 *
 * @module
 */

import { Burst } from "../../../../mod.ts";
import { lcoreMain, measuredCyclesPerSecond, tscCycles } from "../../../../ffi/eal_api.ts";
import { Histogram } from "../../../../ffi/traffic/traffic.ts";
import { PARTS, type StampData, type Stamps, TURN } from "./stamps.ts";

/** Turns of the loop between two looks at the stop flag. */
const ROUND = 64;

lcoreMain<StampData, Stamps>((context) => {
  const { rx, rate, seconds, keep } = context.data;
  const longTurn = TURN * measuredCyclesPerSecond();
  using burst = new Burst(32);
  const gaps = new Histogram();
  const kept = new Float64Array(keep);
  const late = new Float64Array(PARTS).fill(Infinity);
  const part = rate * seconds / PARTS;
  let [packets, first, last, delayed] = [0, 0, 0, 0];
  /** When the turn before began. */
  let before = Infinity;
  /** What is made of the schedule, as exact as it is known now: the first packet is its beginning. */
  let step = measuredCyclesPerSecond() / rate;

  function stamp(now: number): void {
    if (now - before > longTurn) delayed += burst.count;
    for (let i = burst.count; i > 0; i--) {
      if (packets === 0) {
        first = now;
        step = measuredCyclesPerSecond() / rate;
      } else {
        gaps.record(now - last);
        if (packets <= keep) kept[packets - 1] = now - last;
      }
      const at = Math.min(PARTS - 1, Math.floor(packets / part));
      late[at] = Math.min(late[at]!, now - first - packets * step);
      last = now;
      packets++;
    }
  }

  while (!context.stopRequested) {
    for (let i = 0; i < ROUND; i++) {
      const count = rx.receive(burst);
      const now = tscCycles();
      if (count > 0) {
        stamp(now);
        burst.clear();
      }
      before = now;
    }
  }
  context.post({
    packets,
    took: last - first,
    cyclesPerSecond: measuredCyclesPerSecond(),
    gaps: gaps.toJSON(),
    delayed,
    kept: [...kept.subarray(0, Math.max(0, packets - 1))],
    late: [...late].filter(Number.isFinite),
  });
});
