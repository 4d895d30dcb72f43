/**
 * Work on lcores: `rte_launch.h`.
 *
 * Where C calls `rte_eal_remote_launch(function, arg, lcore)`, {@linkcode launchOnLcore} starts a
 * Worker with a module that calls {@linkcode lcoreMain}. The Worker adopts the lcore, runs the
 * function until it returns, and gives the lcore back.
 *
 * @module
 */

import { DpdkError } from "./boundary/errors.ts";
import { workerRefusal } from "./host/limits.ts";
import { codeOf } from "./host/source_modules.ts";
import { Lcore } from "./lcore.ts";
import { receiveError, type Report, setLcoreEntry, type Start, StopFlag } from "./lcore_entry.ts";
import { newWorker, takeSpareWorker } from "./spare_worker.ts";
import { packHandles, unpackHandles } from "./transfer.ts";
import { chooseLibrary, libraryPath, shim } from "./boundary/library.ts";

/** What {@linkcode lcoreMain} passes to the function that runs on an lcore. */
export interface LcoreContext<Data, Message> {
  /** The id of the lcore that this thread runs as. */
  readonly lcore: number;
  /** True once the main thread wants the loop to end. Ask once a burst. */
  readonly stopRequested: boolean;
  /** The data that {@linkcode launchOnLcore} was given for this lcore. */
  readonly data: Data;
  /**
   * Tells the main thread that the loop begins: {@linkcode LcoreWorker.ready} resolves. It is no
   * message, and makes no loop slower.
   */
  ready(): void;
  /**
   * Sends a structured-cloneable value to the main thread's `onMessage`. After the first one V8 asks
   * at each access to a typed array whether its buffer was detached, which makes a loop over packets
   * slower by up to a tenth: such a loop writes what others are to see into a `SharedArrayBuffer`,
   * and posts when it is over.
   */
  post(message: Message): void;
}

/** Options of {@linkcode launchOnLcore}. */
export interface LaunchOptions<Data, Message> {
  /**
   * A structured-cloneable value for the Worker. Ports, queues, rings and pools in its plain
   * objects and arrays become handles of the Worker's own.
   */
  data: Data;
  /** Called on the main thread for each value that the Worker posts. */
  onMessage?: (message: Message) => void;
}

/** A Worker that runs, or ran, on an lcore. */
export interface LcoreWorker {
  /** The id of the lcore. */
  readonly lcore: number;
  /** The id of the Worker's thread, `gettid`; 0 before the Worker runs. */
  readonly thread: number;
  /**
   * Resolves when the function has called {@linkcode LcoreContext.ready}. Where it throws before,
   * this rejects as {@linkcode LcoreWorker.done} does; where it returns without that call, with a
   * DpdkError. Where nobody asks for it, nothing waits.
   */
  readonly ready: Promise<void>;
  /**
   * Resolves when the function has returned and the lcore is free again, as `rte_eal_wait_lcore`
   * returns. Rejects with what the function threw (a {@linkcode DpdkError} stays one), and with a
   * DpdkError when the module does not load or never calls {@linkcode lcoreMain}.
   */
  readonly done: Promise<void>;
  /** Asks the loop to end. Await {@linkcode LcoreWorker.done} to know that it has ended. */
  stop(): void;
}

/** Resolves with what came of a Worker, and ends it. */
function outcome<Message>(
  worker: Worker,
  lcore: number,
  onMessage: ((message: Message) => void) | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data: report }: MessageEvent<Report>) => {
      if (report.kind === "message") return onMessage?.(report.message as Message);
      // the Worker is idle, so this ends its thread at once; one that polls would go on for seconds
      worker.terminate();
      if (report.kind === "done") resolve();
      else reject(receiveError(report.error));
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
}

/** Resolves when a Worker is ready; rejects where it ends before. */
async function untilReady(stop: StopFlag, done: Promise<void>, lcore: number): Promise<void> {
  if (await stop.untilReady(done)) return;
  await done;
  throw new DpdkError({
    operation: `worker of lcore ${lcore}`,
    reason: "it ended before it was ready",
  });
}

/**
 * Starts the Worker `module` as lcore `lcore`: `rte_eal_remote_launch`.
 *
 * @param module URL of a module that calls {@linkcode lcoreMain} at its top level.
 * @throws {DOMException} `DataCloneError` when the data cannot be cloned.
 *
 * @example Run a module on each worker lcore until Ctrl-C
 * ```ts
 * import { launchOnLcore, Lcore } from "denodpdk/eal";
 *
 * const module = new URL("./forward.ts", import.meta.url); // it calls lcoreMain()
 * const workers = Lcore.workers().map((id) => launchOnLcore(module, id, { data: { queue: id } }));
 * Deno.addSignalListener("SIGINT", () => workers.forEach((worker) => worker.stop()));
 * await Promise.all(workers.map(({ done }) => done));
 * ```
 */
export function launchOnLcore<Data, Message = never>(
  module: URL,
  lcore: number,
  { data, onMessage }: LaunchOptions<Data, Message>,
): LcoreWorker {
  const code = codeOf(module.href);
  const packed = packHandles(data);
  const spare = takeSpareWorker(code);
  const refusal = workerRefusal(`worker of lcore ${lcore}`, spare ? 1 : 0);
  if (refusal) {
    spare?.terminate();
    const done = Promise.reject(refusal);
    return { lcore, thread: 0, ready: done, done, stop: () => {} };
  }
  const stop = new StopFlag();
  const library = libraryPath();
  const start: Start = {
    module: code,
    library,
    lcore,
    stop: stop.memory,
    data: packed,
  };
  const worker = spare ?? newWorker();
  const done = outcome(worker, lcore, onMessage);
  try {
    worker.postMessage(start);
  } catch (error) {
    // an idle Worker would keep the process alive
    worker.terminate();
    throw error;
  }
  let ready: Promise<void> | undefined;
  return {
    lcore,
    get thread() {
      return stop.thread;
    },
    get ready() {
      return ready ??= untilReady(stop, done, lcore);
    },
    done,
    stop: () => stop.request(),
  };
}

/**
 * Runs `main` on the lcore that this Worker was launched for. A Worker's module calls this once, at
 * its top level. The thread is bound to the lcore while `main` runs; what `main` throws reaches the
 * main thread through {@linkcode LcoreWorker.done}. On the main thread this call does nothing.
 *
 * @example
 * ```ts
 * import { Objects, Ring } from "denodpdk";
 * import { delayUsSleep, lcoreMain } from "denodpdk/eal";
 *
 * lcoreMain<string, number>((context) => {
 *   using ring = Ring.lookup(context.data);
 *   const objs = new Objects(32);
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
  setLcoreEntry(({ library, lcore, stop, data }, report) => {
    const flag = new StopFlag(stop);
    chooseLibrary(library);
    flag.thread = shim().shim_process_thread();
    using _held = Lcore.adopt(lcore);
    const own = unpackHandles(data) as Data;
    main({
      lcore,
      data: own,
      get stopRequested() {
        return flag.requested;
      },
      ready: () => flag.tellReady(),
      post: (message) => report({ kind: "message", message }),
    });
  });
}
