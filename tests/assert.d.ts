/**
 * Types of what the tests use of `@std/assert`, which has none where it comes from npm.
 *
 * @module
 */

/** Fails unless `expr` is truthy. */
export function assert(expr: unknown, msg?: string): asserts expr;
/** Fails unless both are deeply equal. */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void;
/** Fails if both are deeply equal. */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void;
/** Fails unless both are the same value. */
export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  msg?: string,
): asserts actual is T;
/** Fails if `actual` is null or undefined. */
export function assertExists<T>(actual: T, msg?: string): asserts actual is NonNullable<T>;
/** Fails unless `actual > expected`. */
export function assertGreater<T>(actual: T, expected: T, msg?: string): void;
/** Fails unless `actual >= expected`. */
export function assertGreaterOrEqual<T>(actual: T, expected: T, msg?: string): void;
/** Fails unless `actual < expected`. */
export function assertLess<T>(actual: T, expected: T, msg?: string): void;
/** Fails unless `actual <= expected`. */
export function assertLessOrEqual<T>(actual: T, expected: T, msg?: string): void;
/** Fails unless `actual` matches. */
export function assertMatch(actual: string, expected: RegExp, msg?: string): void;
/** Fails if `actual` matches. */
export function assertNotMatch(actual: string, expected: RegExp, msg?: string): void;
/** Fails unless `actual` contains `expected`. */
export function assertStringIncludes(actual: string, expected: string, msg?: string): void;
/** Fails unless `actual` is an instance of the class. */
export function assertInstanceOf<T extends abstract new (...args: never[]) => unknown>(
  actual: unknown,
  expectedType: T,
  msg?: string,
): asserts actual is InstanceType<T>;
/** Fails unless `fn` throws such an error; returns it. */
export function assertThrows<E extends Error>(
  fn: () => unknown,
  errorClass: abstract new (...args: never[]) => E,
  msgIncludes?: string,
  msg?: string,
): E;
/** Fails unless the promise of `fn` is rejected with such an error; returns it. */
export function assertRejects<E extends Error>(
  fn: () => PromiseLike<unknown>,
  errorClass: abstract new (...args: never[]) => E,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
/** Fails always. */
export function fail(msg?: string): never;
