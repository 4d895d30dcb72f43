/**
 * Handles on their way to a Worker: plain data there and back.
 *
 * A structured clone of a handle would be an empty object, since its pointer is private and its
 * class another one in the other thread. So a handle becomes what it is found by, and is found again.
 *
 * @module
 */

import { DpdkError } from "./boundary/errors.ts";

/** What a handle becomes; the key is one that no data of a program has. */
interface Sent {
  "denodpdk handle": string;
  by: unknown;
}

/** The method by which a handle says what it is found by. */
export const handedOver: unique symbol = Symbol("denodpdk handle");

/** A handle that can be given to a Worker. */
export interface Transferable {
  /** @internal Its kind, and what it is found by. */
  [handedOver](): { kind: string; by: unknown };
}

const finders = new Map<string, (by: never) => unknown>();

/** From here on handles of this kind are found so, in this thread. */
export function findHandlesBy<By>(kind: string, find: (by: By) => unknown): void {
  finders.set(kind, find);
}

const isPlain = (value: object) => {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

/** Calls `change` for all values in plain objects and arrays; what it returns takes their place. */
function mapped(value: unknown, change: (value: object) => unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const changed = change(value);
  if (changed !== undefined) return changed;
  if (Array.isArray(value)) return value.map((one) => mapped(one, change));
  if (!isPlain(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, mapped(one, change)]),
  );
}

/** Data for another thread: handles in its plain objects and arrays become plain data. */
export function packHandles(data: unknown): unknown {
  return mapped(data, (value) => {
    if (!(handedOver in value)) return undefined;
    const { kind, by } = (value as Transferable)[handedOver]();
    return { "denodpdk handle": kind, by } satisfies Sent;
  });
}

/**
 * Data from another thread: what was a handle there is one here.
 *
 * @throws {DpdkError} when there is no such object any more, or this thread's module imports nothing
 * that knows such handles.
 */
export function unpackHandles(data: unknown): unknown {
  return mapped(data, (value) => {
    if (!("denodpdk handle" in value)) return undefined;
    const { "denodpdk handle": kind, by } = value as Sent;
    const find = finders.get(kind);
    if (find) return find(by as never);
    throw new DpdkError({
      operation: `${kind} from another thread`,
      reason: "this Worker has not loaded the class of this handle",
      hint: `import ${kind} from "denodpdk"`,
    });
  });
}
