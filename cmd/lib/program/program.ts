/**
 * Packet programs of one file: EAL, ports, lcores, signals and an orderly end around what is the
 * program's own.
 *
 * @module
 */

import { DpdkError } from "../../../ffi/boundary/errors.ts";
import { Eal } from "../../../ffi/eal.ts";
import type { Port, PortOptions } from "../../../ffi/ethdev/port.ts";
import { received } from "../../../ffi/ethdev/received.ts";
import type { RxQueue } from "../../../ffi/ethdev/rx_queue.ts";
import type { TxQueue } from "../../../ffi/ethdev/tx_queue.ts";
import type { Burst } from "../../../ffi/mbuf/burst.ts";
import { launchOnLcore, lcoreMain, type LcoreWorker } from "../../../ffi/launch.ts";
import { Lcore, releaseMainLcore } from "../../../ffi/lcore.ts";
import type { Mempool } from "../../../ffi/mempool.ts";
import type { Ring } from "../../../ffi/ring.ts";
import type { OptionSpec, OptionValues } from "../option.ts";
import { every } from "./every.ts";
import { dealPairs } from "./pairs.ts";

/** What every function of an lcore is given, beside what {@linkcode ProgramLcore.run} hands over. */
export interface LcoreScope {
  /** The lcore that this thread is. */
  readonly lcore: number;
  /** False when the loop is to end; ask once a burst. */
  running(): boolean;
  /** Sends a structured-cloneable value to the main thread: `onMessage` of {@linkcode ProgramLcore.run}. */
  post(message: unknown): void;
}

/** What the function that runs on all lcores is given. */
export interface LcorePairs<Options extends Record<string, OptionSpec<unknown>>>
  extends Omit<LcoreScope, "post"> {
  /**
   * What this lcore works on: where packets come in, and where they go out. As l2fwd has it, ports
   * belong together by two, 0 and 1, 2 and 3, a last one alone to itself, and receive queues are dealt
   * out to lcores one by one. No other lcore sends to the same queue.
   */
  readonly pairs: readonly { readonly rx: RxQueue; readonly tx: TxQueue }[];
  /** The program's own options, cloned. */
  readonly options: OptionValues<Options>;
}

/** What is mostly handed over, by these names; a function may name others and their types. */
export interface LcoreHandles {
  /** Where it receives. */
  rx: RxQueue;
  /** Where it sends. */
  tx: TxQueue;
  /** Where it sends what came from the other side. */
  back: TxQueue;
  /** Where it takes packets from. */
  pool: Mempool;
  /** What it shares with others. */
  ring: Ring;
}

/** The functions that lcores run, by their names. */
export interface LcoreFunctions {
  /** A function, by the name that {@linkcode ProgramLcore.run} calls it by. */
  [name: string]: {
    // a method's parameter may be narrower, as with `{ rx, running }: LcoreScope & { rx: RxQueue }`
    run(scope: LcoreScope & LcoreHandles): void;
  }["run"];
}

/** An lcore of a program. */
export interface ProgramLcore<Functions extends LcoreFunctions> {
  /** Its id. */
  readonly id: number;
  /**
   * Runs a function on it, in a thread of its own: `rte_eal_remote_launch`.
   *
   * @param name a key of the program's `lcores`.
   * @param data what the function is given: queues, rings, pools and ports become the thread's own,
   * all else is cloned.
   * @param onMessage is called with what the function posts.
   * @returns resolves when the function has returned; what it threw ends the program.
   * @throws {DpdkError} EBUSY where the lcore runs something; EINVAL without such a function.
   * @throws {DOMException} `DataCloneError` when something cannot be cloned, as functions.
   */
  run<Name extends keyof Functions & string>(
    name: Name,
    data?: Functions[Name] extends (scope: infer Scope) => void
      ? Partial<Omit<Scope, keyof LcoreScope>>
      : never,
    onMessage?: (message: unknown) => void,
  ): Promise<void>;
}

/** What the main function works with. */
export interface ProgramContext<
  Options extends Record<string, OptionSpec<unknown>> = Record<never, never>,
  Functions extends LcoreFunctions = Record<never, never>,
  Count extends number | "all" = "all",
  // a tuple up to four, so that each is known to be there; of all at least one
  Ports extends Port[] = number extends Count ? Port[]
    : Count extends "all" ? [Port, ...Port[]]
    : Count extends 1 ? [Port]
    : Count extends 2 ? [Port, Port]
    : Count extends 3 ? [Port, Port, Port]
    : Count extends 4 ? [Port, Port, Port, Port]
    : Port[],
