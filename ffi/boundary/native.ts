/**
 * What all rooms use to call the shim: results, texts, lists, checks, and wrappers that must end
 * with EAL. Internal: no entry exports any of it.
 *
 * @module
 */

import { SHIM_NAME, SOCKET_ID_ANY, UINT32_MAX } from "./constants.ts";
import { DpdkError } from "./errors.ts";
import { shim } from "./library.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Refuses a text that C would read as another one: C ends it at a NUL, and half a surrogate pair is
 * no character.
 */
export function checkText(text: string): string {
  if (!text.includes("\0") && text.isWellFormed()) return text;
  throw new RangeError(
    `expected a text without NUL or half characters, got ${JSON.stringify(text)}`,
  );
}

/** A text as a C string: UTF-8 and a NUL. */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(`${checkText(text)}\0`);
}

/** Several C strings, one behind the other. */
export function cStrings(texts: readonly string[]): Uint8Array<ArrayBuffer> {
  return encoder.encode(texts.map((text) => `${checkText(text)}\0`).join(""));
}

/** A text that the shim writes into a buffer; the shim returns its whole length. */
export function readText(read: (text: Uint8Array<ArrayBuffer>, len: number) => number): string {
  let buffer = new Uint8Array(256);
  let length = read(buffer, buffer.length);
  if (length >= buffer.length) {
    buffer = new Uint8Array(length + 1);
    length = read(buffer, buffer.length);
  }
  return length <= 0 ? "" : decoder.decode(buffer.subarray(0, length));
}

/** A list of numbers or addresses that the shim writes; it returns how many there are. */
export function readList<T extends Uint32Array | BigUint64Array>(
  operation: string,
  make: (length: number) => T,
  read: (list: T, len: number) => number,
  width = 1,
): T {
  for (let room = 64;; room *= 2) {
    const list = make(room * width);
    const count = unwrap(operation, read(list, list.length));
    if (count <= room) return list.subarray(0, count * width) as T;
  }
}

/** The name of an errno, as `EEXIST`, and rte_strerror's text for it. */
export function errnoTexts(errno: number): { code: string; reason: string } {
  return {
    code: readText((text, len) => shim().shim_errno_name(errno, text, len)),
    reason: readText((text, len) => shim().shim_strerror(errno, text, len)),
  };
}

/** Hints for an errno, whatever the operation was. */
const HINTS: Record<string, string> = {
  E_RTE_SECONDARY: "only the primary process can do this",
  E_RTE_NO_CONFIG: "call Eal.init() first",
};

/** The hint of an error: a text, or a function of the errno's name. */
export type Hint = string | ((code: string) => string | undefined);

/** A DpdkError for a negative result of the shim. */
export function failure(operation: string, result: number, hint?: Hint): DpdkError {
  const errno = -result;
  const { code, reason } = errnoTexts(errno);
  const cure = (typeof hint === "function" ? hint(code) : hint) ?? HINTS[code];
  return new DpdkError({ operation, errno, code, reason, ...(cure ? { hint: cure } : {}) });
}

/**
 * Returns a result of the shim that is not negative, and throws the DpdkError that a negative one
 * means.
 */
export function unwrap(operation: string, result: number, hint?: Hint): number {
  if (result < 0) throw failure(operation, result, hint);
  return result;
}

/** Runs a shim function that stores one address, and returns it as a pointer. */
export function unwrapPointer(
  operation: string,
  make: (out: BigUint64Array<ArrayBuffer>) => number,
  hint?: Hint,
): Deno.PointerObject {
  requireEal(operation);
  const out = new BigUint64Array(1);
  unwrap(operation, make(out), hint);
  return toPointer(out[0]);
}

/** Makes a pointer of an address that the shim returned. */
export function toPointer(address: bigint | undefined): Deno.PointerObject {
  const pointer = Deno.UnsafePointer.create(address ?? 0n);
  if (pointer === null) throw new TypeError("the shim returned a null pointer");
  return pointer;
}

/**
 * Memory of JavaScript that C may keep a pointer to. V8 never moves a buffer of its own, and one
 * that is shared can be neither transferred away nor resized, so it stays where it is.
 */
export class StableMemory {
  /** The memory, zeroed. */
  readonly buffer: SharedArrayBuffer;
  /** Where C finds it. */
  readonly pointer: Deno.PointerObject;

