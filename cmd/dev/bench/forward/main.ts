/**
 * L2 forwarding in TypeScript, the other side of DPDK's l2fwd and testpmd in the bench:
 *
 *     main.ts [EAL options] -- l2fwd|mac|io|pause|flows|route|filter
 *
 * Forwards between ports 0 and 1, 2 and 3 and so on, on one lcore, until SIGINT.
 *
 * @module
 */

import { createPktmbufPool, DpdkError, Eal, Port, TxOffload } from "../../../../mod.ts";
import { launchOnLcore, Lcore, releaseMainLcore } from "../../../../ffi/eal_api.ts";
import { onSignal, run } from "../../../lib/run.ts";
import { Pauses } from "./pauses.ts";
import {
  BURST,
  DRAIN_US,
  type ForwardData,
  type Mode,
  MODES,
  POOL,
  WITH_HEADERS,
} from "./ports.ts";
import { fillWithFlows, ROUND_CACHE } from "./templates.ts";

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

async function forward(args: string[]): Promise<number> {
  using eal = Eal.init(args, { name: NAME });
  const mode = modeOf(eal.args);
  const infos = Port.list();
  if (infos.length === 0 || infos.length % 2 !== 0) {
    throw new DpdkError({
      operation: NAME,
      reason: `expected ports in pairs, got ${infos.length}`,
    });
  }
  // as many as l2fwd computes for the same ports
  const mbufs = Math.max(MIN_MBUFS, infos.length * (2 * DESCRIPTORS + BURST + CACHE));
  const withHeaders = WITH_HEADERS.includes(mode);
  using pool = createPktmbufPool(POOL, mbufs, { cacheSize: withHeaders ? ROUND_CACHE : CACHE });
  if (withHeaders) fillWithFlows(pool);
  const ports = infos.map(({ id, txOffloadCapa }) =>
    Port.open(id, {
      pool,
      rxDescriptors: DESCRIPTORS,
      txDescriptors: DESCRIPTORS,
      txOffloads: txOffloadCapa & TxOffload.MBUF_FAST_FREE,
    })
  );

  releaseMainLcore();
  const pauses = new Pauses();
  const data: ForwardData = {
    mode,
    rx: ports.map((port) => port.rxQueue(0)),
    tx: ports.map((port) => port.txQueue(0, { bufferSize: BURST, drainUs: DRAIN_US })),
    macs: ports.map(({ macBytes }) => macBytes),
    pauses: pauses.memory,
  };
  const worker = launchOnLcore(new URL("./loop.ts", import.meta.url), Lcore.main, { data });
  onSignal(() => worker.stop());
  console.log(`Forwarding: ${mode}`);
  try {
    await worker.done;
  } finally {
    for (const port of ports) port.close();
  }
  if (mode === "pause") {
    const missing = pool.inUseCount;
    console.log(`Report: ${JSON.stringify({ ...pauses.report(), missing })}`);
  }
  return 0;
}

await run(NAME, new URL("../README.md", import.meta.url), forward);
