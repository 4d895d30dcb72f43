/**
 * Recovery for programs with one pool: the mender finishes the updates of killed processes, and the
 * elements that they held are given back as soon as all living processes hold nothing for a moment.
 *
 * @module
 */

import type { Eal } from "../../ffi/eal.ts";
import type { ProcessName } from "../../ffi/host/machine.ts";
import type { Mempool } from "../../ffi/mempool.ts";
import { giveBackLost } from "../../ffi/recovery/give_back.ts";
import { type Mender, type MenderOptions, startMender } from "../../ffi/recovery/mend.ts";
import { Quiesce } from "../../ffi/recovery/quiesce.ts";
import { LockRecovery } from "./lock_recovery.ts";

/** Milliseconds until lost elements are looked for again. */
const PAUSE = { least: 50, most: 30_000 };

/** Milliseconds between two looks whether a process that does not take part has ended. */
const PERIOD = 500;

/** The part of all elements below which too few are free, and a line says so. */
const SCARCE = 1 / 10;

/** Options of {@linkcode Recovery}. */
export interface RecoveryOptions
  extends Pick<MenderOptions, "after" | "largestPut" | "single" | "say"> {
  /** The EAL of this process. */
  eal: Eal;
  /** The pool. */
  pool: Mempool;
  /**
   * Names of the rings that may hold elements of the pool; all rings of the primary where left out.
   */
  rings?: readonly string[];
  /**
   * False where a device may hold elements outside of rings, which would look lost. True where left
   * out.
   */
  exact?: boolean;
  /** Called with the number of elements that were given back, when there were any. */
  onFound: (count: number) => void;
}

/** Recovery of a program with one pool. Disposal ends it; await that before EAL ends. */
export class Recovery implements AsyncDisposable {
  readonly #options: RecoveryOptions;
  readonly #mender: Mender;
  readonly #quiesce = Quiesce.open();
  readonly #locks: LockRecovery;
  #pause = PAUSE.least;
  #told = "";
  #timer: number | undefined;
  #over = false;
  #busy = Promise.resolve();

  /** Starts the mender. Call this before other threads use the pool and the rings. */
  constructor(options: RecoveryOptions) {
    this.#options = options;
    const { eal, pool, rings, exact = true, onFound: _, ...others } = options;
    this.#locks = new LockRecovery(eal, this.#quiesce, options.say);
    this.#mender = startMender({
      ...others,
      runtimeFolder: eal.runtimeFolder,
      pools: [pool.name],
      ...rings ? { rings, spare: pool.name } : {},
      onSettled: () => {
        this.#locks.look();
        this.#pause = PAUSE.least;
        if (exact) this.#lookIn(0);
      },
    });
  }

  #lookIn(ms: number): void {
    clearTimeout(this.#timer);
    if (this.#over) return;
    this.#timer = setTimeout(() => {
      this.#busy = this.#busy.then(() => this.#look());
    }, ms);
  }

  async #look(): Promise<void> {
    const { eal, pool, rings, onFound } = this.#options;
    const settled = await this.#mender.settled();
    if (this.#over) return;
    if (!settled) return this.#lookIn(PAUSE.least);
    const quiesce = this.#quiesce;
    const outcome = await giveBackLost({ eal, quiesce, pools: [pool], ...rings ? { rings } : {} });
    if (outcome.done) {
      this.#told = "";
      if (outcome.lost > 0) onFound(outcome.lost);
      return;
    }
    const { asked, waitsFor } = outcome;
    this.#tell(waitsFor);
    if (!asked) {
      this.#lookIn(PERIOD);
    } else if (waitsFor.length === 0) {
      // another process is making an audit
      this.#lookIn(PAUSE.least);
    } else {
      // all threads stood still, in vain, for one that does not come out
      this.#lookIn(this.#pause);
      this.#pause = Math.min(2 * this.#pause, PAUSE.most);
    }
  }

  /** Says once which processes keep lost elements from coming back, when few elements are free. */
  #tell(processes: readonly ProcessName[]): void {
    const { pool, say } = this.#options;
    const names = processes.map(({ name, pid }) => pid > 0 ? `${name} (pid ${pid})` : name).join(
      ", ",
    );
    if (names === "" || names === this.#told) return;
    if (pool.availableCount >= pool.size * SCARCE) return;
    this.#told = names;
    say(`Few elements of ${pool.name} are left: lost ones come back when ${names} ends`);
  }

  /**
   * Gives nothing back any more, waits until all known updates of dead processes are finished, and
   * ends.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#over = true;
    clearTimeout(this.#timer);
    await this.#locks[Symbol.asyncDispose]();
    await this.#busy;
    await this.#mender.settled();
    await this.#mender[Symbol.asyncDispose]();
  }
}
