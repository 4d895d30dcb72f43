/**
 * Sends and receives over one port whose ring leads back to it, at half of what the lcore can do:
 *
 *     main.ts [EAL options] -- MINUTES
 *
 * It prints a line of JSON for each minute, and one at the end.
 *
 * @module
 */

import { createPktmbufPool, DpdkError, Eal, Port } from "../../../../mod.ts";
import { launchOnLcore, Lcore, releaseMainLcore } from "../../../../ffi/eal_api.ts";
import { onSignal, run } from "../../../lib/run.ts";
import { MinuteBoard, type MinuteSeen, POOL, type SteadyData } from "./minutes.ts";

const NAME = "steady";
const MBUFS = 8191;
const CACHE = 256;
const DESCRIPTORS = 1024;
/** Milliseconds between two looks whether a minute is over. */
const LOOK = 500;

async function steady(args: string[]): Promise<number> {
  using eal = Eal.init(args, { name: NAME, needsPorts: true });
  const minutes = Number(eal.args[0]);
  if (!(minutes > 0)) {
    throw new DpdkError({ operation: NAME, reason: `expected minutes, got '${eal.args[0]}'` });
  }
  using pool = createPktmbufPool(POOL, MBUFS, { cacheSize: CACHE });
  using port = Port.open(0, { rxDescriptors: DESCRIPTORS, txDescriptors: DESCRIPTORS });
  releaseMainLcore();
  const board = new MinuteBoard();
  const data: SteadyData = {
    tx: port.txQueue(0),
    rx: port.rxQueue(0),
    minutes,
    board: board.memory,
  };
  const worker = launchOnLcore(new URL("./loop.ts", import.meta.url), Lcore.main, { data });
  onSignal(() => worker.stop());
  const show = () => {
    const minute = board.read();
    if (!minute) return;
    const seen: MinuteSeen = { ...minute, rss: Deno.memoryUsage().rss >> 10 };
    console.log(`Minute: ${JSON.stringify(seen)}`);
  };
  const timer = setInterval(show, LOOK);
  await worker.done;
  clearInterval(timer);
  show();
  console.log(`End: ${JSON.stringify({ missing: pool.inUseCount })}`);
  return 0;
}

await run(NAME, new URL("../README.md", import.meta.url), steady);
