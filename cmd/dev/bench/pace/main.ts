/**
 * Stamps the packets that come to port 0, until SIGINT, and says what of their pace is seen:
 *
 *     main.ts [EAL options] -- PACKETS_A_SECOND SECONDS GAPS_TO_KEEP
 *
 * @module
 */

import { DpdkError, Eal, Port } from "../../../../mod.ts";
import { launchOnLcore, Lcore, releaseMainLcore } from "../../../../ffi/eal_api.ts";
import { onSignal, run } from "../../../lib/run.ts";
import type { StampData, Stamps } from "./stamps.ts";

const NAME = "pace";
const DESCRIPTORS = 1024;

async function pace(args: string[]): Promise<number> {
  using eal = Eal.init(args, { name: NAME, needsPorts: true });
  const [rate = NaN, seconds = NaN, keep = NaN] = eal.args.map(Number);
  if (!(rate > 0 && seconds > 0 && keep >= 0)) {
    const reason = `expected packets a second, seconds and gaps, got '${eal.args.join(" ")}'`;
    throw new DpdkError({ operation: NAME, reason });
  }
  using port = Port.open(0, { rxDescriptors: DESCRIPTORS, txDescriptors: DESCRIPTORS });
  releaseMainLcore();
  const data: StampData = { rx: port.rxQueue(0), rate, seconds, keep };
  const worker = launchOnLcore<StampData, Stamps>(
    new URL("./loop.ts", import.meta.url),
    Lcore.main,
    { data, onMessage: (stamps) => console.log(`Stamps: ${JSON.stringify(stamps)}`) },
  );
  onSignal(() => worker.stop());
  console.log("Stamping");
  await worker.done;
  return 0;
}

await run(NAME, new URL("../README.md", import.meta.url), pace);
