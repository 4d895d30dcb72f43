/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef SHIM_CRASH_H
#define SHIM_CRASH_H

/*
 * Until crash_unwatch(), whatever ends this process in EAL's start first shows the log that is
 * held, says one line that begins with `name`, and removes what the start has made (files.h).
 * Then a signal ends the process as it would have done, and an exit() has status 1.
 */
void crash_watch(const char *name);
void crash_unwatch(void);

#endif
