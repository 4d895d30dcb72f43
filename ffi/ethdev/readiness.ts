/**
 * The error of sending or receiving on a port that is not started.
 *
 * @module
 */

import { DpdkError } from "../boundary/errors.ts";
import { SHIM_NOT_READY } from "../boundary/constants.ts";

/**
 * `SHIM_NOT_READY`: what calls return instead of a number of packets when the port is not started.
 */
export const NOT_READY = SHIM_NOT_READY;

/**
 * Throws the error of a port that is not started. Kept out of the hot functions, so that they stay
 * small.
 */
export function notReady(port: number): never {
  throw new DpdkError({
    operation: `burst on port ${port}`,
    code: "ENOTSUP",
    reason: "the port is not started",
    hint: "start() it first; a Worker that had it before must look it up again",
  });
}
