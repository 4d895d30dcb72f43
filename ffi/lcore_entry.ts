/**
 * What the main thread and the Worker of an lcore say to each other.
 *
 * @module
 */

import { DpdkError, type DpdkErrorInit } from "./boundary/errors.ts";

/** Words of memory: whether the loop is to end, and the id of its thread. */
const STOP = 0;
const THREAD = 1;

/** A shared flag that asks polling loops to end. */
export class StopFlag {
  readonly #flag: Int32Array<SharedArrayBuffer>;

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(8)) {
    this.#flag = new Int32Array(memory);
  }

  /** What the other thread makes its flag of. */
  get memory(): SharedArrayBuffer {
    return this.#flag.buffer;
  }

  /**
   * A plain read, 0.3 ns where Atomics.load takes 5.5: a native call between two makes V8 read anew. It
   * is right on machines that order memory less than x86 as well: the flag goes one way, hands over
   * nothing but itself, and a loop that sees it later makes some more turns. What the loop did is handed
   * over by the message that says so.
   */
  get requested(): boolean {
    return this.#flag[STOP] !== 0;
  }

  /** The thread that looks at it; 0 before there is one. */
  get thread(): number {
    return Atomics.load(this.#flag, THREAD);
  }

  set thread(id: number) {
    Atomics.store(this.#flag, THREAD, id);
  }

  /** Asks. */
  request(): void {
    Atomics.store(this.#flag, STOP, 1);
    Atomics.notify(this.#flag, STOP);
  }
}

/** What the main thread gives the Worker. */
export interface Start {
  /** The module that calls `lcoreMain`. */
  module: string;
  /** The library that has the process's EAL; another one would be another DPDK. */
  library: string;
  /** The lcore to be. */
  lcore: number;
  /** Memory of the {@linkcode StopFlag}. */
  stop: SharedArrayBuffer;
  /** For the function of `lcoreMain`. */
  data: unknown;
}

/** An error on its way to another thread: a structured clone of a DpdkError would be an Error. */
export type SentError = { dpdk: DpdkErrorInit; stack: string | undefined } | { other: unknown };

/** What a Worker says: a message of its own, or that it ended, well or not. */
export type Report =
  | { kind: "message"; message: unknown }
  | { kind: "done" }
  | { kind: "failed"; error: SentError };

/** Prepares an error for its way. */
export function sendError(error: unknown): SentError {
  if (!(error instanceof DpdkError)) return { other: error };
  const { operation, errno, code, reason, hint, stack } = error;
  return { dpdk: { operation, errno, code, reason, ...(hint ? { hint } : {}) }, stack };
}

/** The error that was sent, of its class, with the other thread's stack. */
export function receiveError(sent: SentError): unknown {
  if ("other" in sent) return sent.other;
  const error = new DpdkError(sent.dpdk);
  if (sent.stack !== undefined) error.stack = sent.stack;
  return error;
}

/** Runs the function of `lcoreMain`. */
export type LcoreEntry = (start: Start, report: (report: Report) => void) => void;

let entry: LcoreEntry | undefined;

/** What this Worker's module gave to `lcoreMain`; undefined where it did not call that. */
export function lcoreEntry(): LcoreEntry | undefined {
  return entry;
}

/** Is what `lcoreMain` does. */
export function setLcoreEntry(main: LcoreEntry): void {
  if (entry) {
    throw new DpdkError({ operation: "lcoreMain", reason: "a module may call it only once" });
  }
  entry = main;
}
