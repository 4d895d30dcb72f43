/**
 * Decides whether a process becomes the primary of its file prefix or a secondary.
 *
 * @module
 */

import type { EalOptions } from "./eal_options.ts";
import { DpdkError } from "../boundary/errors.ts";
import { preflight, type PreflightOptions } from "./preflight.ts";
import type { LcoreRecord } from "./lcore_record.ts";
import { type OverlapOptions, takeLcores } from "./overlap.ts";

/** Milliseconds between two looks whether the primary that came first has started. */
const PERIOD = 5;

/**
 * The most milliseconds of all looks together; the primary can be seen long before its start is
 * over.
 */
const LIMIT = 30_000;

/** A role, and the process's entry in the record of lcores. */
export interface Role {
  /** The process type for EAL. */
  role: "primary" | "secondary";
  /** The process's entry in the record; undefined where no record is kept. */
  record: LcoreRecord | undefined;
}

/**
 * Takes a role before EAL starts. Of several processes with `--proc-type=auto` that start in the
 * same instant, one becomes the primary; the others wait until it has started or failed.
 *
 * @throws {DpdkError} one line that names the obstacle.
 */
export function takeRole(
  options: EalOptions,
  preferences: PreflightOptions & OverlapOptions,
): Role {
  const sleep = new Int32Array(new SharedArrayBuffer(4));
  const end = performance.now() + LIMIT;
  while (performance.now() < end) {
    const role = preflight(options, preferences);
    const record = takeLcores(options, role, preferences);
    if (record !== "second") return { role, record };
    Atomics.wait(sleep, 0, 0, PERIOD);
  }
  throw new DpdkError({
    operation: "--proc-type=auto",
    reason:
      `another process has been about to become the primary of file prefix '${options.filePrefix}' ` +
      `for ${LIMIT / 1000} s`,
  });
}
