/**
 * The journal says which thread of ours is in the middle of an update of a shared ring, and with
 * which objects. The shim writes it, see `libshim/surgery/journal.h`; this module reads it.
 *
 * How a program uses recovery, all of it:
 *
 * 1. Every process of ours writes the journal from {@linkcode Eal.init} on, if its primary is ours.
 *    With a C primary, `startMender` creates the journal.
 * 2. `startMender({ pools, rings, say })`, once in each process, before other threads use these:
 *    it starts a thread that notices dead processes and finishes what they began. One of all the
 *    menders works, the primary's where it has one; the others stand by.
 *    `await mender[Symbol.asyncDispose]()` before EAL ends.
 * 3. What a dead process left in the caches of its lcores is settled by `settle.ts`, which the mender
 *    calls when all updates of that process are finished, and before it forgets the process.
 *
 * So threads may use rings and pools as they are, and wait inside them as in DPDK: what they wait for
 * goes on by itself, is finished when its process ends, or is told by `say` while it stands still.
 *
 * @module
 */

import {
  JOURNAL_LCORES,
  JOURNAL_PROCESSES,
  JOURNAL_SLOTS,
  struct_journal,
  struct_journal_process,
  struct_journal_slot,
} from "../boundary/constants.ts";
import { DpdkError } from "../boundary/errors.ts";
import { identityOf, pidOf } from "../host/identity.ts";
import { Memzone } from "../memzone.ts";

const ZONE = "DENODPDK_JOURNAL";

/** The journal is read in words of this many bytes. */
const WORD = BigUint64Array.BYTES_PER_ELEMENT;

/** Where the members of a structure lie, counted in words. */
function wordsOf<Name extends string>(at: Readonly<Record<Name, number>>): Record<Name, number> {
  const words = Object.entries<number>(at).map(([name, byte]) => [name, byte / WORD]);
  // each name with its place
  return Object.fromEntries(words) as Record<Name, number>;
}

const JOURNAL = wordsOf(struct_journal.at);
const PROCESS = wordsOf(struct_journal_process.at);
const SLOT = wordsOf(struct_journal_slot.at);
const PROCESS_WORDS = struct_journal_process.bytes / WORD;
const SLOT_WORDS = struct_journal_slot.bytes / WORD;

const NOBODY = 0n;

/**
 * What the thread of a slot is doing: nothing, trying to reserve places, or it has reserved them.
 */
export type SlotState = "idle" | "trying" | "got";

const STATES: readonly SlotState[] = ["idle", "trying", "got"];

/** A process of ours in the journal. */
export interface JournalProcess {
  /** Number of the process's entry in the journal. */
  entry: number;
  /** The process's identity, see `identityOf`, in its own PID namespace. */
  identity: bigint;
  /** The process's pid in its own PID namespace. */
  pid: number;
  /** Whether that pid means the same process in this PID namespace. */
  visible: boolean;
  /** Whether all threads of the process write the journal. */
  tells: boolean;
  /** Whether the process uses the mempool caches of its lcores. */
  admitted: boolean;
  /** The lcores that the process was started with. */
  lcores: number[];
}

/** A slot of the journal: what a thread of ours does, or did last. */
export interface Slot {
  /** Number of the slot in the journal. */
  index: number;
  /** The process of the thread. */
  owner: bigint;
  state: SlotState;
  /** Address of the ring. */
  ring: bigint;
  side: Side;
  /** The ring's index of the first object. */
  head: number;
  /** Number of objects. */
  count: number;
  /** Address of the objects that are being put; 0 where it is not known. */
  content: bigint;
}

/** The side of a ring. */
export type Side = "producer" | "consumer";

/** The word `at` of a slot. */
export function unpackAt(word: bigint): Pick<Slot, "head" | "state" | "count"> {
  const high = Number(word >> 32n);
  return { head: Number(word & 0xffff_ffffn), state: STATES[high & 3] ?? "got", count: high >>> 2 };
}

/** The journal of this process's primary. */
export class Journal {
  readonly #words: BigUint64Array<ArrayBuffer>;
  readonly #self = BigInt.asUintN(64, identityOf(Deno.pid) ?? NOBODY);
  #ownSpace: bigint | undefined;

  private constructor(memory: ArrayBuffer) {
    this.#words = new BigUint64Array(memory, 0, struct_journal.bytes / WORD);
  }

  /** The journal; undefined where there is none. */
  static find(): Journal | undefined {
    try {
      return new Journal(Memzone.lookup(ZONE).buffer);
    } catch (error) {
      if (error instanceof DpdkError && error.code === "ENOENT") return undefined;
      throw error;
    }
  }

  /** A number that changes whenever a process of ours has come or gone. */
  get changes(): bigint {
    return this.#load(JOURNAL.changes);
  }

