/**
 * Frees EAL's locks that killed processes held, in a primary. A secondary holds locks for much of
 * its start; killed then, it would keep all other processes from ending.
 *
 * @module
 */

import type { Eal } from "../../ffi/eal.ts";
import type { Quiesce } from "../../ffi/recovery/quiesce.ts";
import { counted } from "./counted.ts";

/** Milliseconds between two looks while it is not known which processes hold a lock. */
const PERIOD = 200;

/**
 * Number of looks before a line says who is waited for: a process that starts up soon holds no
 * lock.
 */
const PATIENT_LOOKS = 10;

/** The line about the processes that are waited for, because they may hold a lock. */
export function waitingForLocks(eal: Eal, pids: readonly number[]): string {
  const names = eal.secondaries().filter(({ pid }) => pids.includes(pid))
    .map(({ pid, name }) => `${name} (pid ${pid})`).join(", ");
  return `Dead processes hold locks of EAL's, and ${names || "threads of EAL's"} may hold some: ` +
    `waits until it is known which`;
}

/**
 * Looks for locks of dead processes when asked to, and again until it is known which processes hold
 * locks.
 */
export class LockRecovery implements AsyncDisposable {
  #timer: number | undefined;
  #over = false;
  #busy = Promise.resolve();
  #looks = 0;
  #said = "";

  /** @param quiesce All lcores that poll: one that runs may hold a lock. */
  constructor(
    readonly eal: Eal,
    readonly quiesce: Quiesce,
    readonly say: (line: string) => void,
  ) {}

  /** Must be called when a process has died. Only a primary knows where the locks are. */
  look(): void {
    if (this.eal.processType !== "primary") return;
    this.#looks = 0;
    this.#lookIn(0);
  }

  #lookIn(ms: number): void {
    clearTimeout(this.#timer);
    if (this.#over) return;
    this.#timer = setTimeout(() => {
      this.#busy = this.#busy.then(() => this.#lookNow());
    }, ms);
  }

  async #lookNow(): Promise<void> {
    if (this.#over) return;
    const { eal, quiesce, say } = this;
    const dead = await eal.forgetDeadHolders({
      quiesce,
      stillValid: () => !this.#over,
      onWait: (pids) => {
        this.#lookIn(PERIOD);
        if (++this.#looks === PATIENT_LOOKS) this.#sayOnce(waitingForLocks(eal, pids));
      },
    });
    if (dead > 0) say(`${counted(dead, "lock")} of EAL's had killed processes as holders`);
  }

  #sayOnce(line: string): void {
    if (line !== this.#said) this.say(line);
    this.#said = line;
  }

  /** Ends the looks; must be awaited before EAL ends. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#over = true;
    clearTimeout(this.#timer);
    await this.#busy;
  }
}
