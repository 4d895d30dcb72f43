/**
 * How the programs end their lcores.
 *
 * @module
 */

import { tryReadKernelFile } from "../../ffi/host/kernel_file.ts";
import { endNow } from "../../ffi/supervise/ending.ts";
import type { LcoreWorker } from "../../ffi/eal_api.ts";
import { complain } from "./stdout.ts";

/** The most looks whether the lcores have ended, and the milliseconds in between; they take 10. */
const LOOKS = 100;
const PERIOD = 50;

/** Nanoseconds of CPU time that show that a thread ran between two looks. */
const RAN = 1_000_000n;

/** What a thread of this process does: its state as `ps` has it, and its CPU time in nanoseconds. */
export type ThreadLook = (thread: number) => { state: string; cpu: bigint };

const lookAtThread: ThreadLook = (thread) => {
  const task = `/proc/self/task/${thread}`;
  const state = tryReadKernelFile(`${task}/stat`)?.match(/\) (\S)/)?.[1] ?? "";
  return { state, cpu: BigInt(tryReadKernelFile(`${task}/schedstat`)?.split(" ")[0] ?? 0) };
};

/**
 * Asks lcores to end, and waits until they have, also where one failed. When an lcore does not end,
 * the program does. Looks are counted, and not time: only looks between which this process ran, and
 * the lcore ran or slept, because other processes may keep an lcore from its CPU for long.
 */
export async function stopLcores(
  name: string,
  workers: readonly LcoreWorker[],
  { looks = LOOKS, look = lookAtThread, end = endNow }: {
    looks?: number;
    look?: ThreadLook;
    end?: (status: number) => void;
  } = {},
): Promise<void> {
  for (const worker of workers) worker.stop();
  const running = new Map(workers.map(({ thread }, i) => [i, { ...look(thread), looks }]));
  const late = setInterval(() => {
    for (const [i, before] of running) {
      const { state, cpu } = look(workers[i]?.thread ?? 0);
      if (state === "R" && cpu - before.cpu < RAN) continue;
      before.cpu = cpu;
      if (--before.looks !== 0) continue;
      complain(`${name}: an lcore does not end`);
      end(1);
    }
  }, PERIOD);
  await Promise.allSettled(
    workers.map(({ done }, i) => done.finally(() => running.delete(i))),
  );
  clearInterval(late);
}
