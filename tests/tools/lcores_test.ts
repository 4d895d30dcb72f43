/** How long a program waits for its lcores to end. */

import { assertEquals } from "../assert.ts";
import { stopLcores, type ThreadLook } from "../../cmd/lib/lcores.ts";

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
  return { lcore: 0, thread: 1, ready: Promise.resolve(), done, stop };
}

/** A thread that does so at each look. */
const thread = (state: string, ms: number): ThreadLook => {
  let cpu = 0n;
  return () => ({ state, cpu: cpu += BigInt(ms * 1e6) });
};

/** The statuses with which a program ends that waits for it. */
async function ends(look: ThreadLook, ...args: Parameters<typeof worker>): Promise<number[]> {
  const statuses: number[] = [];
  const end = (status: number) => void statuses.push(status);
  await stopLcores("test", [worker(...args)], { looks: 4, look, end });
  return statuses;
}

Deno.test("an lcore that runs or sleeps and does not end ends its program", async () => {
  assertEquals(await ends(thread("R", 50), 600), [1]);
  assertEquals(await ends(thread("S", 0), 600), [1]);
});

Deno.test("an lcore that gets no CPU is waited for", async () => {
  assertEquals(await ends(thread("R", 0), 600), []);
});

Deno.test("a process that stood still gives its lcores their time", async () => {
  assertEquals(await ends(thread("R", 50), 20, 600), []);
});
