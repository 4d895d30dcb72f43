/**
 * Whose reservation a ring waits for, and how it is finished: the decision alone, from what was seen.
 *
 * A side of a ring is *torn* while its head is before its tail: somebody has reserved what lies
 * from the tail on. Who that is follows by elimination. A thread of ours that lives is not inside
 * there unless its slot says so. A thread of a foreign process, as of a C sample, is not unless it
 * has made no progress since the tail was first seen there. When only dead ones are left, one of
 * them has it.
 *
 * @module
 */

import type { Slot } from "./journal.ts";

/** A slot of the torn side. */
export type SideSlot = Pick<Slot, "index" | "owner" | "state" | "head" | "count" | "content"> & {
  /** Whether its process lives, or may. */
  living: boolean;
};

/** A foreign process that may have something to do with a torn side. */
export interface ForeignGuess {
  /** How many objects it moves at once, one of these; undefined for any number. */
  counts: readonly number[] | undefined;
}

/** What was seen of a torn side. */
export interface TornSide {
  tail: number;
  head: number;
  /** What the slots say that are about this side, idle ones left out. */
  slots: readonly SideSlot[];
  /** Foreign processes, by pid, with a thread that has made no progress since. */
  foreignInside: readonly number[];
  /** Foreign processes that ended since: one of them may have the reservation. */
  foreignDead: readonly ForeignGuess[];
  /** Living foreign threads that may wait behind; those asleep outside do not. */
  foreignBehind: readonly ForeignGuess[];
}

/** What is to be done. */
export type Verdict =
  /** Nothing: a living process may be inside. */
  | { kind: "wait"; owners: bigint[]; pids: number[] }
  /** Nothing yet: what was seen does not fit together, as while others go on. */
  | { kind: "again" }
  /** These objects are a dead thread's; its slot, where it is one of ours. */
  | { kind: "finish"; count: number; slot: SideSlot | undefined }
  /** A dead process's, but how many objects only shows when no foreign one waits behind. */
  | { kind: "unclear" };

/** How far a place is behind the tail. */
const distance = (place: number, tail: number) => (place - tail) >>> 0;

/** How many objects there may be from the tail to a place, when a dead foreign process has the first. */
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
  // one of unknown size could be anywhere
  if (open) return found.add(NaN);
  const fits = (left: number, others: readonly ForeignGuess[]): boolean =>
    left === 0 ||
    others.some(({ counts = [] }, i) =>
      counts.some((count) => count <= left && fits(left - count, others.toSpliced(i, 1)))
    );
  for (const count of firsts) if (fits(total - count, behind)) found.add(count);
  return found;
}

/** Decides. */
export function decide(side: TornSide): Verdict {
  const { tail, slots, foreignInside, foreignDead, foreignBehind } = side;
  const total = distance(side.head, tail);
  if (total === 0) return { kind: "again" };
  const inside = slots.filter(({ head }) => distance(head, tail) < total);
  const first = inside.filter(({ head }) => head === tail);
  // it cannot be two threads'
  const certain = first.find(({ state }) => state === "got");
  if (certain && !certain.living) return { kind: "finish", count: certain.count, slot: certain };
  const owners = first.filter(({ living }) => living).map(({ owner }) => owner);
  if (certain || owners.length > 0 || foreignInside.length > 0) {
    return { kind: "wait", owners: certain ? [certain.owner] : owners, pids: [...foreignInside] };
  }
  const behind = inside.filter(({ head }) => head !== tail);
  // where the next reservation begins that is known for sure
  const known = behind.filter(({ state }) => state === "got");
  const end = Math.min(total, ...known.map(({ head }) => distance(head, tail)));
  const between = behind.filter(({ head }) => distance(head, tail) < end);
  // it has the place or not as soon as it goes on
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
    // only a dead one is left, so what it has is all there is
    if (counts.size > 1 && foreignBehind.length === 0 && between.length === 0) {
      return { kind: "finish", count: end, slot: fitting.find(({ count }) => count === end) };
    }
    return counts.size === 0 ? { kind: "again" } : { kind: "unclear" };
  }
  if (Number.isNaN(count)) return { kind: "unclear" };
  return { kind: "finish", count, slot: fitting.find((slot) => slot.count === count) };
}
