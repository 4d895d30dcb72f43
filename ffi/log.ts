/**
 * Log: `rte_log.h`.
 *
 * @module
 */

import { shim } from "./boundary/library.ts";
import { checkInteger, cString } from "./boundary/native.ts";

/** `RTE_LOG_*`: the smaller, the graver. */
export const LogLevel = {
  /** The system is unusable. */
  EMERG: 1,
  /** Action must be taken at once. */
  ALERT: 2,
  /** Critical conditions. */
  CRIT: 3,
  /** Errors. */
  ERR: 4,
  /** Warnings. */
  WARNING: 5,
  /** Normal but significant. */
  NOTICE: 6,
  /** Informational. */
  INFO: 7,
  /** For debugging. */
  DEBUG: 8,
} as const;

const RTE_LOGTYPE_USER1 = 24;

/**
 * Writes `APP: text` and a line end to DPDK's log, which is stderr and syslog: `rte_log` with
 * type USER1, as the C samples do. `--log-level=user1:N` filters it.
 *
 * @throws {RangeError} when the level is none of {@linkcode LogLevel}.
 */
export function log(level: number, text: string): void {
  checkInteger("log level", level, LogLevel.EMERG, LogLevel.DEBUG);
  shim().shim_log(level, RTE_LOGTYPE_USER1, cString(`APP: ${text}\n`));
}
