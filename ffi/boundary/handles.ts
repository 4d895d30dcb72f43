/**
 * How long a shared object lives that this process has several handles of: until the last one goes.
 * `libshim/handles.c` counts those of all threads.
 *
 * @module
 */

import { DpdkError } from "./errors.ts";
import { shim } from "./library.ts";
import { Dependents, track } from "./native.ts";

/** By the address of an object, this thread's handles of it. */
const living = new Map<bigint, Dependents>();

/** A handle that nobody disposed of keeps its object no longer than itself. */
const collected = new FinalizationRegistry<Deno.PointerObject>((object) => {
  shim().shim_handle_drop(object, 0);
});

/** Ends a handle, once; with `free` the object goes with its last handle. What the freeing returned. */
export type Release = (free: boolean) => number;

/**
 * From here on `handle` is a handle of an object, which the shim gave and has counted already.
 *
 * @param detach Makes the handle forget its pointer and release it: called when the object is freed
 * by another handle of this thread, and when EAL ends. It must not capture the handle.
 */
export function holdObject<T extends object>(
  handle: T,
  object: Deno.PointerObject,
  detach: (handle: T) => void,
): Release {
  const address = Deno.UnsafePointer.value(object);
  const all = living.get(address) ?? new Dependents();
  living.set(address, all);
  const forget = [track(handle, detach), all.add(handle, detach)];
  const token = {};
  collected.register(handle, object, token);
  let held = true;
  return (free) => {
    if (!held) return 0;
    held = false;
    for (const one of forget) one();
    collected.unregister(token);
    if (free) all.detachAll();
    if (all.size === 0 && living.get(address) === all) living.delete(address);
    return shim().shim_handle_drop(object, Number(free));
  };
}

/** Who must live as long as mapped memory does: a handle, by the memory that it mapped. */
const mappers = new WeakMap<ArrayBuffer, object>();

/** Maps shared memory. Its owner is not collected before the last view of it is. */
export function mapMemory(
  address: Deno.PointerObject,
  length: number,
  owner: object,
): ArrayBuffer {
  const memory = Deno.UnsafePointerView.getArrayBuffer(address, length);
  mappers.set(memory, owner);
  return memory;
}

/**
 * Takes mapped memory away from all views of it: a view of memory that is unmapped would be a
 * segmentation fault, an empty one is not.
 *
 * @returns false where it was given away by a transfer, and somebody may have views of it still.
 */
export function unmapMemory(memory: ArrayBuffer): boolean {
  if (memory.detached) return false;
  memory.transfer();
  return true;
}

/** The error of freeing what {@linkcode unmapMemory} could not take back. */
export function givenAway(what: string): DpdkError {
  return new DpdkError({
    operation: `free ${what}`,
    code: "EBUSY",
    reason: "its memory was transferred to another thread, so it cannot be freed",
    hint: "let a Worker look it up by its name instead",
  });
}