  /** Memory of as many bytes, at least one. */
  constructor(bytes: number) {
    this.buffer = new SharedArrayBuffer(bytes);
    this.pointer = pointerOf(this.buffer);
  }

  /** Its address. */
  get address(): bigint {
    return Deno.UnsafePointer.value(this.pointer);
  }
}

/** The address of a buffer of JavaScript, which V8 never moves. */
export function addressOf(memory: ArrayBufferLike): bigint {
  return Deno.UnsafePointer.value(pointerOf(memory));
}

/** A pointer to a buffer of JavaScript, for C. */
export function pointerOf(memory: ArrayBufferLike): Deno.PointerObject {
  const view = new Uint8Array(memory);
  // Deno takes shared memory, although its types do not say so
  const pointer = Deno.UnsafePointer.of(view as Uint8Array<ArrayBuffer>);
  if (pointer === null) throw new TypeError("an empty buffer has no address");
  return pointer;
}

/** Whether EAL runs, as the main thread knows without a call; a Worker asks the shim. */
let ealReady = false;

/** Tells this thread that it has started or ended EAL. */
export function setEalReady(ready: boolean): void {
  ealReady = ready;
}

/** Without EAL, DPDK's lookups read memory that does not exist yet. */
export function requireEal(operation: string): void {
  if (ealReady || shim().shim_eal_ready()) return;
  throw new DpdkError({
    operation,
    reason: "EAL is not initialised",
    hint: "call Eal.init() first; after its disposal EAL cannot be used any more",
  });
}

/** The text that begins in a piece of memory, up to its NUL or its end. */
function textAt(memory: ArrayBuffer, at: number, bytes: number): string {
  const text = new Uint8Array(memory, at, bytes);
  const end = text.indexOf(0);
  return decoder.decode(end < 0 ? text : text.subarray(0, end));
}

/** The text that the shim has written into a buffer, up to its NUL. */
export function textIn(buffer: Uint8Array<ArrayBuffer>): string {
  return textAt(buffer.buffer, buffer.byteOffset, buffer.length);
}

/** One of the names that the shim copies one behind the other. */
export function nameAt(names: Uint8Array<ArrayBuffer>, index: number): string {
  return textAt(names.buffer, names.byteOffset + index * SHIM_NAME, SHIM_NAME);
}

/** Room for names that the shim copies. */
export function nameRoom(count: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(count * SHIM_NAME);
}

/** A structure of C, as `constants.ts` describes it. */
export interface Layout {
  /** Size of the structure in bytes. */
  readonly bytes: number;
  /** Where each member lies, bytes from the beginning. */
  readonly at: Readonly<Record<string, number>>;
  /** The type of each member, or the length of a text. Lists are left out. */
  readonly types: Readonly<Record<string, MemberType | number>>;
}

/** How a member is read. */
type MemberType = "u8" | "u16" | "u32" | "i32" | "u64";

/** The members of a structure by their names in C. */
export type Members<L extends Layout> = {
  -readonly [Name in keyof L["types"]]: L["types"][Name] extends number ? string
    : L["types"][Name] extends "u64" ? bigint
    : number;
};

const MEMBERS: Record<MemberType, (view: DataView, at: number) => number | bigint> = {
  u8: (view, at) => view.getUint8(at),
  u16: (view, at) => view.getUint16(at, true),
  u32: (view, at) => view.getUint32(at, true),
  i32: (view, at) => view.getInt32(at, true),
  u64: (view, at) => view.getBigUint64(at, true),
};

/** A structure in memory. */
export function structAt<L extends Layout>(
  layout: L,
  memory: ArrayBuffer,
  offset = 0,
): Members<L> {
  const view = new DataView(memory, offset, layout.bytes);
  const members = Object.entries(layout.types).map(([name, type]) => {
    const at = layout.at[name] ?? 0;
    return [
      name,
      typeof type === "number" ? textAt(memory, offset + at, type) : MEMBERS[type](view, at),
    ];
  });
  // each member has the type that the layout gives it
  return Object.fromEntries(members) as Members<L>;
}

/** A structure that a function of the shim fills in. */
export function readStruct<L extends Layout>(
  layout: L,
  fill: (memory: Uint8Array<ArrayBuffer>) => void,
): Members<L> {
  const memory = new Uint8Array(layout.bytes);
  fill(memory);
  return structAt(layout, memory.buffer);
}

