/**
 * The record of lcores: which process has which lcore. Our processes keep it in the runtime folder
 * of their primary, and enter before EAL starts. The kernel's locks on it tell which processes
 * live, in other PID namespaces too; see `libshim/lcore_record.c`.
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

/** The slot of the primary: behind the slots of lcores, before the slots of processes. */
const primarySlot = () => processSlots() - 1;

/** A living process that has a slot of the record. */
export interface Holder {
  /** The process's name, such as `simple_mp`. */
  name: string;
  /** The process's pid; 0 for a process of another PID namespace. */
  pid: number;
}

/** Lcores that another process has. */
export interface Conflict {
  /** The lcore ids; none where another process is the primary. */
  lcores: number[];
  /** The process that has these lcores. */
  holder: Holder;
}

/** A holder in words, for messages: `simple_mp (pid 4711)`. */
export function holderText({ name, pid }: Holder): string {
  return `${name || "a process"} (${pid > 0 ? `pid ${pid}` : "in another PID namespace"})`;
}

const pathOf = (folder: string) => `${folder}/${RECORD_FILE}`;

/** The other process that has a slot; undefined where no other process has it. */
function holderOf(slot: number): Holder | undefined {
  const pid = new Uint32Array(1);
  let held = 0;
  const name = readText((text, len) => {
    held = shim().shim_lcore_record_holder(slot, pid, text, len);
    return text.indexOf(0);
  });
  return held > 0 ? { name, pid: pid[0] ?? 0 } : undefined;
}

/** The slots of processes that may be in use. */
function slotsInUse(): number[] {
  const first = processSlots();
  const count = Math.max(0, shim().shim_lcore_record_slots() - first);
  return Array.from({ length: count }, (_, i) => first + i);
}

/** Takes a slot for this process. Returns whether it was free. */
function take(slot: number, name: string): boolean {
  return shim().shim_lcore_record_take(slot, cString(name), startOf(Deno.pid) ?? 0n) !== -EAGAIN;
}

/** Takes the first free slot for a process. */
function enter(name: string): void {
  for (let slot = processSlots(); !take(slot, name); slot++);
}

/** Opens the record; false where there is none, or this process may not write in its folder. */
function open(folder: string, create: boolean): boolean {
  return shim().shim_lcore_record_open(cString(pathOf(folder)), create ? 1 : 0) === 0;
}

/**
 * Opens the record of a folder, runs `look`, and closes the record; `otherwise` where there is
 * none.
 */
function looking<T>(folder: string, look: () => T, otherwise: T): T {
  if (!open(folder, false)) return otherwise;
  try {
    return look();
  } finally {
    shim().shim_lcore_record_close();
  }
}

/** The lcores of all other processes in the record of a folder. */
export function recordedLcores(folder: string): Set<number> {
  const all = Array.from({ length: maxLcores() }, (_, id) => id);
  return looking(folder, () => new Set(all.filter((id) => holderOf(id))), new Set());
}

/**
 * The primary in the record of a folder, whatever PID namespace it is in; undefined where it is not
 * entered.
 */
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
   * Enters this process and its lcores into the record, where other processes see them from now on.
   *
   * @param role A primary makes the folder where it is missing, as EAL would.
   * @returns the entry; or the process that has some of these lcores, and then nothing is entered;
   * undefined where no record can be kept, as in a folder in which this process may not write.
   */
  static enter(
    folder: string,
    role: "primary" | "secondary",
    lcores: Iterable<number>,
  ): LcoreRecord | Conflict | undefined {
    // in ascending order: of several processes that want the same lcores, one gets all
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
        // EAL says why the folder cannot be made
      }
    }
  }

  #take(): Conflict | undefined {
    for (const slot of this.#slots) {
      if (take(slot, this.#name)) continue;
      const holder = holderOf(slot);
      // the holder has just ended
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

  /** The pids of the other processes in the record that are in this PID namespace. */
  pids(): Set<number> {
    return new Set(slotsInUse().flatMap((slot) => holderOf(slot)?.pid || []));
  }

  /** The primary, if it is in the record. */
  primary(): Holder | undefined {
    return holderOf(primarySlot());
  }

  /**
   * Enters this process again if the folder was removed after {@linkcode LcoreRecord.enter}, before
   * EAL held it.
   *
   * @returns the process that has taken some of the lcores meanwhile; undefined where none has.
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
