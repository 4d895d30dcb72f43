/**
 * simple_mp: two processes exchange messages through two rings and a message pool.
 *
 * @module
 */

import {
  DpdkError,
  Eal,
  launchOnLcore,
  Lcore,
  type LcoreWorker,
  log,
  LogLevel,
} from "../../mod.ts";
import { onSignal, run } from "../run.ts";
import { COMMANDS, commands } from "./commands.ts";
import { createObjects, lookupObjects } from "./objects.ts";
import { openPrompt, type Prompt } from "./prompt.ts";
import type { Received } from "./recv.ts";

const NAME = "simple_mp";

/** How long lcores may take to end, in milliseconds, before the process ends without them. */
const STOP_LIMIT = 150;

async function simpleMp(args: string[]): Promise<number> {
  using eal = Eal.init(args, { name: NAME, drivers: false });
  const [extra] = eal.args;
  if (extra !== undefined) {
    throw new DpdkError({ operation: `'${extra}'`, reason: `${NAME} has no options after --` });
  }
  const primary = eal.processType === "primary";
  const objects = primary ? createObjects(Lcore.socket(Lcore.main)) : lookupObjects();
  log(LogLevel.INFO, "Finished Process Init.");

  const { promise: ended, resolve: end, reject: fail } = Promise.withResolvers<number>();
  onSignal(end);
  const obey = commands(objects);
  const prompt = await openPrompt({
    prompt: `${NAME} > `,
    words: COMMANDS,
    onLine(line) {
      const outcome = obey(line);
      if (outcome === "quit") end(0);
      else if (outcome.print !== undefined) prompt.print(outcome.print);
    },
    onEnd: end,
  });
  // after the prompt, because each takes 25 ms to start
  const workers = Lcore.workers().map((lcore) => launch(lcore, objects.recvRing.name, prompt));
  for (const { done } of workers) done.catch(fail);

  try {
    return await ended;
  } finally {
    prompt.close();
    await stop(workers);
  }
}

/** Starts the receiving thread of one lcore. */
function launch(lcore: number, ring: string, prompt: Prompt): LcoreWorker {
  return launchOnLcore<{ ring: string }, Received>(new URL("./recv.ts", import.meta.url), lcore, {
    data: { ring },
    onMessage(received) {
      if (received === "started") return prompt.print(`Starting core ${lcore}`);
      for (const text of received) prompt.print(`core ${lcore}: Received '${text}'`);
    },
  });
}

/** Ends the receiving threads. One that does not end would use memory that EAL takes away. */
async function stop(workers: LcoreWorker[]): Promise<void> {
  for (const worker of workers) worker.stop();
  const timer = setTimeout(() => Deno.exit(1), STOP_LIMIT);
  await Promise.allSettled(workers.map(({ done }) => done));
  clearTimeout(timer);
}

await run(NAME, new URL("./README.md", import.meta.url), simpleMp);
