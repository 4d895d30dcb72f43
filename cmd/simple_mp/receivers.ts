/**
 * All that a first line of input does not need, so that the prompt need not wait for it: the
 * receiving lcores, and the care for what is shared.
 *
 * @module
 */

import type { Eal } from "../../ffi/eal.ts";
import { launchOnLcore, type LcoreWorker } from "../../ffi/launch.ts";
import { Lcore } from "../../ffi/lcore.ts";
import { startMender } from "../../ffi/recovery/mend.ts";
import { careForPool } from "./care.ts";
import { receivedLine, startingLine } from "./lines.ts";
import { MSG_POOL, type Objects, PRI_2_SEC, SEC_2_PRI } from "./objects.ts";
import { ParkingPlace } from "./parking.ts";
import type { Prompt } from "./prompt.ts";
import type { Received, RecvData } from "./recv.ts";

/** How long lcores may take to end, in milliseconds; they take 10. */
const STOP_LIMIT = 5_000;

/** Starts the receiving thread of one lcore. */
function launch(lcore: number, data: RecvData, prompt: Prompt): LcoreWorker {
  return launchOnLcore<RecvData, Received>(new URL("./recv.ts", import.meta.url), lcore, {
    data,
    onMessage(received) {
      if (received === "started") return prompt.print(startingLine(lcore));
      for (const text of received) prompt.print(receivedLine(lcore, text));
    },
  });
}

/** Ends the receiving threads. One that does not end would use memory that EAL takes away. */
async function stop(workers: LcoreWorker[]): Promise<void> {
  for (const worker of workers) worker.stop();
  const timer = setTimeout(() => {
    console.error("simple_mp: a receiving thread does not end");
    Deno.exit(1);
  }, STOP_LIMIT);
  await Promise.allSettled(workers.map(({ done }) => done));
  clearTimeout(timer);
}

/**
 * Starts a receiving thread on every worker lcore. Disposal ends them.
 *
 * @param fail Called when one of them fails.
 */
export function startReceivers(
  eal: Eal,
  objects: Objects,
  prompt: Prompt,
  fail: (error: unknown) => void,
): AsyncDisposable {
  const mender = startMender({
    runtimeFolder: eal.runtimeFolder,
    pools: [MSG_POOL],
    rings: [PRI_2_SEC, SEC_2_PRI],
    spare: MSG_POOL,
    single: true,
    say: (line) => prompt.print(line),
  });
  const place = new ParkingPlace();
  const data: RecvData = {
    ring: objects.recvRing.name,
    parking: place.memory,
    prints: !prompt.edits,
  };
  const workers = Lcore.workers().map((lcore) => launch(lcore, data, prompt));
  for (const { done } of workers) done.catch(fail);
  const care = eal.processType === "primary"
    ? careForPool({
      eal,
      objects,
      mender,
      place,
      lcores: workers.length,
      onFound: (count) => prompt.print(`Recovered ${count} messages of a killed process`),
    })
    : undefined;
  return {
    async [Symbol.asyncDispose]() {
      care?.[Symbol.dispose]();
      await stop(workers);
      await mender[Symbol.asyncDispose]();
    },
  };
}
