/**
 * The receiving lcores and recovery: what the first line of input does not need, so that the prompt
 * need not wait for it.
 *
 * @module
 */

import { type Eal, Lcore } from "../../ffi/core.ts";
import { launchOnLcore, type LcoreWorker } from "../../ffi/eal_api.ts";
import { Quiesce } from "../../ffi/worker.ts";
import { Recovery } from "../lib/recovery.ts";
import { counted } from "../lib/counted.ts";
import { stopLcores } from "../lib/lcores.ts";
import { receivedLine, startingLine } from "./lines.ts";
import { BURST, PRI_2_SEC, SEC_2_PRI } from "./names.ts";
import type { Shared } from "./objects.ts";
import { watchPartners } from "./partners.ts";
import type { Prompt } from "./prompt.ts";
import type { Received, RecvData } from "./recv.ts";

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

/**
 * Starts a receiving thread on every worker lcore. Disposal ends them.
 *
 * @param fail called when a receiving thread fails.
 */
export function startReceivers(
  eal: Eal,
  objects: Shared,
  prompt: Prompt,
  fail: (error: unknown) => void,
): AsyncDisposable {
  objects.sender = Quiesce.open().join();
  const recovery = new Recovery({
    eal,
    pool: objects.pool,
    rings: [PRI_2_SEC, SEC_2_PRI],
    largestPut: BURST,
    single: true,
    say: (line) => prompt.print(line),
    onFound: (count) => prompt.print(`Recovered ${counted(count, "message")} of an ended process`),
  });
  const data: RecvData = { ring: objects.recvRing.name, prints: !prompt.edits };
  const workers = Lcore.workers().map((lcore) => launch(lcore, data, prompt));
  for (const { done } of workers) done.catch(fail);
  const partners = watchPartners(eal, (line) => prompt.print(line));
  return {
    async [Symbol.asyncDispose]() {
      partners[Symbol.dispose]();
      await stopLcores("simple_mp", workers);
      await recovery[Symbol.asyncDispose]();
    },
  };
}
