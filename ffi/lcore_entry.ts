/**
 * The messages and the memory between the main thread and the Worker of an lcore.
 *
 * @module
 */

import { DpdkError, type DpdkErrorInit } from "./boundary/errors.ts";

/** Words of the shared memory: whether the loop must end, the id of its thread, whether it is ready. */
const STOP = 0;
const THREAD = 1;
const READY = 2;
const WORDS = 3;

/** A shared flag that asks polling loops to end, and tells that they have begun. */
export class StopFlag {
  readonly #flag: Int32Array<SharedArrayBuffer>;

  constructor(
    memory: SharedArrayBuffer = new SharedArrayBuffer(WORDS * Int32Array.BYTES_PER_ELEMENT),
  ) {
    this.#flag = new Int32Array(memory);
  }

  /** The memory from which the other thread makes its own flag. */
  get memory(): SharedArrayBuffer {
    return this.#flag.buffer;
  }

  /**
   * Whether the loop must end. This is a plain read, which takes 0.3 ns where Atomics.load takes
   * 5.5; a native call between two reads makes V8 read anew. It is right on machines with weaker
   * memory order than x86 too: the flag is only ever set, no other memory depends on it, and a loop
   * that sees it late makes some more turns. The loop's results are handed over by its last
   * message.
   */
  get requested(): boolean {
    return this.#flag[STOP] !== 0;
  }

  /** The id of the thread that runs the loop; 0 before there is one. */
  get thread(): number {
    return Atomics.load(this.#flag, THREAD);
  }

  set thread(id: number) {
    Atomics.store(this.#flag, THREAD, id);
  }

  /** The loop tells that it begins. */
  tellReady(): void {
    Atomics.store(this.#flag, READY, 1);
    Atomics.notify(this.#flag, READY);
  }

  /**
   * Waits until the loop has told that it begins.
   *
   * @param end settles when the loop cannot tell it any more.
   * @returns whether it has told it.
   */
  async untilReady(end: Promise<void>): Promise<boolean> {
    const wait = Atomics.waitAsync(this.#flag, READY, 0);
    if (wait.async) {
      // V8 keeps a wait until it is woken
      const wake = () => void Atomics.notify(this.#flag, READY);
      end.then(wake, wake);
      await wait.value;
    }
    return Atomics.load(this.#flag, READY) === 1;
  }

  /** Asks the loop to end. */
  request(): void {
    Atomics.store(this.#flag, STOP, 1);
    Atomics.notify(this.#flag, STOP);
  }
}

/** What the main thread gives the Worker. */
export interface Start {
  /** The module that calls `lcoreMain`. */
  module: string;
  /** The library in which this process's EAL runs; another library would be another DPDK. */
  library: string;
  /** The id of the lcore. */
  lcore: number;
  /** Memory of the {@linkcode StopFlag}. */
  stop: SharedArrayBuffer;
  /** Data for the function of `lcoreMain`. */
  data: unknown;
}

/** What the main thread gives a Worker for which there is no lcore yet. */
export interface Prepare {
  /** The module that calls `lcoreMain`, to be loaded. */
  prepare: string;
  /** The library in which this process's EAL starts, to be opened. */
  library: string;
}

/**
 * An error in the form in which it is sent to another thread: a structured clone of a DpdkError
 * would be a plain Error.
 */
export type SentError = { dpdk: DpdkErrorInit; stack: string | undefined } | { other: unknown };

/** What a Worker sends: a message of the program, or that its function has returned or thrown. */
export type Report =
  | { kind: "message"; message: unknown }
  | { kind: "done" }
  | { kind: "failed"; error: SentError };

/** Prepares an error to be sent to another thread. */
export function sendError(error: unknown): SentError {
  if (!(error instanceof DpdkError)) return { other: error };
  const { operation, errno, code, reason, hint, stack } = error;
  return { dpdk: { operation, errno, code, reason, ...(hint ? { hint } : {}) }, stack };
}

/** Makes the error that was sent again, with its class and the other thread's stack. */
export function receiveError(sent: SentError): unknown {
  if ("other" in sent) return sent.other;
  const error = new DpdkError(sent.dpdk);
  if (sent.stack !== undefined) error.stack = sent.stack;
  return error;
}

/** Runs the function of `lcoreMain`. */
export type LcoreEntry = (start: Start, report: (report: Report) => void) => void;

let entry: LcoreEntry | undefined;

/** What this Worker's module passed to `lcoreMain`; undefined where it has not called that. */
export function lcoreEntry(): LcoreEntry | undefined {
  return entry;
}

/** Remembers what this Worker's module passed to `lcoreMain`. */
export function setLcoreEntry(main: LcoreEntry): void {
  if (entry) {
    throw new DpdkError({ operation: "lcoreMain", reason: "a module may call it only once" });
  }
  entry = main;
}
