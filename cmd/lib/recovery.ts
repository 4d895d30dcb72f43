/**
 * What programs do about processes that are killed: the mender finishes what these began, and what
 * they held is given back as soon as all that live hold nothing for a moment.
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

/** How long it is waited before what is lost is looked for again, in milliseconds. */
const PAUSE = { least: 50, most: 30_000 };

/** How often a process that takes no part is looked for, in milliseconds, until it has ended. */
const PERIOD = 500;

/** So few free elements, of all, are worth a word. */
const SCARCE = 1 / 10;

/** What {@linkcode Recovery} needs to know. */
export interface RecoveryOptions extends Pick<MenderOptions, "largestPut" | "single" | "say"> {
  /** This process's. */
  eal: Eal;
  /** The pool. */
  pool: Mempool;
  /** Names of the rings that may hold its elements; all rings there are where left out. */
  rings?: readonly string[];
  /** False where a device may hold elements: it would seem to have lost them. */
  exact?: boolean;
  /** Called with how many elements of killed processes came back, where it were any. */
  onFound: (count: number) => void;
}

/** Recovery of a program with one pool. Its disposal ends it, and must be awaited before EAL ends. */
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

  /** Starts the mender; before other threads use the pool and the rings. */
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
      // another process looks
      this.#lookIn(PAUSE.least);
    } else {
      // all stood still for one that does not come
      this.#lookIn(this.#pause);
      this.#pause = Math.min(2 * this.#pause, PAUSE.most);
    }
  }

  /** Says once what lost elements wait for, when few are left. */
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

  /** Gives nothing back any more, waits until all is finished that is known of, and ends. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#over = true;
    clearTimeout(this.#timer);
    await this.#locks[Symbol.asyncDispose]();
    await this.#busy;
    await this.#mender.settled();
    await this.#mender[Symbol.asyncDispose]();
  }
}
