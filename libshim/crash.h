/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef SHIM_CRASH_H
#define SHIM_CRASH_H

#include <stdint.h>

/*
 * Until crash_unwatch(), a signal by which EAL's start ends this process first shows the log
 * that is held, says one line that begins with `name`, and removes what the start has made.
 * Then the signal ends the process as it would have done.
 *
 * made: n_made pairs of a folder and a file prefix, each with its NUL. The first folder is the
 * runtime folder: nothing is removed unless this process holds the lock on its `config`.
 * Hugepage files with the prefix are removed from the others, and all from the first.
 */
void crash_watch(const char *name, const char *made, uint32_t n_made);
void crash_unwatch(void);

#endif
