/**
 * Decides which process a torn ring waits for, and how its update can be finished. This module only
 * decides, from what others have seen, and touches no memory.
 *
 * A side of a ring is *torn* while its head is ahead of its tail: a thread has reserved the places
 * from the tail on, and has not finished. Which thread that is follows by elimination. A living
 * thread of ours has not reserved them unless its slot in the journal says so. A living thread of a
 * foreign process, such as a C sample, has not reserved them if it has made progress since the tail
 * was first seen at this place. When only dead threads are left, one of them has.
 *
 * @module
 */

import type { Slot } from "./journal.ts";

/** A slot of the journal that concerns the torn side. */
export type SideSlot = Pick<Slot, "index" | "owner" | "state" | "head" | "count" | "content"> & {
  /** Whether the slot's process lives or may live. */
  living: boolean;
};

/** A foreign process that may have reserved places on a torn side. */
export interface ForeignGuess {
  /**
   * The numbers of objects that the process may be moving at once; undefined where any number is
   * possible.
   */
  counts: readonly number[] | undefined;
}

/** What was seen of a torn side. */
export interface TornSide {
  tail: number;
  head: number;
  /** The slots that concern this side, without idle ones. */
  slots: readonly SideSlot[];
  /**
   * Pids of foreign processes with a thread that has made no progress since the side was first seen
   * torn.
   */
  foreignInside: readonly number[];
  /**
   * Foreign processes that have ended since the side was first seen torn: one of them may have made
   * the reservation.
   */
  foreignDead: readonly ForeignGuess[];
  /**
   * Living foreign threads that may have reserved places behind the dead one's, and wait. Threads
   * that sleep in a system call have not.
   */
  foreignBehind: readonly ForeignGuess[];
}

/** What to do about a torn side. */
export type Verdict =
  /** Wait: a living process may be in the middle of its update. */
  | { kind: "wait"; owners: bigint[]; pids: number[] }
  /** Look again: what was seen does not fit together, because processes went on meanwhile. */
  | { kind: "again" }
  /**
   * Finish: a dead thread reserved `count` objects. `slot` is that thread's slot, where it is one
   * of ours.
   */
  | { kind: "finish"; count: number; slot: SideSlot | undefined }
  /**
   * Unclear: a dead process made the reservation, but how many objects it covers shows only when no
   * foreign process waits behind it.
   */
  | { kind: "unclear" };

/** How far a place is behind the tail. */
const distance = (place: number, tail: number) => (place - tail) >>> 0;

/**
 * The possible numbers of objects from the tail on, when a dead foreign process has made the first
 * reservation.
 */
function foreignCounts(
  total: number,
  dead: readonly ForeignGuess[],
  behind: readonly ForeignGuess[],
): Set<number> {
  const found = new Set<number>();
  if (dead.length === 0) return found;
  if (behind.length === 0) return found.add(total);
  const firsts = dead.flatMap(({ counts }) => counts ?? []).filter((count) => count <= total);
  const open = [...dead, ...behind].some(({ counts }) => counts === undefined);
  // a reservation of unknown size could end anywhere
  if (open) return found.add(NaN);
  const fits = (left: number, others: readonly ForeignGuess[]): boolean =>
    left === 0 ||
    others.some(({ counts = [] }, i) =>
      counts.some((count) => count <= left && fits(left - count, others.toSpliced(i, 1)))
    );
  for (const count of firsts) if (fits(total - count, behind)) found.add(count);
  return found;
}

/** Decides what to do about a torn side. */
export function decide(side: TornSide): Verdict {
  const { tail, slots, foreignInside, foreignDead, foreignBehind } = side;
  const total = distance(side.head, tail);
  if (total === 0) return { kind: "again" };
  const inside = slots.filter(({ head }) => distance(head, tail) < total);
  const first = inside.filter(({ head }) => head === tail);
  // two threads cannot have the same place
  const certain = first.find(({ state }) => state === "got");
  if (certain && !certain.living) return { kind: "finish", count: certain.count, slot: certain };
  const owners = first.filter(({ living }) => living).map(({ owner }) => owner);
  if (certain || owners.length > 0 || foreignInside.length > 0) {
    return { kind: "wait", owners: certain ? [certain.owner] : owners, pids: [...foreignInside] };
  }
  const behind = inside.filter(({ head }) => head !== tail);
  // where the next reservation that is certain begins
  const known = behind.filter(({ state }) => state === "got");
  const end = Math.min(total, ...known.map(({ head }) => distance(head, tail)));
  const between = behind.filter(({ head }) => distance(head, tail) < end);
  // the living thread has this place or not: that shows when it goes on
  if (between.some(({ living }) => living)) return { kind: "again" };
  const reaches = (from: number, rest: readonly SideSlot[]): boolean =>
    from === end || foreignDead.length + foreignBehind.length > 0 ||
    rest.some((slot, i) =>
      distance(slot.head, tail) === from && from + slot.count <= end &&
      reaches(from + slot.count, rest.toSpliced(i, 1))
    );
  const fitting = first.filter(({ count }) => count <= end && reaches(count, between));
  const counts = new Set(fitting.map(({ count }) => count));
  for (const count of foreignCounts(end, foreignDead, foreignBehind)) counts.add(count);
  const [count] = counts;
  if (counts.size !== 1 || count === undefined) {
    // only a dead thread is left, so its reservation is all that is open
    if (counts.size > 1 && foreignBehind.length === 0 && between.length === 0) {
      return { kind: "finish", count: end, slot: fitting.find(({ count }) => count === end) };
    }
    return counts.size === 0 ? { kind: "again" } : { kind: "unclear" };
  }
  if (Number.isNaN(count)) return { kind: "unclear" };
  return { kind: "finish", count, slot: fitting.find((slot) => slot.count === count) };
}
