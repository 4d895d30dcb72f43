/**
 * Whether a loop leaves objects on the heap: measured in a process that does nothing else.
 *
 * @module
 */

import { assertLessOrEqual } from "../assert.ts";

/** Turns of the loop at a time. */
const TURNS = 200_000;
/** Bytes that a turn may leave: a number on the heap takes 12, and is left once a burst at least. */
const BYTES = 0.1;
/** Seconds in which V8 compiles a loop, in another thread; it takes a part of one as a rule. */
const LIMIT = 30;

/**
 * Runs a loop until it leaves nothing on the heap.
 *
 * @param loop is given how many turns to do.
 */
export function assertNoGarbage(loop: (turns: number) => void): void {
  let least = Infinity;
  const end = performance.now() + 1000 * LIMIT;
  while (least > BYTES && performance.now() < end) {
    const before = Deno.memoryUsage().heapUsed;
    loop(TURNS);
    const left = Deno.memoryUsage().heapUsed - before;
    // less than nothing: garbage was collected meanwhile
    if (left >= 0) least = Math.min(least, left / TURNS);
  }
  assertLessOrEqual(least, BYTES);
}
