/**
 * Starts slave processes again when they die, after putting in order what they left behind.
 *
 * This is the "Slave Process Recovery Mechanism" of DPDK's guide to multi-process samples: the
 * master keeps a list of resources for each slave, notices at once that a slave has ended, stops
 * the slaves that depend on it, resets the resources of all of them, and starts them again.
 *
 * @module
 */

import { DpdkError } from "../boundary/errors.ts";
import { processEnd } from "./process.ts";
import { Slave, type SlaveOptions } from "./slave.ts";
import { type Common, Group, type SupervisorEvent, type SupervisorLimits } from "./slave_group.ts";

const LIMITS: Required<SupervisorLimits> = {
  start: 10_000,
  // a slave that gets no CPU for a while does not hang, and must finish its counters
  stop: 1_000,
  exit: 1_000,
  silence: 2_000,
  quick: 500,
  window: 10_000,
  deaths: 5,
  delay: 100,
};

/** Options of {@linkcode Supervisor}. */
export interface SupervisorOptions {
  /** Called for every event, in their order. */
  onEvent?(event: SupervisorEvent): void;
  /**
   * Whether each slave has a second process that has started up and waits for the start command, so
   * that it can take over at once. False where left out: a replacement is started when it is
   * needed.
   */
  reserve?: boolean;
  /** Limits other than the defaults. */
  limits?: SupervisorLimits;
}

/**
 * Starts slaves, and starts them again when they die.
 *
 * @example
 * ```ts
 * import { selfCommand, Supervisor } from "denodpdk/supervise";
 *
 * const supervisor = new Supervisor({ onEvent: (event) => console.log(event.kind) });
 * const slave = supervisor.add({
 *   name: "counter",
 *   command: () => selfCommand(["--slave"]),
 *   start: (child) => child.write("start\n"),
 *   stop: (child) => child.write("stop\n"),
 * });
 * slave.register({ name: "scratch zone", reset() {} });
 * await supervisor.start();
 * // ... at the end
 * await supervisor.stop();
 * ```
 */
export class Supervisor {
  readonly #groups: Slave[][] = [];
  readonly #runs: Promise<void>[] = [];
  readonly #stop = new AbortController();
  /** The first unexpected error. */
  #failure: { error: unknown } | undefined;
  readonly #common: Common;

  /** A supervisor without slaves yet. */
  constructor({ onEvent = () => {}, limits = {}, reserve = false }: SupervisorOptions = {}) {
    this.#common = {
      onEvent,
      reserve,
      limits: { ...LIMITS, ...limits },
      stopping: this.#stop.signal,
      fail: (error) => {
        this.#failure ??= { error };
        this.#stop.abort();
      },
    };
  }

  /**
   * Adds a slave. With `partner`, a slave that was added before, the new one joins its group:
   * slaves that share something, and so are stopped and started together.
   */
  add(options: SlaveOptions, partner?: Slave): Slave {
    if (this.#runs.length > 0) {
      throw new DpdkError({ operation: "Supervisor.add", reason: "the slaves run already" });
    }
    const slave = new Slave(options);
    const group = partner && this.#groups.find((group) => group.includes(partner));
    if (group) group.push(slave);
    else this.#groups.push([slave]);
    return slave;
  }

  /** Starts all slaves; resolves when every group runs or was given up. */
  async start(): Promise<void> {
    await Promise.all(this.#groups.map((slaves) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const run = new Group(slaves, this.#common).run(resolve);
      this.#runs.push(run);
      run.then(resolve);
      return promise;
    }));
  }

  /**
   * Resolves when no slave runs any more: after {@linkcode Supervisor.stop}, or when all groups
   * were given up.
   *
   * @throws {unknown} what a function of the options threw, or why a slave could not be started
   * even once. All slaves have been ended in order then.
   */
  async done(): Promise<void> {
    await Promise.all(this.#runs);
    if (this.#failure) throw this.#failure.error;
  }

  /** Ends all slaves and waits until they have ended. Idempotent. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#runs);
  }

  /**
   * Calls `onEnd` as soon as the process `pid` ends, which this supervisor need not have started.
   *
   * @returns a function that ends the watch.
   */
  watch(pid: number, onEnd: (pid: number) => void): Disposable {
    const over = new AbortController();
    processEnd(pid, over.signal).then(() => {
      if (!over.signal.aborted) onEnd(pid);
    }).catch((error) => {
      if (!over.signal.aborted) throw error;
    });
    return { [Symbol.dispose]: () => over.abort() };
  }
}