/** Writes the members of a structure, which lies in memory that C has a pointer to. */
export function writeStruct<L extends Layout>(
  layout: L,
  memory: ArrayBufferLike,
  members: Members<L>,
  offset = 0,
): void {
  const view = new DataView(memory, offset, layout.bytes);
  for (const [name, value] of Object.entries<bigint | number | string>(members)) {
    const at = layout.at[name] ?? 0;
    if (typeof value === "bigint") view.setBigUint64(at, value, true);
    else if (typeof value === "number") view.setUint32(at, value, true);
  }
}

/** How all objects of a kind are copied at one instant. */
export interface Snapshots<L extends Layout, Info> {
  /** The structure that is copied for each object. */
  layout: L;
  /** Copies all objects, as many as there is room for. Returns how many there are. */
  read(infos: Uint8Array<ArrayBuffer>, len: number): number;
  /** Makes the public form of object number `index`. */
  info(members: Members<L>, index: number): Info;
}

/** All objects of a kind in the running primary, as they were at one instant. */
export function listSnapshots<L extends Layout, Info>(
  operation: string,
  { layout, read, info }: Snapshots<L, Info>,
): Info[] {
  requireEal(operation);
  for (let room = 64;; room *= 2) {
    const infos = new Uint8Array(room * layout.bytes);
    const count = unwrap(operation, read(infos, room));
    if (count > room) continue;
    return Array.from(
      { length: count },
      (_, i) => info(structAt(layout, infos.buffer, i * layout.bytes), i),
    );
  }
}

/** Refuses a number that FFI would change silently: a fraction, a NaN, a number out of range. */
export function checkInteger(what: string, value: number, min: number, max: number): number {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new RangeError(`${what} must be an integer from ${min} to ${max}, got ${value}`);
  }
  return value;
}

/** Refuses bits that FFI would cut to 64; 0n where left out. */
export function checkBits(what: string, bits = 0n): bigint {
  if (BigInt.asUintN(64, bits) === bits) return bits;
  throw new RangeError(`${what} must have 64 bits, got ${bits}`);
}

/** The largest `int` of C. */
const INT32_MAX = UINT32_MAX >>> 1;

/** Checks a NUMA node given as option; `SOCKET_ID_ANY` where it was left out. */
export function checkSocket(socket: number = SOCKET_ID_ANY): number {
  return checkInteger("socket", socket, SOCKET_ID_ANY, INT32_MAX);
}

/**
 * A set of wrappers that depend on something, and must forget their pointers before it ends. The
 * set does not keep them alive.
 */
export class Dependents {
  readonly #detach = new Map<WeakRef<object>, () => void>();
  readonly #collected = new FinalizationRegistry<WeakRef<object>>((ref) =>
    this.#detach.delete(ref)
  );

  /**
   * Adds a wrapper: {@linkcode detachAll} will call `detach`, which must not capture the wrapper,
   * or the wrapper would never be collected.
   *
   * @returns a function that removes the wrapper from the set.
   */
  add<T extends object>(wrapper: T, detach: (wrapper: T) => void): () => void {
    const ref = new WeakRef(wrapper);
    this.#detach.set(ref, () => {
      const alive = ref.deref();
      if (alive) detach(alive);
    });
    this.#collected.register(wrapper, ref, ref);
    return () => {
      this.#detach.delete(ref);
      this.#collected.unregister(ref);
    };
  }

  /** The number of wrappers, including collected ones until the garbage collector has said so. */
  get size(): number {
    return this.#detach.size;
  }

  /** Calls the `detach` of each wrapper; the wrappers stay in the set. */
  callAll(): void {
    for (const call of [...this.#detach.values()]) call();
  }

  /** Calls the `detach` of each wrapper, and empties the set. */
  detachAll(): void {
    const all = [...this.#detach.values()];
    this.#detach.clear();
    for (const detach of all) detach();
  }
}

const tracked = new Dependents();

/**
 * Adds a wrapper to those that forget their pointers when EAL ends; see {@linkcode Dependents.add}.
 */
export function track<T extends object>(wrapper: T, detach: (wrapper: T) => void): () => void {
  return tracked.add(wrapper, detach);
}

/** Makes all wrappers forget their pointers, which dangle after rte_eal_cleanup(). */
export function detachAll(): void {
  tracked.detachAll();
}

/** The error of every use after disposal. */
export function disposed(what: string): never {
  throw new DpdkError({ operation: what, reason: "used after disposal" });
}
