/**
 * How objects are shown: by `console.log`, which never throws, and as JSON, which knows no BigInt.
 *
 * @module
 */

import { DpdkError } from "./errors.ts";

/** The method by which an object tells `console.log` and `Deno.inspect` what they show. */
export const inspected: unique symbol = Symbol.for("Deno.customInspect");

/**
 * What `console.log` shows of a handle: a text that its use makes, or that it is disposed of.
 *
 * @param name what it is, as `Ring PRI_2_SEC`.
 * @param text makes the rest; it may throw a {@linkcode DpdkError}, as each use after disposal.
 */
export function shown(name: string, text: () => string): string {
  try {
    return `${name}: ${text()}`;
  } catch (error) {
    if (!(error instanceof DpdkError)) throw error;
    return `${name} (disposed)`;
  }
}

/** An address, or a mask, as people read it and JSON has it: `0x1003fbd40`. */
export function hexText(value: bigint): string {
  return `0x${value.toString(16)}`;
}

/**
 * The type of plain data as `toJSON` methods return it: hexadecimal text in place of each BigInt.
 */
export type Json<T> = { [K in keyof T]: T[K] extends bigint ? string : T[K] };

/** The members of plain data as JSON can have them, which knows no BigInt. */
export function jsonOf<T extends object>(data: T): Json<T> {
  const members = Object.entries(data).map((
    [key, one],
  ) => [key, typeof one === "bigint" ? hexText(one) : one]);
  // each has the type that Json gives it
  return Object.fromEntries(members) as Json<T>;
}

/**
 * Lets plain data with BigInts be given to JSON. The method that does it is not enumerable: copies
 * that `structuredClone` or a spread makes lack it.
 */
export function withJson<T extends object>(data: T): T {
  return Object.defineProperty(data, "toJSON", { value: () => jsonOf(data) });
}
