/**
 * Receiving on the main thread, which must not poll.
 *
 * @module
 */

import { setTimeout } from "node:timers/promises";
import { Burst } from "../mbuf/burst.ts";
import type { RxQueue } from "./rx_queue.ts";

/** How long it rests where nothing came, in milliseconds. */
const REST = 1;

/** How long it works, in milliseconds, before signals and timers have their turn. */
const TURN = 10;

/** What comes in by these queues, by turns, a burst at a time; what is left in one is given back. */
export async function* received(
  from: readonly RxQueue[],
  { size = 32, signal }: { size?: number; signal?: AbortSignal } = {},
): AsyncGenerator<Burst, void, undefined> {
  using burst = new Burst(size);
  for (let began = performance.now(); !signal?.aborted;) {
    let came = 0;
    for (const rx of from) {
      if (signal?.aborted || rx.receive(burst) === 0) continue;
      came += burst.count;
      yield burst;
      burst.clear();
    }
    if (came > 0 && performance.now() - began < TURN) continue;
    await setTimeout(came > 0 ? 0 : REST);
    began = performance.now();
  }
}
