/**
 * Work on lcores: `rte_launch.h`.
 *
 * Where C calls `rte_eal_remote_launch(function, arg, lcore)`, {@linkcode launchOnLcore} starts a
 * Worker with a module that calls {@linkcode lcoreMain}. The Worker adopts the lcore, runs the
 * function until it returns, and gives the lcore back.
 *
 * @module
 */

import { DpdkError } from "./errors.ts";
import { Lcore } from "./lcore.ts";
import { chooseLibrary, libraryPath } from "./library.ts";

/** A shared flag that asks polling loops to end. */
class StopFlag {
  readonly #flag: Int32Array<SharedArrayBuffer>;

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(4)) {
    this.#flag = new Int32Array(memory);
  }

  get memory(): SharedArrayBuffer {
    return this.#flag.buffer;
  }

  /** A plain read, 0.3 ns where Atomics.load takes 5.5: a native call between two makes V8 read anew. */
  get requested(): boolean {
    return this.#flag[0] !== 0;
  }

  request(): void {
    Atomics.store(this.#flag, 0, 1);
    Atomics.notify(this.#flag, 0);
  }
}

/** What the function of {@linkcode lcoreMain} works with. */
export interface LcoreContext<Data, Message> {
  /** The lcore that this thread is. */
  readonly lcore: number;
  /** True when the main thread wants the loop to end; look once a burst. */
  readonly stopRequested: boolean;
  /** What {@linkcode launchOnLcore} was given for this lcore. */
  readonly data: Data;
  /** Sends a structured-cloneable value to the main thread's `onMessage`. */
  post(message: Message): void;
}

/** What {@linkcode launchOnLcore} gives its Worker. */
interface Start<Data> {
  /** The library that has the process's EAL; another one would be another DPDK. */
  library: string;
  lcore: number;
  stop: SharedArrayBuffer;
  data: Data;
}

/** What a Worker says: a message of its own, or that it ended, well or not. */
type Report<Message> =
  | { kind: "message"; message: Message }
  | { kind: "done" }
  | { kind: "failed"; error: unknown };

/** The part of a Worker's global scope that is used here. */
interface WorkerScope {
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage(message: unknown): void;
}

/** Options of {@linkcode launchOnLcore}. */
export interface LaunchOptions<Data, Message> {
  /** Structured-cloneable value for the Worker. */
  data: Data;
  /** Called on the main thread for each value that the Worker posts. */
  onMessage?: (message: Message) => void;
}

/** A Worker that runs, or ran, on an lcore. */
export interface LcoreWorker {
  /** Its lcore. */
  readonly lcore: number;
  /**
   * Resolves when the function returned and the lcore is free again; rejects with what it threw.
   * Stands for `rte_eal_wait_lcore`.
   */
  readonly done: Promise<void>;
  /** Asks the loop to end; await {@linkcode LcoreWorker.done} to know that it has. */
  stop(): void;
}

/**
 * Starts the Worker `module` as lcore `lcore`: `rte_eal_remote_launch`.
 *
 * @param module URL of a module that calls {@linkcode lcoreMain}.
 */
export function launchOnLcore<Data, Message = never>(
  module: URL,
  lcore: number,
  { data, onMessage }: LaunchOptions<Data, Message>,
): LcoreWorker {
  const stop = new StopFlag();
  const worker = new Worker(module, { type: "module", name: `lcore ${lcore}` });
  const done = new Promise<void>((resolve, reject) => {
    worker.onmessage = ({ data: report }: MessageEvent<Report<Message>>) => {
      if (report.kind === "message") return onMessage?.(report.message);
      // idle now, so this ends its thread at once; a polling Worker would burn on for seconds
      worker.terminate();
      if (report.kind === "done") resolve();
      else reject(report.error);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      worker.terminate();
      reject(
        new DpdkError({
          operation: `worker of lcore ${lcore}`,
          reason: event.message.split("\n")[0] ?? "",
        }),
      );
    };
  });
  const start: Start<Data> = { library: libraryPath(), lcore, stop: stop.memory, data };
  worker.postMessage(start);
  return { lcore, done, stop: () => stop.request() };
}

/**
 * The main function of a Worker's module. The thread is the lcore while `main` runs; what it throws
 * reaches the main thread through {@linkcode LcoreWorker.done}.
 *
 * @example
 * ```ts
 * import { delayUsSleep, lcoreMain, ObjTable, Ring } from "./mod.ts";
 *
 * lcoreMain<string, number>((context) => {
 *   using ring = Ring.lookup(context.data);
 *   const objs = new ObjTable(32);
 *   while (!context.stopRequested) {
 *     const n = ring.dequeueBurst(objs, 32);
 *     if (n > 0) context.post(n);
 *     else delayUsSleep(5);
 *   }
 * });
 * ```
 */
export function lcoreMain<Data, Message = never>(
  main: (context: LcoreContext<Data, Message>) => void,
): void {
  const scope = globalThis as typeof globalThis & WorkerScope;
  scope.onmessage = ({ data: { library, lcore, stop, data } }: MessageEvent<Start<Data>>) => {
    const flag = new StopFlag(stop);
    const report = (report: Report<Message>) => scope.postMessage(report);
    try {
      chooseLibrary(library);
      using _held = Lcore.adopt(lcore);
      main({
        lcore,
        data,
        get stopRequested() {
          return flag.requested;
        },
        post: (message) => report({ kind: "message", message }),
      });
    } catch (error) {
      return report({ kind: "failed", error });
    }
    report({ kind: "done" });
  };
}
