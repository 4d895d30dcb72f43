/**
 * Bursts on a port that does not run.
 *
 * @module
 */

import { DpdkError } from "../boundary/errors.ts";
import { SHIM_NOT_READY } from "../boundary/constants.ts";

/** `SHIM_NOT_READY`: what a burst returns instead of a number of packets. */
export const NOT_READY = SHIM_NOT_READY;

/** The error of a burst on a port that does not run: kept out of the hot functions. */
export function notReady(port: number): never {
  throw new DpdkError({
    operation: `burst on port ${port}`,
    code: "ENOTSUP",
    reason: "the port is not started",
    hint: "start() it first; a Worker that had it before must look it up again",
  });
}
