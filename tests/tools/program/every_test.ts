/** `every()`: equal intervals without drift. */

import { setTimeout as delay } from "node:timers/promises";
import { assert, assertEquals, assertThrows } from "../../assert.ts";
import { every, milliseconds } from "../../../cmd/lib/program/every.ts";

Deno.test("an interval is a number with its unit", () => {
  assertEquals(["500ms", "1s", "0.5s", "2m"].map(milliseconds), [500, 1000, 500, 120_000]);
  for (const wrong of ["", "1", "s", "-1s", "0s", "1h", "1 s"]) {
    assertThrows(() => milliseconds(wrong), Error, "expected an interval such as 500ms, 1s or 2m");
  }
});

Deno.test("moments are reckoned from the begin; missed ones are left out", async () => {
  const { signal } = new AbortController();
  const begin = performance.now();
  const moments: number[] = [];
  for await (const count of every("20ms", signal)) {
    moments.push(performance.now() - begin);
    if (count === 2) await delay(50);
    if (count === 4) break;
  }
  // the third is the first multiple of the interval behind the pause, whatever else was late
  assert(moments.every((moment, i) => moment + 1 >= 20 * (i + 1)), moments.join());
  assert((moments[2] ?? 0) - (moments[1] ?? 0) >= 49, moments.join());
});

Deno.test("it ends after so many times", async () => {
  const { signal } = new AbortController();
  const counts: number[] = [];
  for await (const count of every("1ms", signal, 3)) counts.push(count);
  assertEquals(counts, [1, 2, 3]);
  for await (const _ of every("1ms", signal, 0)) throw new Error("never");
});

Deno.test("it ends at once when the program is to end", async () => {
  const over = new AbortController();
  setTimeout(() => over.abort(), 20);
  for await (const _ of every("2m", over.signal)) throw new Error("two minutes later");
});
