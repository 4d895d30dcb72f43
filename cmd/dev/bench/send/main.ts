/**
 * Sending in TypeScript, the other side of testpmd's modes in the bench:
 *
 *     main.ts [EAL options] -- txonly|multi-flow|flowgen
 *
 * Sends out of port 0, on one lcore, until SIGINT.
 *
 * @module
 */

import { createPktmbufPool, DpdkError, Eal, Port, TxOffload } from "../../../../mod.ts";
import { launchOnLcore, Lcore, releaseMainLcore } from "../../../../ffi/eal_api.ts";
import { onSignal, run } from "../../../lib/run.ts";
import { FLOWS, isMode, POOL, type SendData } from "./flows.ts";

const NAME = "send";
/** As many as testpmd is told to have. */
const MBUFS = 8192;
const CACHE = 256;
const DESCRIPTORS = 1024;

async function send(args: string[]): Promise<number> {
  using eal = Eal.init(args, { name: NAME });
  const [mode] = eal.args;
  if (!isMode(mode)) {
    const reason = `expected one of ${Object.keys(FLOWS).join(", ")}`;
    throw new DpdkError({ operation: `'${eal.args.join(" ")}'`, reason });
  }
  using pool = createPktmbufPool(POOL, MBUFS, { cacheSize: CACHE });
  const [info] = Port.list();
  using port = Port.open(0, {
    pool,
    rxDescriptors: DESCRIPTORS,
    txDescriptors: DESCRIPTORS,
    txOffloads: (info?.txOffloadCapa ?? 0n) & TxOffload.MBUF_FAST_FREE,
  });
  releaseMainLcore();
  const data: SendData = { mode, tx: port.txQueue(0) };
  const worker = launchOnLcore(new URL("./loop.ts", import.meta.url), Lcore.main, { data });
  onSignal(() => worker.stop());
  console.log(`Sending: ${mode}`);
  await worker.done;
  return 0;
}

await run(NAME, new URL("../README.md", import.meta.url), send);
