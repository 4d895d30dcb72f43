/**
 * The types of a program of one file: its parts, and what its functions are given.
 *
 * @module
 */

import type { Eal } from "../../../ffi/eal.ts";
import type { Port, PortOptions } from "../../../ffi/ethdev/port.ts";
import type { RxQueue } from "../../../ffi/ethdev/rx_queue.ts";
import type { TxQueue } from "../../../ffi/ethdev/tx_queue.ts";
import type { Burst } from "../../../ffi/mbuf/burst.ts";
import type { Mempool } from "../../../ffi/mempool.ts";
import type { Ring } from "../../../ffi/ring.ts";
import type { OptionSpec, OptionValues } from "../option.ts";

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
  // a tuple up to four ports, so that the types know that each is there; with all, at least one
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

/** Any program. */
export type AnySpec = ProgramSpec<
  Record<string, OptionSpec<unknown>>,
  LcoreFunctions,
  number | "all"
>;
