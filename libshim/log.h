/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef SHIM_LOG_H
#define SHIM_LOG_H

/*
 * From here on, log lines wait for shim_log_release(). So does what EAL prints by other ways:
 * usage goes to stdout, "EAL: FATAL" straight to stderr. -errno where they cannot wait.
 */
int log_hold(void);
/* Writes what waits to stderr, from a signal handler. */
void log_show_held(void);

#endif