> {
  /** EAL, which is running. */
  readonly eal: Eal;
  /** The program's own options. */
  readonly options: OptionValues<Options>;
  /** Its ports, in order: opened by a primary, attached to by a secondary. */
  readonly ports: Ports;
  /** Receive queue 0 of each port, for the main thread: not where an lcore receives from it. */
  readonly rx: { [Place in keyof Ports]: RxQueue };
  /** Transmit queue 0 of each port, for the main thread: not where an lcore sends there. */
  readonly tx: { [Place in keyof Ports]: TxQueue };
  /** Its lcores, the main one first. */
  readonly lcores: [ProgramLcore<Functions>, ...ProgramLcore<Functions>[]];
  /** Is aborted when the program is to end, by Ctrl-C for instance. */
  readonly signal: AbortSignal;
  /**
   * 1, 2, 3 and so on at equal intervals, as `"1s"` or `"100ms"`, until the program is to end, or so
   * many times.
   */
  every(interval: string, times?: number): AsyncGenerator<number>;
  /**
   * The packets that come to {@linkcode ProgramContext.rx} of all ports, or to the queues that are
   * named, a burst at a time, until the program is to end. What the loop leaves in a burst goes back
   * to its pool: {@linkcode RxQueue.bursts}.
   */
  received(...from: readonly RxQueue[]): AsyncGenerator<Burst, void, undefined>;
}

/** What a program is made of. */
export interface ProgramSpec<
  Options extends Record<string, OptionSpec<unknown>>,
  Functions extends LcoreFunctions,
  Count extends number | "all",
> {
  /** One line of `--help`: what it does. */
  about?: string;
  /** Its own options, which come after `--`. */
  options?: Options;
  /**
   * How many ports it needs, the first ones or those of `-p PORTMASK`; `"all"` takes all that there
   * are, at least one. Where left out, it is all with an `lcore`, else none.
   */
  ports?: Count;
  /** How a primary opens them: one receive and one transmit queue each where left out. */
  port?: PortOptions;
  /**
   * What each lcore runs that has queues to work on, from the begin: `rte_eal_mp_remote_launch`. As
   * for `lcores`, each has the whole file as a module of its own, and shares no variable.
   */
  lcore?(scope: LcorePairs<Options>): void;
  /** What lcores run when `main` says so. Each has the whole file as a module of its own. */
  lcores?: Functions;
  /**
   * The control plane, on the main thread. When it returns, the program goes on as long as an lcore
   * works and no signal comes.
   */
  main?(context: ProgramContext<Options, Functions, Count>): void | Promise<void>;
}

/** What goes to the thread of an lcore. */
interface Handed {
  name: string;
  data: object;
}

/** The name, of no key of a program, by which its `lcore` is started. */
const LCORE = " lcore";

const inWorker = "DedicatedWorkerGlobalScope" in globalThis;

/** Any program. */
type AnySpec = ProgramSpec<Record<string, OptionSpec<unknown>>, LcoreFunctions, number | "all">;

/** The thread of an lcore: runs the one function that it was started for. */
function serve({ lcore, lcores = {} }: AnySpec): void {
  lcoreMain<Handed, unknown>((context) => {
    const { name, data } = context.data;
    const scope: LcoreScope = {
      lcore: context.lcore,
      running: () => !context.stopRequested,
      post: (message) => context.post(message),
    };
    const run = name === LCORE ? lcore : lcores[name];
    run?.(
      { ...data, ...scope } as
        & LcoreScope
        & LcoreHandles
        & Parameters<NonNullable<AnySpec["lcore"]>>[0],
    );
  });
}

/** The lcores of a running program. */
class Lcores<Functions extends LcoreFunctions> {
  readonly #functions: Functions;
  readonly #fail: (error: unknown) => void;
  readonly #workers = new Map<number, LcoreWorker>();

  constructor(functions: Functions, fail: (error: unknown) => void) {
    this.#functions = functions;
    this.#fail = fail;
  }

