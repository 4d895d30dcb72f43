/**
 * Counts handles: a shared object of which this process has several handles lives until the last of
 * them goes. `libshim/handles.c` counts the handles of all threads.
 *
 * @module
 */

import { DpdkError } from "./errors.ts";
import { shim } from "./library.ts";
import { Dependents, track } from "./native.ts";

/** The handles of this thread, by the address of their object. */
const living = new Map<bigint, Dependents>();

/** Releases the object of a handle that was garbage collected without disposal. */
const collected = new FinalizationRegistry<Deno.PointerObject>((object) => {
  shim().shim_handle_drop(object, 0);
});

/**
 * Releases a handle, once. With `free`, the object is freed with its last handle. Returns what
 * freeing returned.
 */
export type Release = (free: boolean) => number;

/**
 * Registers `handle` as a handle of an object, which the shim has counted already.
 *
 * @param detach makes the handle forget its pointer and release it. Called when another handle of
 * this thread frees the object, and when EAL ends. It must not capture the handle.
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

/** The handle that mapped each memory, which must not be collected before the memory is. */
const mappers = new WeakMap<ArrayBuffer, object>();

/**
 * Maps shared memory as an `ArrayBuffer`. Its owner is not collected before the last view of the
 * memory is.
 */
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
 * Detaches mapped memory from all its views, which have length 0 then: reading unmapped memory
 * through a view would be a segmentation fault.
 *
 * @returns false when the memory was transferred to another thread, which may still have views of
 * it.
 */
export function unmapMemory(memory: ArrayBuffer): boolean {
  if (memory.detached) return false;
  memory.transfer();
  return true;
}

/** The error of freeing an object whose memory {@linkcode unmapMemory} could not detach. */
export function givenAway(what: string): DpdkError {
  return new DpdkError({
    operation: `free ${what}`,
    code: "EBUSY",
    reason: "its memory was transferred to another thread, so it cannot be freed",
    hint: "let a Worker look it up by its name instead",
  });
}
