/**
 * How objects are shown by `console.log`, which must not throw, and in JSON, which has no BigInt.
 *
 * @module
 */

import { DpdkError } from "./errors.ts";

/** The name of the method that `console.log` and `Deno.inspect` call for their text. */
export const inspected: unique symbol = Symbol.for("Deno.customInspect");

/**
 * The text that `console.log` shows for a handle, or "disposed" for one that was disposed of.
 *
 * @param name the name of the object, such as `Ring PRI_2_SEC`.
 * @param text makes the rest of the text; it may throw a {@linkcode DpdkError}, as every use after
 * disposal does.
 */
export function shown(name: string, text: () => string): string {
  try {
    return `${name}: ${text()}`;
  } catch (error) {
    if (!(error instanceof DpdkError)) throw error;
    return `${name} (disposed)`;
  }
}

/** An address or a mask as hexadecimal text: `0x1003fbd40`. */
export function hexText(value: bigint): string {
  return `0x${value.toString(16)}`;
}

/**
 * The type of plain data as `toJSON` methods return it: hexadecimal text in place of each BigInt.
 */
export type Json<T> = { [K in keyof T]: T[K] extends bigint ? string : T[K] };

/** Plain data in the form that JSON can have, without BigInts. */
export function jsonOf<T extends object>(data: T): Json<T> {
  const members = Object.entries(data).map((
    [key, one],
  ) => [key, typeof one === "bigint" ? hexText(one) : one]);
  // each member has the type that Json gives it
  return Object.fromEntries(members) as Json<T>;
}

/**
 * Adds a `toJSON` method to plain data with BigInts. The method is not enumerable, so copies by
 * `structuredClone` or a spread lack it.
 */
export function withJson<T extends object>(data: T): T {
  return Object.defineProperty(data, "toJSON", { value: () => jsonOf(data) });
}