  get workers(): LcoreWorker[] {
    return [...this.#workers.values()];
  }

  list(): [ProgramLcore<Functions>, ...ProgramLcore<Functions>[]] {
    const one = (id: number): ProgramLcore<Functions> => ({
      id,
      run: (name, data, onMessage) => this.#run(id, name, data ?? {}, onMessage),
    });
    return [one(Lcore.main), ...Lcore.workers().map(one)];
  }

  /** Starts the function of all lcores on each that has something to do. */
  runPairs(ports: readonly Port[], options: object): void {
    const queues = ports.map((port) => {
      const { id, rxQueues, txQueues } = port.info();
      return { id, rx: rxQueues, tx: txQueues };
    });
    const lcores = [Lcore.main, ...Lcore.workers()];
    for (const [i, dealt] of dealPairs(queues, lcores.length).entries()) {
      if (dealt.length === 0) continue;
      const pairs = dealt.map(({ rx, tx }) => ({
        rx: ports[rx.port]!.rxQueue(rx.queue),
        tx: ports[tx.port]!.txQueue(tx.queue),
      }));
      this.#launch(`run lcore on lcore ${lcores[i]}`, lcores[i]!, LCORE, { pairs, options });
    }
  }

  #run(
    lcore: number,
    name: string,
    data: object,
    onMessage: ((message: unknown) => void) | undefined,
  ): Promise<void> {
    const operation = `run ${name} on lcore ${lcore}`;
    if (!Object.hasOwn(this.#functions, name)) {
      const reason = `there is no function ${name} among the program's lcores`;
      throw new DpdkError({ operation, code: "EINVAL", errno: 22, reason });
    }
    return this.#launch(operation, lcore, name, data, onMessage);
  }

  #launch(
    operation: string,
    lcore: number,
    name: string,
    data: object,
    onMessage?: (message: unknown) => void,
  ): Promise<void> {
    if (this.#workers.has(lcore)) {
      const reason = "the lcore runs something";
      throw new DpdkError({ operation, code: "EBUSY", errno: 16, reason });
    }
    const module = new URL(Deno.mainModule);
    const worker = launchOnLcore<Handed, unknown>(module, lcore, {
      data: { name, data },
      ...onMessage ? { onMessage } : {},
    });
    this.#workers.set(lcore, worker);
    worker.done.then(() => this.#workers.delete(lcore), this.#fail);
    return worker.done;
  }
}

/** Resolves when no lcore works any more. */
async function allDone<Functions extends LcoreFunctions>(lcores: Lcores<Functions>): Promise<void> {
  for (let all; (all = lcores.workers).length > 0;) await Promise.all(all.map(({ done }) => done));
}

/** What the main function is given; queues are made when it asks for them. */
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
  // Ctrl-C is how one ends it
  onSignal((status) => resolve(status === 130 ? 0 : status));
  ended.then(() => over.abort(), () => over.abort());
  const eal = Eal.init(args, { name, needsPorts: wanted !== undefined });
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

/** The whole of what a program says of itself. */
function specOf(described: AnySpec | ((context: ProgramContext) => void | Promise<void>)): AnySpec {
  // with all ports, of which there is one at least
  if (typeof described === "function") return { ports: "all", main: described };
  return described.lcore ? { ports: "all", ...described } : described;
}

/**
 * A packet program of one file. Reads EAL's options and its own, opens its ports, runs `main`, and
 * ends in order: by Ctrl-C, by SIGTERM, when `main` and all lcores are done, or by an error, which is
 * one line on stderr.
 *
 * Its `lcore` runs on each lcore that has queues to work on, as DPDK's samples do it. Functions of
 * `lcores` run where `main` says so. Both run in threads that load this file anew: what stands at the
 * file's top runs once for each lcore as well, and variables are not shared. Keep what has effects in
 * `main`.
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
 * A packet program that is a main function alone: it has all ports that there are, or those of
 * `-p PORTMASK`, at least one.
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
  // not before the module that calls this has been evaluated
  Promise.all([import("../run.ts"), import("./help.ts"), import("./blame.ts")]).then(
    ([{ run }, { programHelp }, { scriptOutcome }]) =>
      run(name, () => programHelp(name, spec), (args) => start(name, spec, args), scriptOutcome),
  );
}
