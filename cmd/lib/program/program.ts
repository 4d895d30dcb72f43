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

/** What each function of an lcore is given, beside the data of {@linkcode ProgramLcore.run}. */
export interface LcoreScope {
  /** The id of the lcore that runs the function. */
  readonly lcore: number;
  /** False once the loop must end. Ask once a burst. */
  running(): boolean;
  /** Sends a structured-cloneable value to the main thread: `onMessage` of {@linkcode ProgramLcore.run}. */
  post(message: unknown): void;
}

/** What {@linkcode ProgramSpec.lcore} is given. */
export interface LcorePairs<Options extends Record<string, OptionSpec<unknown>>>
  extends Omit<LcoreScope, "post"> {
  /**
   * The queues of this lcore: what comes from `rx` is meant for `tx`. Ports are paired as in l2fwd:
   * 0 with 1, 2 with 3, and a last port without a partner with itself. Receive queues are dealt out
   * to the lcores one by one, and no two lcores have the same transmit queue.
   */
  readonly pairs: readonly { readonly rx: RxQueue; readonly tx: TxQueue }[];
  /** The values of the program's own options, a copy. */
  readonly options: OptionValues<Options>;
}

/**
 * Names and types of the data that most functions take. A function that takes other data declares
 * it in its parameter.
 */
export interface LcoreHandles {
  /** The queue to receive from. */
  rx: RxQueue;
  /** The queue to send to. */
  tx: TxQueue;
  /** The queue for packets of the other direction. */
  back: TxQueue;
  /** The pool to take packets from. */
  pool: Mempool;
  /** A ring that is shared with other lcores or processes. */
  ring: Ring;
}

/** The functions of a program that lcores can run, by their names. */
export interface LcoreFunctions {
  /** A function, by the name that is passed to {@linkcode ProgramLcore.run}. */
  [name: string]: {
    // a method's parameter may be narrower, as with `{ rx, running }: LcoreScope & { rx: RxQueue }`
    run(scope: LcoreScope & LcoreHandles): void;
  }["run"];
}

/** An lcore of a program. */
export interface ProgramLcore<Functions extends LcoreFunctions> {
  /** The lcore's id. */
  readonly id: number;
  /**
   * Runs a function of the program on this lcore, in a thread of its own: `rte_eal_remote_launch`.
   *
   * @param name a key of the program's `lcores`.
   * @param data what the function is given. Queues, rings, pools and ports become handles of that
   * thread's own; everything else is cloned.
   * @param onMessage is called on the main thread with each value that the function posts.
   * @returns resolves when the function has returned. When the function throws, the program ends
   * with that error.
   * @throws {DpdkError} EBUSY when the lcore already runs a function; EINVAL when the program has
   * no function of that name.
   * @throws {DOMException} `DataCloneError` when the data cannot be cloned, such as a function.
   */
  run<Name extends keyof Functions & string>(
    name: Name,
    data?: Functions[Name] extends (scope: infer Scope) => void
      ? Partial<Omit<Scope, keyof LcoreScope>>
      : never,
    onMessage?: (message: unknown) => void,
  ): Promise<void>;
}

/** What {@linkcode ProgramSpec.main} is given. */
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
  /** The running EAL. */
  readonly eal: Eal;
  /** The values of the program's own options. */
  readonly options: OptionValues<Options>;
  /**
   * The program's ports, in the order of their ids. A primary has opened them; a secondary has
   * attached to them. The program closes them at its end.
   */
  readonly ports: Ports;
  /**
   * Receive queue 0 of each port, for the main thread. Not for a queue from which an lcore
   * receives.
   */
  readonly rx: { [Place in keyof Ports]: RxQueue };
  /**
   * Transmit queue 0 of each port, for the main thread. Not for a queue to which an lcore sends.
   */
  readonly tx: { [Place in keyof Ports]: TxQueue };
  /** The program's lcores, the main lcore first. */
  readonly lcores: [ProgramLcore<Functions>, ...ProgramLcore<Functions>[]];
  /** Aborted when the program must end, as by Ctrl-C. */
  readonly signal: AbortSignal;
  /**
   * Gives 1, 2, 3 and so on at equal intervals, such as `"1s"` or `"100ms"`, until the program must
   * end, or `times` times. For `for await`.
   */
  every(interval: string, times?: number): AsyncGenerator<number>;
  /**
   * Gives the packets that come to queue 0 of all ports, or to the queues `from`, burst by burst,
   * until the program must end. For `for await` on the main thread: packets that the loop leaves in
   * a burst go back to their pools, and while nothing comes the main thread sleeps a millisecond at
   * a time.
   */
  received(...from: readonly RxQueue[]): AsyncGenerator<Burst, void, undefined>;
}

/** The parts of a program, for {@linkcode program}. */
export interface ProgramSpec<
  Options extends Record<string, OptionSpec<unknown>>,
  Functions extends LcoreFunctions,
  Count extends number | "all",
> {
  /** What the program does: one line of its `--help`. */
  about?: string;
  /** The program's own options, which come after `--` on the command line. */
  options?: Options;
  /**
   * How many ports the program needs: the first ones, or those of its option `-p PORTMASK`. `"all"`
   * takes all ports, at least one. Where left out: all for a program with
   * {@linkcode ProgramSpec.lcore}, else none.
   */
  ports?: Count;
  /** How a primary opens the ports; one receive and one transmit queue each where left out. */
  port?: PortOptions;
  /**
   * Runs on each lcore that has queues, from the start: `rte_eal_mp_remote_launch`. Each lcore
   * loads the whole file as a module of its own, and shares no variable with others.
   */
  lcore?(scope: LcorePairs<Options>): void;
  /**
   * Functions that lcores run when `main` calls {@linkcode ProgramLcore.run}. Each lcore loads the
   * whole file as a module of its own, and shares no variable with others.
   */
  lcores?: Functions;
  /**
   * The control plane, on the main thread. When it has returned, the program goes on until all
   * lcores are done or a signal comes.
   */
  main?(context: ProgramContext<Options, Functions, Count>): void | Promise<void>;
}

/** What goes to the thread of an lcore. */
interface Handed {
  name: string;
  data: object;
}

/** The name by which `lcore` of a program is started; no key of `lcores` can be it. */
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

  /** Starts `lcore` of the program on each lcore that has queues. */
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
      const reason = "the lcore already runs a function";
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
  // not before the module that calls this has been evaluated
  Promise.all([import("../run.ts"), import("./help.ts"), import("./blame.ts")]).then(
    ([{ run }, { programHelp }, { scriptOutcome }]) =>
      run(name, () => programHelp(name, spec), (args) => start(name, spec, args), scriptOutcome),
  );
}
