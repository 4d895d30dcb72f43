/**
 * What a primary does about locks of EAL's that killed processes held: a secondary has some for much of
 * its start, and killed there it would keep all others from ending.
 *
 * @module
 */

import type { Eal } from "../../ffi/eal.ts";
import type { Quiesce } from "../../ffi/recovery/quiesce.ts";
import { counted } from "./counted.ts";

/** How often it is looked while it cannot be told who holds a lock, in milliseconds. */
const PERIOD = 200;

/** So many looks later, it is said for whom that waits: a process that starts up soon holds none. */
const PATIENT_LOOKS = 10;

/** In words: it cannot be told which of the locks are those of dead processes. */
export function waitingForLocks(eal: Eal, pids: readonly number[]): string {
  const names = eal.secondaries().filter(({ pid }) => pids.includes(pid))
    .map(({ pid, name }) => `${name} (pid ${pid})`).join(", ");
  return `Dead processes hold locks of EAL's, and ${names || "threads of EAL's"} may hold some: ` +
    `waits until it is known which`;
}

/** Looks when it is told to, and again until it is known who holds what. */
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

  /** A process has died. Only the primary knows where the locks are. */
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

  /** Ends it; must be awaited before EAL ends. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#over = true;
    clearTimeout(this.#timer);
    await this.#busy;
  }
}
