/**
 * A moment in which no thread holds anything that is shared, so that an element that is found
 * nowhere is lost.
 *
 * Every thread that may hold elements of a pool takes part, in whatever process it runs. It holds
 * elements only while it is *inside*. A polling loop looks at {@linkcode Participant.wanted} once a
 * turn; when it is true, the loop sends or puts back what it holds, and pauses. The thread that
 * asks waits until all living threads are outside. Where one does not come out, because it is
 * stopped or waits for another one, the asking thread gives up, and asks again later.
 *
 * @module
 */

import { setTimeout as delay } from "node:timers/promises";
import { identityOf, lives, pidOf, stateOf } from "../host/identity.ts";
import { openShim, shim } from "../boundary/library.ts";
import { sharedZone } from "./claims.ts";

const ZONE = "denodpdk_quiesce";

/** The most threads that can take part at a time. */
const SLOTS = 512;

/**
 * Bytes for the thread that asks, and for each thread that takes part: a cache line of any machine,
 * so that no two threads write to the same line. All processes have this layout.
 */
const LINE = 128;

const NOBODY = 0n;

/**
 * A bit in the identity of the process that asks: from now on no other process may end the request.
 */
const COMMITTED = 1n << 31n;

/** Values of the word behind a thread's identity: whether the thread is inside. */
const OUTSIDE = 0;
const INSIDE = 1;

/**
 * Bits of the next word: the thread's process is the primary; the thread says nothing about its
 * process.
 */
const PRIMARY = 1;
const SERVES = 2;

/**
 * The word behind that one has the id of a thread that waits to go inside, and otherwise this
 * value.
 */
const NO_THREAD = 0;

/** Milliseconds between two looks of a waiting thread. */
const PERIOD = 1;

/**
 * Milliseconds after which a waiting thread ends the request of a process that is stopped; below,
 * of one that may only be slow, and asks for longer than any does.
 */
const PATIENCE = 1_000;
const LONG_PATIENCE = 5_000;

/** Milliseconds between two looks of a waiting thread whether the process that asks lives. */
const LOOK = 50;

/** Milliseconds after which a request is given up, where the caller decides nothing else. */
const LIMIT = 500;

/** How long {@linkcode Quiesce.attempt} waits, while all that are outside stand still. */
export interface Patience {
  /**
   * Whether it goes on waiting for the processes with these pids; asked each millisecond while some
   * are inside.
   */
  waits(inside: readonly number[]): boolean;
}

/** Waits for a time. */
function patienceOf(ms: number): Patience {
  const end = performance.now() + ms;
  return { waits: () => performance.now() <= end };
}

/** What came of {@linkcode Quiesce.attempt}. */
export type Quiet =
  /** All were outside, and the work was done. */
  | { quiet: true }
  /**
   * The work was not done. `inside` are the processes that did not come out; none where another
   * process asks, or ended this request.
   */
  | { quiet: false; inside: number[] };

/** The table in shared memory, as words and identities. */
class Table {
  readonly words: Int32Array<ArrayBufferLike>;
  readonly identities: BigInt64Array<ArrayBufferLike>;
  readonly self: bigint = identityOf(Deno.pid) ?? NOBODY;

  constructor(memory: ArrayBufferLike) {
    this.words = new Int32Array(memory);
    this.identities = new BigInt64Array(memory);
  }

  /** The most threads that can take part. */
  get slots(): number {
    return this.words.byteLength / LINE - 1;
  }

  /** Where the identity of a slot lies; the identity of the process that asks lies at 0. */
  identityAt(slot: number): number {
    return (slot + 1) * LINE / BigInt64Array.BYTES_PER_ELEMENT;
  }

  /** Where a slot says whether it is inside. */
  stateAt(slot: number): number {
    return (slot + 1) * LINE / Int32Array.BYTES_PER_ELEMENT + 2;
  }

  /** Where a slot says whether its process is the primary. */
  roleAt(slot: number): number {
    return this.stateAt(slot) + 1;
  }

  /** Where a slot has the id of its thread, while that waits. */
  waitingAt(slot: number): number {
    return this.roleAt(slot) + 1;
  }

  /** The identity of the process that asks, perhaps with {@linkcode COMMITTED}; 0 for none. */
  get asker(): bigint {
    return Atomics.load(this.identities, 0);
  }

  /** Replaces the process that asks, if that is still `from`. */
  replaceAsker(from: bigint, to: bigint): boolean {
    return Atomics.compareExchange(this.identities, 0, from, to) === from;
  }

  /** Ends the request of a process that is dead. Returns whether no process asks now. */
  clearDead(): boolean {
    const asker = this.asker;
    if (asker === NOBODY) return true;
    return !lives(asker & ~COMMITTED) && this.replaceAsker(asker, NOBODY);
  }
}

