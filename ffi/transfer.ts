/**
 * Sends handles to Workers: a handle becomes plain data, and a handle again in the Worker.
 *
 * A structured clone of a handle would be an empty object: the pointer is private, and the other
 * thread has a class of its own. So the name or number by which the object can be looked up is
 * sent, and the other thread looks it up.
 *
 * @module
 */

import { DpdkError } from "./boundary/errors.ts";

/** The plain data that is sent for a handle. No data of a program has this key. */
interface Sent {
  "denodpdk handle": string;
  by: unknown;
}

/** The name of the method that returns what a handle is looked up by. */
export const handedOver: unique symbol = Symbol("denodpdk handle");

/** A handle that can be sent to a Worker. */
export interface Transferable {
  /** @internal The handle's kind, and the name or number by which it is looked up. */
  [handedOver](): { kind: string; by: unknown };
}

const finders = new Map<string, (by: never) => unknown>();

/** Registers how this thread looks up handles of a kind. */
export function findHandlesBy<By>(kind: string, find: (by: By) => unknown): void {
  finders.set(kind, find);
}

const isPlain = (value: object) => {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

/**
 * Calls `change` for all objects in plain objects and arrays, and puts what it returns in their
 * place.
 */
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

/** Prepares data for another thread: handles in plain objects and arrays become plain data. */
export function packHandles(data: unknown): unknown {
  return mapped(data, (value) => {
    if (!(handedOver in value)) return undefined;
    const { kind, by } = (value as Transferable)[handedOver]();
    return { "denodpdk handle": kind, by } satisfies Sent;
  });
}

/**
 * Restores data from another thread: handles are looked up in this thread.
 *
 * @throws {DpdkError} when an object does not exist any more, or this thread has not loaded the
 * class of a handle.
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
