/**
 * Receiving on the main thread, which must not poll.
 *
 * @module
 */

import { setTimeout } from "node:timers/promises";
import { Burst } from "../mbuf/burst.ts";
import type { RxQueue } from "./rx_queue.ts";

/** How long the loop sleeps when no queue had packets, in milliseconds. */
const REST = 1;

/** How long the loop works, in milliseconds, before signals and timers are served. */
const TURN = 10;

/**
 * The packets that these queues receive, burst by burst, one queue after another; packets that the
 * loop leaves in a burst are given back.
 */
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
