/**
 * Packet programs of one file: starts EAL, ports and lcores, runs the program's own functions, and
 * ends in order.
 *
 * @module
 */

import { Eal } from "../../../ffi/eal.ts";
import type { Port } from "../../../ffi/ethdev/port.ts";
import { received } from "../../../ffi/ethdev/received.ts";
import type { RxQueue } from "../../../ffi/ethdev/rx_queue.ts";
import type { TxQueue } from "../../../ffi/ethdev/tx_queue.ts";
import { releaseMainLcore } from "../../../ffi/lcore.ts";
import type { OptionSpec, OptionValues } from "../option.ts";
import { requireRuntime } from "../runtime.ts";
import { every } from "./every.ts";
import { allDone, Lcores, serve } from "./lcores.ts";
import type { AnySpec, LcoreFunctions, ProgramContext, ProgramSpec } from "./spec.ts";

const inWorker = "DedicatedWorkerGlobalScope" in globalThis;

/** What the main function is given; queues are made when they are first asked for. */
function contextOf<
  Options extends Record<string, OptionSpec<unknown>>,
  Functions extends LcoreFunctions,
  Count extends number | "all",
>(
  eal: Eal,
  options: OptionValues<Options>,
  ports: readonly Port[],
  lcores: Lcores<Functions>,
  signal: AbortSignal,
): ProgramContext<Options, Functions, Count> {
  type Context = ProgramContext<Options, Functions, Count>;
  let rx: RxQueue[] | undefined;
  let tx: TxQueue[] | undefined;
  const rxQueues = () => rx ??= ports.map((port) => port.rxQueue(0));
  return {
    eal,
    options,
    ports: ports as Context["ports"],
    get rx() {
      return rxQueues() as Context["rx"];
    },
    get tx() {
      return (tx ??= ports.map((port) => port.txQueue(0))) as Context["tx"];
    },
    lcores: lcores.list(),
    signal,
    every: (interval, times) => every(interval, signal, times),
    received: (...from) => received(from.length > 0 ? from : rxQueues(), { signal }),
  };
}

async function start<
  Options extends Record<string, OptionSpec<unknown>>,
  Functions extends LcoreFunctions,
  Count extends number | "all",
>(
  name: string,
  spec: ProgramSpec<Options, Functions, Count>,
  args: string[],
): Promise<number> {
  const { choosePorts, openPorts, readProgramOptions } = await import("./parts.ts");
  const { endProgram } = await import("../ports.ts");
  const { onSignal } = await import("../run.ts");
  const { stopLcores } = await import("../lcores.ts");
  const wanted = spec.ports;
  const { options, portMask } = readProgramOptions(args, spec.options ?? ({} as Options), wanted);
  const over = new AbortController();
  const { promise: ended, resolve, reject } = Promise.withResolvers<number>();
  // Ctrl-C is the usual way to end a program
  onSignal((status) => resolve(status === 130 ? 0 : status));
  ended.then(() => over.abort(), () => over.abort());
  const eal = Eal.init(args, {
    name,
    needsPorts: wanted !== undefined,
    ...spec.lcore || spec.lcores ? { lcoreModule: new URL(Deno.mainModule) } : {},
  });
  const ports: Port[] = [];
  try {
    openPorts(eal, choosePorts(portMask, wanted ?? 0), spec.port ?? {}, ports);
    releaseMainLcore();
    const lcores = new Lcores(spec.lcores ?? ({} as Functions), reject);
    const main = async () => {
      if (spec.lcore) lcores.runPairs(ports, options);
      await spec.main?.(contextOf(eal, options, ports, lcores, over.signal));
      await allDone(lcores);
      return 0;
    };
    try {
      const work = main();
      const status = await Promise.race([work, ended]);
      // what main() does after its loops
      over.abort();
      await stopLcores(name, lcores.workers);
      await work;
      return status;
    } finally {
      over.abort();
      await stopLcores(name, lcores.workers);
    }
  } finally {
    endProgram(eal, ports);
  }
}

/** The description of a program, with what it leaves out. */
function specOf(described: AnySpec | ((context: ProgramContext) => void | Promise<void>)): AnySpec {
  // a main function alone has all ports, at least one
  if (typeof described === "function") return { ports: "all", main: described };
  return described.lcore ? { ports: "all", ...described } : described;
}

/**
 * Runs a packet program of one file. It reads EAL's options and the program's own, opens the ports,
 * runs `main`, and ends in order: after Ctrl-C or SIGTERM, when `main` and all lcores are done, or
 * after an error, which is one line on stderr.
 *
 * `lcore` runs on each lcore that has queues, as in DPDK's samples. Functions of `lcores` run on
 * the lcores that `main` chooses. Both run in threads that load the program's file anew: its top
 * level runs once more for each lcore, and variables are not shared. So keep everything that has
 * effects in `main`.
 *
 * @example Forward between pairs of ports, on as many lcores as `-l` names
 * ```ts
 * import { Burst, program } from "denodpdk";
 *
 * program({
 *   lcore({ pairs, running }) {
 *     using burst = new Burst(32);
 *     while (running()) {
 *       for (const { rx, tx } of pairs) if (rx.receive(burst) > 0) tx.send(burst);
 *     }
 *   },
 *   async main({ ports, every }) {
 *     for await (const _ of every("1s")) console.log(ports.map((port) => port.rates()));
 *   },
 * });
 * ```
 *
 * @example Functions of one's own for lcores
 * ```ts
 * import { Burst, program } from "denodpdk";
 *
 * program({
 *   ports: 2,
 *   lcores: {
 *     forward({ rx, tx, running }) {
 *       using burst = new Burst(32);
 *       while (running()) if (rx.receive(burst) > 0) tx.send(burst);
 *     },
 *   },
 *   main({ ports: [from, to], lcores: [lcore] }) {
 *     lcore.run("forward", { rx: from.rxQueue(0), tx: to.txQueue(0) });
 *   },
 * });
 * ```
 */
export function program<
  Options extends Record<string, OptionSpec<unknown>>,
  Functions extends LcoreFunctions,
  const Count extends number | "all",
>(spec: ProgramSpec<Options, Functions, Count>): void;
/**
 * Runs a packet program that is a main function alone. It has all ports, or those of `-p PORTMASK`,
 * at least one.
 *
 * @example Print what comes in
 * ```ts
 * import { program } from "denodpdk";
 *
 * program(async ({ received }) => {
 *   for await (const burst of received()) for (const packet of burst) console.log(`${packet}`);
 * });
 * ```
 */
export function program(main: (context: ProgramContext) => void | Promise<void>): void;
export function program(
  described: AnySpec | ((context: ProgramContext) => void | Promise<void>),
): void {
  const spec = specOf(described);
  if (inWorker) return serve(spec);
  const name = Deno.mainModule.replace(/^.*\/|\.[jt]s$/g, "") || "program";
  requireRuntime(name);
  // runs after the module that calls this has been evaluated
  Promise.all([import("../run.ts"), import("./help.ts"), import("./blame.ts")]).then(
    ([{ run }, { programHelp }, { scriptOutcome }]) =>
      run(name, () => programHelp(name, spec), (args) => start(name, spec, args), scriptOutcome),
  );
}
