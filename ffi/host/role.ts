/**
 * Which role a process has among those of its file prefix.
 *
 * @module
 */

import type { EalOptions } from "./eal_options.ts";
import { DpdkError } from "../boundary/errors.ts";
import { preflight, type PreflightOptions } from "./preflight.ts";
import type { LcoreRecord } from "./lcore_record.ts";
import { type OverlapOptions, takeLcores } from "./overlap.ts";

/** How often a process looks whether the primary that came first is there, in milliseconds. */
const PERIOD = 5;

/** For how long at most: it is there long before its start is over. */
const LIMIT = 30_000;

/** A role, and the entry in the record of lcores that goes with it. */
export interface Role {
  /** What the process is to EAL. */
  role: "primary" | "secondary";
  /** Its entry; undefined where no record is kept. */
  record: LcoreRecord | undefined;
}

/**
 * Takes a role before EAL starts. Of several processes with `--proc-type=auto` that start in the
 * same instant, one becomes the primary; the others wait until it is there, or has failed.
 *
 * @throws {DpdkError} one line that names what stands in the way.
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
