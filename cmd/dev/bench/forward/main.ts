/**
 * L2 forwarding in TypeScript, the other side of DPDK's l2fwd and testpmd in the bench:
 *
 *     main.ts [EAL options] -- l2fwd|mac|io|pause
 *
 * Forwards between ports 0 and 1, 2 and 3 and so on, on one lcore, until SIGINT.
 *
 * @module
 */

import {
  createPktmbufPool,
  DpdkError,
  Eal,
  EthDev,
  launchOnLcore,
  Lcore,
  type Mempool,
  releaseMainLcore,
  TxOffload,
} from "../../../../mod.ts";
import { onSignal, run } from "../../../lib/run.ts";
import { Pauses } from "./pauses.ts";
import { BURST, type ForwardData, type Mode, MODES, POOL } from "./ports.ts";

const NAME = "forward";
/** Descriptors of each queue, as l2fwd has them. */
const DESCRIPTORS = 1024;
/** Mbufs that an lcore keeps for itself. */
const CACHE = 256;
/** The least that l2fwd makes its pool of. */
const MIN_MBUFS = 8192;

function modeOf(args: readonly string[]): Mode {
  const mode = MODES.find((mode) => mode === args[0]);
  if (mode && args.length === 1) return mode;
  throw new DpdkError({
    operation: `'${args.join(" ")}'`,
    reason: `expected one of ${MODES.join(", ")}`,
  });
}

function startPort(dev: EthDev, pool: Mempool): void {
  const { txOffloadCapa } = dev.info();
  dev.configure({
    rxQueues: 1,
    txQueues: 1,
    txOffloads: txOffloadCapa & (TxOffload.MBUF_FAST_FREE ?? 0n),
  });
  const { rx, tx } = dev.adjustDescriptors(DESCRIPTORS, DESCRIPTORS);
  dev.setupRxQueue(0, { descriptors: rx, pool });
  dev.setupTxQueue(0, { descriptors: tx });
  dev.start();
}

async function forward(args: string[]): Promise<number> {
  using eal = Eal.init(args, { name: NAME });
  const mode = modeOf(eal.args);
  const devs = EthDev.list();
  if (devs.length === 0 || devs.length % 2 !== 0) {
    throw new DpdkError({ operation: NAME, reason: `expected ports in pairs, got ${devs.length}` });
  }
  // as many as l2fwd computes for the same ports
  const mbufs = Math.max(MIN_MBUFS, devs.length * (2 * DESCRIPTORS + BURST + CACHE));
  using pool = createPktmbufPool(POOL, mbufs, { cacheSize: CACHE });
  for (const dev of devs) startPort(dev, pool);

  releaseMainLcore();
  const pauses = new Pauses();
  const ports = devs.map(({ port }) => port);
  const data: ForwardData = { mode, ports, pauses: pauses.memory };
  const worker = launchOnLcore(new URL("./loop.ts", import.meta.url), Lcore.main, { data });
  onSignal(() => worker.stop());
  console.log(`Forwarding: ${mode}`);
  try {
    await worker.done;
  } finally {
    for (const dev of devs) {
      dev.stop();
      dev.close();
    }
  }
  if (mode === "pause") {
    const missing = pool.inUseCount;
    console.log(`Report: ${JSON.stringify({ ...pauses.report(), missing })}`);
  }
  return 0;
}

await run(NAME, new URL("../README.md", import.meta.url), forward);
