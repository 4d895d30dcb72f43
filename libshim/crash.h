/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef SHIM_CRASH_H
#define SHIM_CRASH_H

#include <stdint.h>

/*
 * Until crash_unwatch(), whatever ends this process in EAL's start first shows the log that is
 * held, says one line that begins with `name`, and removes what the start has made. Then a
 * signal ends the process as it would have done, and an exit() has status 1.
 *
 * made: n_made pairs of a folder and a file prefix, each with its NUL. The first folder is the
 * runtime folder: nothing is removed unless this process holds the lock on its `config`.
 * Hugepage files with the prefix are removed from the others, and all from the first.
 */
void crash_watch(const char *name, const char *made, uint32_t n_made);
void crash_unwatch(void);

#endif
