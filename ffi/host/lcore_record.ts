/**
 * Who has which lcore: the record that our processes keep in the runtime folder of their primary,
 * before EAL starts. The kernel's locks on it tell who lives, in other PID namespaces too; see
 * `libshim/lcore_record.c`.
 *
 * @module
 */

import { EAGAIN } from "../boundary/constants.ts";
import { shim } from "../boundary/library.ts";
import { processName } from "./machine.ts";
import { cString, readText } from "../boundary/native.ts";
import { processSlots, startOf } from "./identity.ts";
import { maxLcores } from "./max_lcores.ts";

/** The record's name in the runtime folder. */
export const RECORD_FILE = "denodpdk_lcores";

/** Behind the lcores' slots, before one for each process. */
const primarySlot = () => processSlots() - 1;

/** A living process that has something of the record. */
export interface Holder {
  /** Its name, as `simple_mp`. */
  name: string;
  /** Its pid; 0 where that is one of another PID namespace. */
  pid: number;
}

/** Lcores that were not to be had, and who has them. */
export interface Conflict {
  /** The ids; none where it is the place of the primary that is taken. */
  lcores: number[];
  /** The process that has them. */
  holder: Holder;
}

/** A holder as a user knows it: `simple_mp (pid 4711)`. */
export function holderText({ name, pid }: Holder): string {
  return `${name || "a process"} (${pid > 0 ? `pid ${pid}` : "in another PID namespace"})`;
}

const pathOf = (folder: string) => `${folder}/${RECORD_FILE}`;

/** Who has a slot; undefined where nobody else has. */
function holderOf(slot: number): Holder | undefined {
  const pid = new Uint32Array(1);
  let held = 0;
  const name = readText((text, len) => {
    held = shim().shim_lcore_record_holder(slot, pid, text, len);
    return text.indexOf(0);
  });
  return held > 0 ? { name, pid: pid[0] ?? 0 } : undefined;
}

/** Slots of processes that there may be. */
function slotsInUse(): number[] {
  const first = processSlots();
  const count = Math.max(0, shim().shim_lcore_record_slots() - first);
  return Array.from({ length: count }, (_, i) => first + i);
}

/** Takes a slot for this process; whether it was free. */
function take(slot: number, name: string): boolean {
  return shim().shim_lcore_record_take(slot, cString(name), startOf(Deno.pid) ?? 0n) !== -EAGAIN;
}

/** Takes the first free slot for a process. */
function enter(name: string): void {
  for (let slot = processSlots(); !take(slot, name); slot++);
}

/** Opens the record; false where there is none, or its folder is not for us to write in. */
function open(folder: string, create: boolean): boolean {
  return shim().shim_lcore_record_open(cString(pathOf(folder)), create ? 1 : 0) === 0;
}

/** Looks into the record of a folder without leaving anything there. */
function looking<T>(folder: string, look: () => T, otherwise: T): T {
  if (!open(folder, false)) return otherwise;
  try {
    return look();
  } finally {
    shim().shim_lcore_record_close();
  }
}

/** The lcores of all processes that the record of a folder knows, of this process none. */
export function recordedLcores(folder: string): Set<number> {
  const all = Array.from({ length: maxLcores() }, (_, id) => id);
  return looking(folder, () => new Set(all.filter((id) => holderOf(id))), new Set());
}

/** The primary, where it keeps a record: its name, whatever PID namespace it is in. */
export function recordedPrimary(folder: string): Holder | undefined {
  return looking(folder, () => holderOf(primarySlot()), undefined);
}

/** A process's entry in the record of a runtime folder. */
export class LcoreRecord implements Disposable {
  readonly #folder: string;
  readonly #slots: readonly number[];
  readonly #name = processName(Deno.pid);

  private constructor(folder: string, slots: readonly number[]) {
    this.#folder = folder;
    this.#slots = slots;
  }

  /**
   * Enters this process with its lcores. Other processes see them from here on.
   *
   * @param role A primary makes the folder where it is missing, as EAL would.
   * @returns the entry; or who has some of these lcores, and then nothing is entered. Undefined
   * where no record can be kept, as in a folder that is not for us to write in.
   */
  static enter(
    folder: string,
    role: "primary" | "secondary",
    lcores: Iterable<number>,
  ): LcoreRecord | Conflict | undefined {
    // in ascending order: of any processes that want each other's, one gets all
    const slots = [...lcores].sort((a, b) => a - b);
    if (role === "primary") slots.unshift(primarySlot());
    const record = new LcoreRecord(folder, slots);
    if (role === "primary") record.#makeFolder();
    if (!open(folder, true)) return undefined;
    return record.#take() ?? record;
  }

  #makeFolder(): void {
    try {
      Deno.statSync(this.#folder);
    } catch {
      try {
        Deno.mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      } catch {
        // EAL tells why it cannot
      }
    }
  }

  #take(): Conflict | undefined {
    for (const slot of this.#slots) {
      if (take(slot, this.#name)) continue;
      const holder = holderOf(slot);
      // it has just ended
      if (!holder) return this.#take();
      const same = (other: Holder | undefined) =>
        other?.pid === holder.pid && other.name === holder.name;
      const lcores = slot === primarySlot()
        ? []
        : this.#slots.filter((id) => id < maxLcores() && same(holderOf(id)));
      shim().shim_lcore_record_close();
      return { lcores, holder };
    }
    enter(this.#name);
    return undefined;
  }

  /** Pids of the other processes that are entered, as far as they are of this PID namespace. */
  pids(): Set<number> {
    return new Set(slotsInUse().flatMap((slot) => holderOf(slot)?.pid || []));
  }

  /** The primary, where it is entered. */
  primary(): Holder | undefined {
    return holderOf(primarySlot());
  }

  /**
   * Enters this process anew where somebody has removed the folder since, before EAL held it.
   *
   * @returns who has some of its lcores meanwhile.
   */
  confirm(): Conflict | undefined {
    if (shim().shim_lcore_record_current(cString(pathOf(this.#folder)))) return undefined;
    shim().shim_lcore_record_close();
    return open(this.#folder, true) ? this.#take() : undefined;
  }

  /** Gives the lcores back. Idempotent. */
  [Symbol.dispose](): void {
    shim().shim_lcore_record_close();
  }
}
