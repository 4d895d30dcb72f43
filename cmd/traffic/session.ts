/**
 * What commands that use ports have in common: EAL, ports that are opened and closed again, and
 * Workers on lcores that a signal stops.
 *
 * @module
 */

import { DpdkError, Eal, Port, type PortInfo, type PortOptions } from "../../mod.ts";
import { launchOnLcore, Lcore, type LcoreWorker, releaseMainLcore } from "../../ffi/eal_api.ts";
import { endProgram } from "../lib/ports.ts";
import { onPrimaryEnd } from "../lib/primary.ts";
import { onSignal } from "../lib/run.ts";
import { NAME, type Run } from "./command.ts";

const DESCRIPTORS = 1024;

/** Drivers of ports that are no cards: what they say of their speed means nothing. */
const SOFTWARE = /^(net_(null|ring|tap|memif|pcap|af_packet|af_xdp|vhost|virtio_user)|virtio_user)/;

/** Whether a port is none of a card, so that the speed of its link means nothing. */
export const isSoftware = ({ driver }: PortInfo): boolean => SOFTWARE.test(driver);

/** The lcores of this process, the main one first. */
export const lcores = (): number[] => [Lcore.main, ...Lcore.workers()];

/** What a command does with EAL. */
export class Session {
  /** The arguments of the program, EAL's among them. */
  readonly args: readonly string[];
  readonly #ports: Port[] = [];
  readonly #workers: LcoreWorker[] = [];
  readonly #end = new AbortController();

  readonly #eal: Eal;

  /** A session without ports. */
  constructor(args: readonly string[], eal: Eal) {
    this.args = args;
    this.#eal = eal;
  }

  /** Whether this is the primary process, which opens ports. */
  get isPrimary(): boolean {
    return this.#eal.processType === "primary";
  }

  /** Calls back when the primary of this secondary has ended, until disposal. */
  onPrimaryEnd(call: (primary: string) => void): Disposable {
    return onPrimaryEnd(this.#eal, call);
  }

  /** Whether a signal has asked for the end. */
  get isStopped(): boolean {
    return this.#end.signal.aborted;
  }

  /** Is aborted when a signal asks for the end. */
  get signal(): AbortSignal {
    return this.#end.signal;
  }

  /** Asks for the end, and ends what {@linkcode Session.run} has started. */
  stop(): void {
    this.#end.abort();
    this.stopLcores();
  }

  /** Ends what {@linkcode Session.run} has started, where the command goes on without it. */
  stopLcores(): void {
    for (const worker of this.#workers) worker.stop();
  }

  /**
   * Ends what {@linkcode Session.run} has started, and waits until all of it has ended, also where it
   * fails: `run` tells that.
   */
  async endLcores(): Promise<void> {
    this.stopLcores();
    await Promise.allSettled(this.#workers.map(({ done }) => done));
  }

  /** The ports that were opened. */
  get ports(): readonly Port[] {
    return this.#ports;
  }

  /**
   * Opens a port, promiscuous.
   *
   * @param options how, or what says how of what the device can do.
   * @param flag the option that named it, for messages.
   * @throws {DpdkError} when there is no such port, or it cannot be opened so.
   */
  open(
    id: number,
    options: PortOptions | ((info: PortInfo) => PortOptions) = {},
    flag = "--port",
  ): { port: Port; info: PortInfo } {
    const all = Port.list();
    const info = all.find((one) => one.id === id);
    if (!info) {
      const ids = all.map(({ id }) => id).join(", ");
      throw new DpdkError({
        operation: flag,
        reason: `expected one of the ports ${ids}, got '${id}'`,
      });
    }
    const port = Port.open(id, {
      rxDescriptors: DESCRIPTORS,
      txDescriptors: DESCRIPTORS,
      ...typeof options === "function" ? options(info) : options,
    });
    this.#ports.push(port);
    port.promiscuous = true;
    return { port, info };
  }

  /**
   * Runs a Worker's module on an lcore until it ends; a signal asks it to.
   *
   * @param onReady is called when the Worker says that it is ready.
   * @returns the last message of the Worker.
   */
  async run<Data, Result>(
    module: URL,
    lcore: number,
    data: Data,
    onReady?: () => void,
  ): Promise<Result> {
    let result: { message: Result } | undefined;
    const worker = launchOnLcore<Data, Result>(module, lcore, {
      data,
      onMessage: (message) => result = { message },
    });
    // of an end before that, `done` tells
    if (onReady) worker.ready.then(onReady, () => {});
    if (this.isStopped) worker.stop();
    this.#workers.push(worker);
    await worker.done;
    if (!result) throw new DpdkError({ operation: NAME, reason: "the lcore said nothing" });
    return result.message;
  }

  /**
   * Runs a Worker's module on several lcores until all end; where one fails, the others are stopped.
   *
   * @param works the data of each, for the main lcore first; no more than {@linkcode lcores} has.
   * @returns the last message of each.
   */
  async runAll<Data, Result>(module: URL, works: readonly Data[]): Promise<Result[]> {
    const ids = lcores();
    const all = await Promise.allSettled(
      works.map((work, i) =>
        this.run<Data, Result>(module, ids[i]!, work).catch((error) => {
          this.stop();
          throw error;
        })
      ),
    );
    return all.map((one) => {
      if (one.status === "rejected") throw one.reason;
      return one.value;
    });
  }
}

/**
 * Runs what needs EAL and ports, and ends both in the end. The main lcore is free for a Worker.
 *
 * @param options isSecondary: whether it may be a secondary process too, which opens no ports;
 * needsPorts: false where it does without ports.
 * @throws {DpdkError} in a secondary process, unless it may be one.
 */
export function session(
  use: (session: Session) => Promise<number>,
  { isSecondary = false, needsPorts = true } = {},
): Run {
  return async (args) => {
    const eal = Eal.init(args, { name: NAME, needsPorts });
    const session = new Session(args, eal);
    try {
      if (!session.isPrimary && !isSecondary) {
        throw new DpdkError({ operation: NAME, reason: "expected to be the primary process" });
      }
      releaseMainLcore();
      onSignal(() => session.stop());
      return await use(session);
    } finally {
      // where one has failed, the others may still run, and EAL cannot end
      await session.endLcores();
      endProgram(eal, session.ports);
    }
  };
}
