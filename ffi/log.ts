/**
 * Log: `rte_log.h`.
 *
 * @module
 */

import {
  RTE_LOG_ALERT,
  RTE_LOG_CRIT,
  RTE_LOG_DEBUG,
  RTE_LOG_EMERG,
  RTE_LOG_ERR,
  RTE_LOG_INFO,
  RTE_LOG_NOTICE,
  RTE_LOG_WARNING,
  RTE_LOGTYPE_USER1,
} from "./boundary/constants.ts";
import { shim } from "./boundary/library.ts";
import { checkInteger, cString } from "./boundary/native.ts";

/** `RTE_LOG_*`: levels of the log, 1 (emergency) to 8 (debug). */
export const LogLevel = {
  /** The system is unusable. */
  EMERG: RTE_LOG_EMERG,
  /** Action must be taken at once. */
  ALERT: RTE_LOG_ALERT,
  /** Critical conditions. */
  CRIT: RTE_LOG_CRIT,
  /** Errors. */
  ERR: RTE_LOG_ERR,
  /** Warnings. */
  WARNING: RTE_LOG_WARNING,
  /** Normal but significant. */
  NOTICE: RTE_LOG_NOTICE,
  /** Informational. */
  INFO: RTE_LOG_INFO,
  /** For debugging. */
  DEBUG: RTE_LOG_DEBUG,
} as const;

/**
 * Writes `APP: text` and a line end to DPDK's log, which is stderr and syslog: `rte_log` with
 * type USER1, as the C samples do. `--log-level=user1:N` filters it.
 *
 * @throws {RangeError} when the level is none of {@linkcode LogLevel}.
 *
 * @example
 * ```ts
 * import { log, LogLevel } from "denodpdk/eal";
 *
 * log(LogLevel.WARNING, "port 1 has no link"); // APP: port 1 has no link
 * ```
 */
export function log(level: number, text: string): void {
  checkInteger("log level", level, LogLevel.EMERG, LogLevel.DEBUG);
  shim().shim_log(level, RTE_LOGTYPE_USER1, cString(`APP: ${text}\n`));
}
