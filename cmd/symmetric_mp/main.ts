/**
 * symmetric_mp: equal processes forward packets, each with a queue of its own on every port.
 *
 * @module
 */

import { createPktmbufPool, Eal, Mempool, Port } from "../../ffi/port_core.ts";
import {
  launchOnLcore,
  Lcore,
  type LcoreWorker,
  log,
  LogLevel,
  releaseMainLcore,
} from "../../ffi/eal_api.ts";
import { ownArgs } from "../lib/options.ts";
import { ofPrimary } from "../lib/primary.ts";
import { stopLcores } from "../lib/lcores.ts";
import { checkLinks, endProgram, holdNothing, largestPut, portsOf } from "../lib/ports.ts";
import { Recovery } from "../lib/recovery.ts";
import { onSignal, run } from "../lib/run.ts";
import { counted } from "../lib/counted.ts";
import { say } from "../lib/stdout.ts";
import { attachLeftPorts, joinAgreement, publishAgreement } from "./agreement.ts";
import { COUNTERS, type ForwardData } from "./forward.ts";
import { type Options, readOwnOptions } from "./options.ts";
import { assignPorts, initPort } from "./ports.ts";

const NAME = "symmetric_mp";
const FORWARD = new URL("./forward.ts", import.meta.url);
const POOL = "SMP_MBUF_POOL";
const NB_MBUFS = 64 * 1024;
const MBUF_CACHE_SIZE = 256;

/** The number of the signal by the exit status, which the C sample prints. */
const SIGNALS: Record<number, number> = { 129: 1, 130: 2, 143: 15 };

async function symmetricMp(args: string[]): Promise<number> {
  const options = readOwnOptions(ownArgs(args));
  const { promise: ended, resolve, reject } = Promise.withResolvers<number>();
  onSignal(resolve);
  const eal = Eal.init(args, {
    name: NAME,
    allowDeadPrimary: true,
    needsPorts: true,
    lcoreModule: FORWARD,
  });
  const primary = eal.processType === "primary";
  const started: Port[] = [];
  try {
    if (!eal.isPrimaryAlive) attachLeftPorts();
    const there = Port.list().map(({ id }) => id);
    const ports = portsOf(options.portMask, there, 2);
    if (primary) {
      publishAgreement(options);
      const socket = Lcore.socket(Lcore.main);
      const pool = createPktmbufPool(POOL, NB_MBUFS, {
        cacheSize: MBUF_CACHE_SIZE,
        socket,
      });
      for (const port of ports) {
        started.push(initPort(port, options.numProcs, pool));
      }
      await checkLinks(ports, ended);
    } else {
      joinAgreement(options);
      ofPrimary(eal, NAME, () => Mempool.lookup(POOL));
    }
    return await forward(eal, ports, options, { ended, reject });
  } finally {
    endProgram(eal, started);
  }
}

/** What ends a process: a signal, or an lcore that failed. */
interface Ending {
  /** Resolves with the exit status of the signal. */
  ended: Promise<number>;
  /** Ends the process with an error. */
  reject: (reason: unknown) => void;
}

/** Forwards on all lcores until a signal comes, and prints what each port did. */
async function forward(
  eal: Eal,
  ports: readonly number[],
  { procId: queue }: Options,
  { ended, reject }: Ending,
): Promise<number> {
  log(LogLevel.INFO, "Finished Process Init.");
  const lcores = [Lcore.main, ...Lcore.workers()].sort((a, b) => a - b);
  releaseMainLcore();
  const { promise: forwarding, resolve: forwards } = Promise.withResolvers<void>();
  await using _recovery = new Recovery({
    eal,
    pool: Mempool.lookup(POOL),
    exact: holdNothing(ports),
    ...largestPut(ports),
    after: forwarding,
    say,
    onFound: (count) => say(`Recovered ${counted(count, "packet")} of ended processes`),
  });
  const shares = assignPorts(ports, lcores).map((own, i) => {
    const stats = new SharedArrayBuffer(own.length * COUNTERS * Float64Array.BYTES_PER_ELEMENT);
    return { lcore: lcores[i] ?? 0, ports: own, stats };
  });
  let starting = shares.filter(({ ports }) => ports.length > 0).length;
  const workers: LcoreWorker[] = [];
  try {
    for (const { lcore, ports, stats } of shares) {
      if (ports.length === 0) {
        say(`Lcore ${lcore} has nothing to do`);
        continue;
      }
      const own = ports.map((port) => Port.attach(port));
      const data: ForwardData = {
        rx: own.map((port) => port.rxQueue(queue)),
        tx: own.map((port) => port.txQueue(queue)),
        stats,
      };
      const worker = launchOnLcore(FORWARD, lcore, { data });
      workers.push(worker);
      worker.done.catch(reject);
      worker.ready.then(() => {
        say(`Lcore ${lcore} using ports ${ports.join(" ")} `);
        say(`lcore ${lcore} using queue ${queue} of each port`);
        if (--starting === 0) forwards();
      }).catch(reject);
    }
    const status = await ended;
    say(`\nExiting on signal ${SIGNALS[status] ?? status}\n`);
  } finally {
    // stops the lcores whatever fails, a write to stdout too
    await stopLcores(NAME, workers);
  }
  for (const { ports, stats: memory } of shares) {
    const stats = new Float64Array(memory);
    ports.forEach((port, i) => {
      const [rx, tx, drop] = stats.subarray(COUNTERS * i, COUNTERS * (i + 1));
      say(`Port ${port}: RX - ${rx}, TX - ${tx}, Drop - ${drop}`);
    });
  }
  return 0;
}

await run(NAME, new URL("./README.md", import.meta.url), symmetricMp);