  /** The processes of ours, dead ones included until they are forgotten. */
  processes(): JournalProcess[] {
    return Array.from({ length: JOURNAL_PROCESSES }, (_, entry) => entry).flatMap((entry) => {
      const at = JOURNAL.processes + entry * PROCESS_WORDS;
      const identity = this.#load(at + PROCESS.identity);
      if (identity === NOBODY) return [];
      const first = at + PROCESS.lcores;
      const masks = this.#words.subarray(first, first + JOURNAL_LCORES);
      return [{
        entry,
        identity,
        pid: pidOf(identity),
        visible: this.#load(at + PROCESS.space) === this.#space,
        tells: this.#load(at + PROCESS.silent) === 0n,
        admitted: this.#load(at + PROCESS.admitted) !== 0n,
        lcores: [...masks].flatMap((mask, word) =>
          Array.from({ length: 64 }, (_, bit) => bit)
            .filter((bit) => (mask >> BigInt(bit)) & 1n)
            .map((bit) => 64 * word + bit)
        ),
      }];
    });
  }

  /** All slots that a thread has. */
  slots(): Slot[] {
    return Array.from({ length: JOURNAL_SLOTS }, (_, index) => index).flatMap((index) => {
      const at = JOURNAL.slots + index * SLOT_WORDS;
      const owner = this.#load(at + SLOT.owner);
      if (owner === NOBODY) return [];
      const ring = this.#load(at + SLOT.ring);
      return [{
        index,
        owner,
        ...unpackAt(this.#load(at + SLOT.at)),
        ring: ring & ~1n,
        side: (ring & 1n ? "consumer" : "producer") as Side,
        content: this.#load(at + SLOT.content),
      }];
    });
  }

  /** The PID namespace of this process, from its own entry. */
  get #space(): bigint {
    for (
      let at = JOURNAL.processes;
      this.#ownSpace === undefined && at < JOURNAL.slots;
      at += PROCESS_WORDS
    ) {
      if (this.#load(at + PROCESS.identity) !== this.#self) continue;
      this.#ownSpace = this.#load(at + PROCESS.space);
    }
    return this.#ownSpace ?? NOBODY;
  }

  /**
   * Forgets a dead process and its threads, so that their entry and slots can be used by others.
   */
  forget({ entry, identity }: JournalProcess): void {
    for (const { index, owner } of this.slots()) {
      if (owner === identity) {
        this.#swap(JOURNAL.slots + index * SLOT_WORDS + SLOT.owner, identity, NOBODY);
      }
    }
    const at = JOURNAL.processes + entry * PROCESS_WORDS;
    const space = this.#load(at + PROCESS.space);
    if (!this.#swap(at + PROCESS.identity, identity, NOBODY)) return;
    this.#swap(at + PROCESS.space, space, NOBODY);
    Atomics.add(this.#words, JOURNAL.changes, 1n);
  }

  /** Identity of the process that mends, or mended last; 0 for none. */
  get mender(): bigint {
    return this.#load(JOURNAL.mender);
  }

  /** Identity of the primary while it is to mend; 0 where no primary of ours is. */
  get primary(): bigint {
    return this.#load(JOURNAL.primary);
  }

  /** Says whether this primary is to mend. */
  set primaryMends(is: boolean) {
    Atomics.store(this.#words, JOURNAL.primary, is ? this.#self : NOBODY);
  }

  /** How often a process became the one that mends. */
  get terms(): bigint {
    return this.#load(JOURNAL.terms);
  }

  /** Makes this process the one that mends, in place of `before`. Returns whether it now is. */
  becomeMender(before: bigint): boolean {
    if (!this.#swap(JOURNAL.mender, before, this.#self)) return false;
    Atomics.add(this.#words, JOURNAL.terms, 1n);
    return true;
  }

  /** Lets another one mend. */
  resignAsMender(): void {
    this.#swap(JOURNAL.mender, this.#self, NOBODY);
  }

  /** Whether all threads of this process write the journal. */
  get selfTells(): boolean {
    return this.processes().some(({ identity, tells }) => identity === this.#self && tells);
  }

  /**
   * Runs `work`, which empties caches. Meanwhile no process starts to use the caches of its lcores:
   * a process that was not admitted before waits.
   */
  whileSettling(work: () => void): void {
    Atomics.store(this.#words, JOURNAL.settles, this.#self);
    try {
      work();
    } finally {
      Atomics.store(this.#words, JOURNAL.settles, NOBODY);
    }
  }

  /** Identity of this process in the journal. */
  get self(): bigint {
    return this.#self;
  }

  #load(at: number): bigint {
    return Atomics.load(this.#words, at);
  }

  #swap(at: number, from: bigint, to: bigint): boolean {
    return Atomics.compareExchange(this.#words, at, from, to) === from;
  }
}
