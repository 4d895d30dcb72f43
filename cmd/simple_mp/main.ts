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
import { careForPool, mendRings } from "./care.ts";
import { COMMANDS, commands } from "./commands.ts";
import { createObjects, lookupObjects } from "./objects.ts";
import { receivedLine, startingLine } from "./lines.ts";
import { ParkingPlace } from "./parking.ts";
import { openPrompt, type Prompt } from "./prompt.ts";
import type { Received, RecvData } from "./recv.ts";

const NAME = "simple_mp";

/** How long lcores may take to end, in milliseconds; they take 10. */
const STOP_LIMIT = 5_000;

async function simpleMp(args: string[]): Promise<number> {
  const extra = args.includes("--") ? args[args.indexOf("--") + 1] : undefined;
  if (extra !== undefined) {
    throw new DpdkError({ operation: `'${extra}'`, reason: `${NAME} has no options after --` });
  }
  using eal = Eal.init(args, { name: NAME, drivers: false });
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
      if (outcome === "quit") {
        // what follows in the same input is not obeyed
        prompt.close();
        end(0);
      } else if (outcome.print !== undefined) {
        prompt.print(outcome.print);
      }
    },
    onEnd: end,
  });
  // all that a first line or message does not need comes after the prompt
  if (!primary) mendRings(eal, objects);
  const place = new ParkingPlace();
  const data: RecvData = {
    ring: objects.recvRing.name,
    parking: place.memory,
    prints: !prompt.edits,
  };
  const workers = Lcore.workers().map((lcore) => launch(lcore, data, prompt));
  for (const { done } of workers) done.catch(fail);

  using _care = primary
    ? careForPool({
      eal,
      objects,
      place,
      lcores: workers.length,
      onFound: (count) => prompt.print(`Recovered ${count} messages of a killed process`),
    })
    : undefined;
  try {
    return await ended;
  } finally {
    prompt.close();
    await stop(workers);
  }
}

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
    console.error(`${NAME}: a receiving thread does not end`);
    Deno.exit(1);
  }, STOP_LIMIT);
  await Promise.allSettled(workers.map(({ done }) => done));
  clearTimeout(timer);
}

await run(NAME, new URL("./README.md", import.meta.url), simpleMp);