/** Whether a process is stopped, by a signal or by a debugger. */
function isStopped(pid: number): boolean {
  return ["T", "t"].includes(stateOf(pid) ?? "");
}

/** Whether a process can be seen, lives and is not stopped. */
function isRunning(identity: bigint): boolean {
  const pid = pidOf(identity);
  return identityOf(pid) === identity && !isStopped(pid);
}

/**
 * A thread that takes part in a {@linkcode Quiesce}. It is "inside" while it may hold elements or
 * be in a call on what is shared, and "outside" otherwise.
 */
export class Participant implements Disposable {
  readonly #table: Table;
  readonly #words: Int32Array<ArrayBufferLike>;
  readonly #slot: number;
  readonly #state: number;
  readonly #waiting: number;
  readonly #thread: number;

  /** Use {@linkcode Quiesce.join}. */
  constructor(table: Table, slot: number) {
    this.#table = table;
    this.#words = table.words;
    this.#slot = slot;
    this.#state = table.stateAt(slot);
    this.#waiting = table.waitingAt(slot);
    this.#thread = openShim()?.shim_process_thread() ?? NO_THREAD;
    Atomics.store(this.#words, this.#waiting, NO_THREAD);
  }

  /** Whether the thread is asked to come out. A plain read of memory, for every turn of a loop. */
  get wanted(): boolean {
    return this.#words[0] !== 0; // a hint: whoever obeys looks with Atomics
  }

  /**
   * Goes inside: the thread may hold elements from now on. Blocks this thread while all are asked
   * to be outside.
   */
  enter(): void {
    while (!this.tryEnter()) {
      Atomics.store(this.#words, this.#waiting, this.#thread);
      this.#awaitRelease();
      Atomics.store(this.#words, this.#waiting, NO_THREAD);
    }
  }

  /** Goes inside if that is allowed now; returns false while all are asked to be outside. */
  tryEnter(): boolean {
    Atomics.store(this.#words, this.#state, INSIDE);
    // either the process that asks sees that this thread is inside, or this thread sees the request
    if (Atomics.load(this.#words, 0) === 0) return true;
    Atomics.store(this.#words, this.#state, OUTSIDE);
    return false;
  }

  /** Comes out: the thread must hold nothing, and be in no call on what is shared. */
  leave(): void {
    Atomics.store(this.#words, this.#state, OUTSIDE);
  }

  /** Comes out, and goes inside again as soon as that is allowed. The thread must hold nothing. */
  pause(): void {
    this.leave();
    this.enter();
  }

  #awaitRelease(): void {
    const sleep = new Int32Array(new SharedArrayBuffer(4));
    const start = performance.now();
    let look = start + LOOK;
    while (Atomics.load(this.#words, 0) !== 0) {
      Atomics.wait(sleep, 0, 0, PERIOD);
      if (performance.now() < look) continue;
      look += LOOK;
      if (this.#table.clearDead()) return;
      const waited = performance.now() - start;
      if (waited < PATIENCE) continue;
      const asker = this.#table.asker;
      if (waited < LONG_PATIENCE && isRunning(asker & ~COMMITTED)) continue;
      // the process is stopped: its request can be ended as long as it has changed nothing
      if ((asker & COMMITTED) === 0n && this.#table.replaceAsker(asker, NOBODY)) return;
    }
  }

  /** Ends the thread's part. The thread must hold nothing. */
  [Symbol.dispose](): void {
    this.leave();
    Atomics.store(this.#table.identities, this.#table.identityAt(this.#slot), NOBODY);
  }
}

/**
 * Asks all threads, of all processes of a primary, to hold nothing for a moment, in which shared
 * structures can be repaired: a table in shared memory in which each thread takes part.
 *
 * @example A forwarding lcore
 * ```ts
 * import { lcoreMain } from "denodpdk/eal";
 * import { Quiesce } from "denodpdk/recovery";
 *
 * lcoreMain((context) => {
 *   using participant = Quiesce.open().join();
 *   participant.enter();
 *   while (!context.stopRequested) {
 *     // with nothing in its hands
 *     if (participant.wanted) participant.pause();
 *   }
 * });
 * ```
 */
export class Quiesce {
  readonly #table: Table;
  readonly #role: number;

  private constructor(memory: ArrayBufferLike, role: number) {
    this.#table = new Table(memory);
    this.#role = role;
  }

  /**
   * Opens the table of this primary; the first process that does so creates it.
   *
   * @throws {DpdkError} ENOMEM.
   */
  static open(): Quiesce {
    const { buffer } = sharedZone(ZONE, (SLOTS + 1) * LINE);
    return new Quiesce(buffer, shim().shim_eal_process_type() === 0 ? PRIMARY : 0);
  }

  /** @internal The table in shared memory that was zeroed before its first use. */
  static at(memory: ArrayBufferLike): Quiesce {
    return new Quiesce(memory, 0);
  }

  /**
   * Makes this thread take part, outside at first. Once one thread of a process takes part, all its
   * threads that ever hold elements must: the process is believed to hold nothing beside.
   *
   * @param options `serves`: this thread works for others, as the mender does, and says nothing
   * about the other threads of its process.
   * @throws {RangeError} when the table has no room for another thread.
   */
  join({ serves = false }: { serves?: boolean } = {}): Participant {
    const { identities, self } = this.#table;
    for (let slot = 0; slot < this.#table.slots; slot++) {
      const at = this.#table.identityAt(slot);
      const owner = Atomics.load(identities, at);
      if (owner !== NOBODY && lives(owner)) continue;
      if (Atomics.compareExchange(identities, at, owner, self) !== owner) continue;
      const participant = new Participant(this.#table, slot);
      participant.leave();
      const role = serves ? SERVES : this.#role;
      Atomics.store(this.#table.words, this.#table.roleAt(slot), role);
      return participant;
    }
    throw new RangeError(`more than ${this.#table.slots} threads take part`);
  }

  /** The pids of the living processes that take part. */
  pids(): Set<number> {
    return new Set(this.#living().flatMap(({ pid, role }) => role === SERVES ? [] : [pid]));
  }

  /** Whether the primary takes part. */
  get hasPrimary(): boolean {
    return this.#living().some(({ role }) => role === PRIMARY);
  }

  /**
   * The ids of the threads that wait to go inside, and so are in no call. They go on waiting as
   * long as {@linkcode Quiesce.attempt} runs.
   */
  waitingThreads(): Set<number> {
    const { words, identities, slots } = this.#table;
    const found = new Set<number>();
    for (let slot = 0; slot < slots; slot++) {
      const thread = Atomics.load(words, this.#table.waitingAt(slot));
      const identity = Atomics.load(identities, this.#table.identityAt(slot));
      // thread ids of another PID namespace mean nothing here
      const isHere = identity !== NOBODY && identityOf(pidOf(identity)) === identity;
      if (thread !== NO_THREAD && isHere) found.add(thread);
    }
    return found;
  }

  /**
   * Asks all threads to come out, and runs `work` when they are outside. No thread is asked,
   * or kept waiting, while one that is inside is stopped, as by SIGSTOP: all others would wait in
   * vain.
   *
   * @param work what to do then. It may look at what is shared. Before it changes anything it must
   * call `commit`, and change nothing where that returns false.
   * @param patience how long to wait; half a second where left out.
   */
  async attempt(
    work: (commit: () => boolean) => void,
    patience: Patience = patienceOf(LIMIT),
  ): Promise<Quiet> {
    const table = this.#table;
    const { self } = table;
    const giveUp = (inside: number[] = []): Quiet => ({ quiet: false, inside });
    const stopped = this.#inside().filter(isStopped);
    if (stopped.length > 0) return giveUp(stopped);
    if (!table.clearDead() || !table.replaceAsker(NOBODY, self)) return giveUp();
    try {
      let inside = this.#inside();
      while (inside.length > 0) {
        if (!patience.waits(inside) || inside.some(isStopped)) return giveUp(inside);
        await delay(PERIOD);
        if (table.asker !== self) return giveUp();
        inside = this.#inside();
      }
      work(() => table.asker === (self | COMMITTED) || table.replaceAsker(self, self | COMMITTED));
      // a request that was ended meanwhile was not quiet to its end
      return (table.asker & ~COMMITTED) === self ? { quiet: true } : giveUp();
    } finally {
      table.replaceAsker(self, NOBODY);
      table.replaceAsker(self | COMMITTED, NOBODY);
    }
  }

  #living(): { pid: number; inside: boolean; role: number }[] {
    const { words, identities, slots } = this.#table;
    const living = new Map<bigint, boolean>();
    const found = [];
    for (let slot = 0; slot < slots; slot++) {
      const identity = Atomics.load(identities, this.#table.identityAt(slot));
      if (identity === NOBODY) continue;
      if (!living.has(identity)) living.set(identity, lives(identity));
      if (!living.get(identity)) continue;
      const inside = Atomics.load(words, this.#table.stateAt(slot)) !== OUTSIDE;
      const role = Atomics.load(words, this.#table.roleAt(slot));
      found.push({ pid: pidOf(identity), inside, role });
    }
    return found;
  }

  #inside(): number[] {
    return [...new Set(this.#living().flatMap(({ pid, inside }) => inside ? [pid] : []))];
  }
}
