/**
 * What a person is told to do, where a failure has a known cure.
 *
 * @module
 */

/** Cures what this machine lacks. */
export const SETUP_HINT = Deno.build.standalone
  ? "the program `doctor` tells how"
  : "run `deno task setup`";
