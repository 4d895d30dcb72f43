/**
 * The mender notices processes that were killed, and finishes their updates of shared rings and
 * pools. It runs in a thread of its own, so that other threads may wait for it.
 *
 * @module
 */

import { setTimeout as delay } from "node:timers/promises";
import { DpdkError } from "../boundary/errors.ts";
import { workerRefusal } from "../host/limits.ts";
import { libraryPath, shim } from "../boundary/library.ts";
import { unwrap } from "../boundary/native.ts";

/** What a mender watches. */
export interface MenderOptions {
  /** The folder of EAL's runtime files, `eal.runtimeFolder`. */
  runtimeFolder: string;
  /**
   * Names of the pools to mend; pools with other mempool operations than `ring_mp_mc` are left
   * alone.
   */
  pools: readonly string[];
  /** Names of the rings to mend; single-producer and single-consumer sides are left alone. */
  rings?: readonly string[];
  /**
   * Name of the pool whose elements are in these rings. Where it is not known what a killed process
   * was putting into a ring, an empty element of this pool is put there; what a killed process was
   * taking out goes back to the pool.
   */
  spare?: string;
  /** Whether foreign processes move one object at a time in these rings, as the C samples do. */
  single?: boolean;
  /**
   * The most elements that any thread, drivers included, puts into a pool at once. Of the elements
   * in a killed process's caches, all but the last `largestPut` can then be given back at once;
   * where left out, none can.
   */
  largestPut?: number;
  /** Called with a line of text, without its end, about what was done or who is waited for. */
  say: (line: string) => void;
  /**
   * Called when every update that a dead process began is finished: what it held can now be looked
   * for. The pid is 0 when only one thing is known, that another process mended before and does so no
   * longer.
   */
  onSettled?: (pid: number) => void;
  /**
   * Its thread starts when this is settled, and at once where it is left out: lcores that are about
   * to start need not share their CPUs with it.
   */
  after?: Promise<unknown>;
}

/** What the mender's thread is given. */
export interface MenderData {
  library: string;
  runtimeFolder: string;
  pools: readonly string[];
  rings: readonly string[];
  spare: string | undefined;
  single: boolean;
  largestPut: number | undefined;
  /** Event descriptor that is set when the thread must end. */
  stop: number;
  /** Memory in which the thread reports its looks: see {@linkcode Look}. */
  looks: SharedArrayBuffer;
}

/** Words of the memory in which the thread reports its looks. */
export const Look = {
  /** How often the thread has looked. */
  COUNT: 0,
  /** How many dead processes have updates that are not finished yet. */
  PENDING: 1,
} as const;

/** A message from the mender's thread. */
export type MenderReport =
  | { kind: "said"; line: string }
  | { kind: "settled"; pid: number }
  | { kind: "ended" };

/** A running mender. Disposal ends it; await that before EAL ends, as `await using` does. */
export interface Mender extends AsyncDisposable {
  /**
   * Whether every update that a dead process began is finished; waits for one look of the mender,
   * 50 milliseconds at most. Ask this before repairing or auditing pools: until it is true the
   * mender may be about to repair them itself.
   */
  settled(): Promise<boolean>;
}

/** Why there can be no journal, by the shim's answer. */
const REASONS: Record<number, string> = {
  2: "there is no journal",
  28: "the journal is full",
  71: "the journal is another version's",
  95: "it is turned off by DENODPDK_RECOVERY, or this DPDK is unknown to it",
};

/** Starts the thread. */
function begin(
  data: MenderData,
  { say, onSettled }: MenderOptions,
  end: () => void,
): void {
  const worker = new Worker(new URL("./mend_worker.ts", import.meta.url), {
    type: "module",
    name: "mender",
  });
  worker.onmessage = ({ data: report }: MessageEvent<MenderReport>) => {
    if (report.kind === "said") return say(report.line);
    if (report.kind === "settled") return onSettled?.(report.pid);
    worker.terminate();
    end();
  };
  worker.onerror = (event) => {
    event.preventDefault();
    say(`recovery unavailable: ${event.message.split("\n")[0] ?? ""}`);
    worker.terminate();
    end();
  };
  worker.postMessage(data);
}

/**
 * Starts the mender of this process. Of all menders one works: the primary's where it has one, and
 * otherwise any. Another one takes over when its process ends. Where recovery is unavailable, a
 * line says so, and the program goes on without it.
 *
 * @throws {DpdkError} EMFILE, ENFILE.
 */
export function startMender(options: MenderOptions): Mender {
  const { runtimeFolder, pools, rings = [], spare, single = false, say } = options;
  const joined = shim().shim_journal_join(1);
  const reason = joined < 0
    ? REASONS[-joined] ?? `errno ${-joined}`
    // otherwise a thread that does not start would go unnoticed
    : workerRefusal("thread of the mender")?.message;
  if (reason !== undefined) {
    say(`recovery unavailable: ${reason}`);
    const done = () => Promise.resolve();
    return { settled: () => Promise.resolve(true), [Symbol.asyncDispose]: done };
  }
  const stop = unwrap("eventfd", shim().shim_event_open());
  const looks = new Int32Array(new SharedArrayBuffer(8));
  const data: MenderData = {
    library: libraryPath(),
    runtimeFolder,
    pools,
    rings,
    spare,
    single,
    largestPut: options.largestPut,
    stop,
    looks: looks.buffer,
  };
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  let begun = false;
  const start = () => {
    if (!begun) begin(data, options, end);
    begun = true;
  };
  if (options.after) options.after.then(start, start);
  else start();
  let over: Promise<void> | undefined;
  let running = true;
  ended.then(() => running = false);
  return {
    async settled() {
      start();
      // a look that is under way began before, and does not count
      const count = (looks[Look.COUNT] ?? 0) + 2;
      while (running && Atomics.load(looks, Look.COUNT) - count < 0) {
        await delay(2);
      }
      return !running || Atomics.load(looks, Look.PENDING) === 0;
    },
    [Symbol.asyncDispose]() {
      return over ??= (async () => {
        unwrap("eventfd", shim().shim_event_set(stop));
        start();
        await ended;
        shim().shim_process_close(stop);
      })();
    },
  };
}

/** The message of an error, in one line. */
export function errorLine(error: unknown): string {
  if (error instanceof DpdkError) return error.message;
  return error instanceof Error ? error.message : String(error);
}
