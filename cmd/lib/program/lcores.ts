/**
 * The lcores of a program of one file, and the threads that run on them.
 *
 * @module
 */

import { DpdkError } from "../../../ffi/boundary/errors.ts";
import type { Port } from "../../../ffi/ethdev/port.ts";
import { launchOnLcore, lcoreMain, type LcoreWorker } from "../../../ffi/launch.ts";
import { Lcore } from "../../../ffi/lcore.ts";
import { dealPairs } from "./pairs.ts";
import type { AnySpec, LcoreFunctions, LcoreHandles, LcoreScope, ProgramLcore } from "./spec.ts";

/** What is sent to the thread of an lcore. */
interface Handed {
  name: string;
  data: object;
}

/** The name by which `lcore` of a program is started; no key of `lcores` can be it. */
const LCORE = " lcore";

/** The thread of an lcore: runs the one function that it was started for. */
export function serve({ lcore, lcores = {} }: AnySpec): void {
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
export class Lcores<Functions extends LcoreFunctions> {
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
      throw new DpdkError({ operation, code: "EINVAL", reason });
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
      throw new DpdkError({ operation, code: "EBUSY", reason });
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

/** Resolves when all lcores are done. */
export async function allDone<Functions extends LcoreFunctions>(
  lcores: Lcores<Functions>,
): Promise<void> {
  for (let all; (all = lcores.workers).length > 0;) await Promise.all(all.map(({ done }) => done));
}
