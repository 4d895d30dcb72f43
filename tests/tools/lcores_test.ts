/** How long a program waits for its lcores to end. */

import { assertEquals } from "../assert.ts";
import { stopLcores } from "../../cmd/lib/lcores.ts";

/** One that takes so many milliseconds after it was asked, and after this thread has stood still. */
function worker(ms: number, still = 0) {
  const { promise: done, resolve } = Promise.withResolvers<void>();
  const stop = () => {
    setTimeout(() => {
      // as a process that was stopped, or got no CPU
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, still);
      setTimeout(resolve, ms);
    }, 0);
  };
  return { lcore: 0, done, stop };
}

/** The statuses with which a program ends that waits for it. */
async function ends(...args: Parameters<typeof worker>): Promise<number[]> {
  const statuses: number[] = [];
  const end = (status: number) => void statuses.push(status);
  await stopLcores("test", [worker(...args)], { looks: 4, end });
  return statuses;
}

Deno.test("an lcore that does not end ends its program", async () => {
  assertEquals(await ends(600), [1]);
});

Deno.test("a process that stood still gives its lcores their time", async () => {
  assertEquals(await ends(20, 600), []);
});
