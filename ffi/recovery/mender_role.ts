/**
 * Which of the processes mends: exactly one at a time, and a primary of ours whenever one lives.
 *
 * The thread of each mender starts when the scheduler lets it, so that on a busy machine a
 * secondary's may be the first. It mends until the primary's has started, and then gives the role
 * away. The role must not stay there: only the process that mends learns that the updates of a dead
 * one are finished, and a secondary such as mp_client then gives no lost elements back; and while a
 * secondary that mends is stopped, nobody does.
 *
 * @module
 */

import type { Journal } from "./journal.ts";

/** What the journal says about the role. */
export type RoleRecord =
  & Pick<Journal, "mender" | "self" | "primary" | "terms" | "becomeMender" | "resignAsMender">
  & { primaryMends: boolean };

/** The part of one process in the role of the mender. */
export class MenderRole implements Disposable {
  readonly #record: RoleRecord;
  readonly #isPrimary: boolean;
  #succeeds = false;

  /** @param isPrimary Whether this process is the primary, which then is to mend. */
  constructor(record: RoleRecord, isPrimary: boolean) {
    this.#record = record;
    this.#isPrimary = isPrimary;
    if (isPrimary) record.primaryMends = true;
  }

  /**
   * Whether another process may have mended before this one. It may have ended, or given the role
   * away, before anybody looked for what is lost.
   */
  get succeeds(): boolean {
    return this.#succeeds;
  }

  /** Says that what is lost is looked for now. */
  settleSuccession(): void {
    this.#succeeds = false;
  }

  /**
   * Whether this process mends now. It begins to if no other living process does, and ends to for
   * the primary.
   *
   * @param idle whether this process has nothing to finish, so that it can give the role away.
   */
  holds(isLiving: (identity: bigint) => boolean, idle: boolean): boolean {
    const record = this.#record;
    const { mender, self, primary } = record;
    const yields = !this.#isPrimary && primary !== 0n && isLiving(primary);
    if (mender === self) {
      if (!yields || !idle) return true;
      record.resignAsMender();
      return false;
    }
    if (yields || (mender !== 0n && isLiving(mender))) return false;
    const { terms } = record;
    if (!record.becomeMender(mender)) return false;
    // a primary that has just started has no predecessor; a secondary cannot know
    this.#succeeds = mender !== 0n || terms !== 0n || !this.#isPrimary;
    return true;
  }

  /** Lets another process mend. */
  [Symbol.dispose](): void {
    if (this.#isPrimary) this.#record.primaryMends = false;
    this.#record.resignAsMender();
  }
}
