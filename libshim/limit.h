/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef SHIM_LIMIT_H
#define SHIM_LIMIT_H

#include <stdint.h>

/*
 * Unless it is cleared in time, this process says its last words on stderr and ends, status 1.
 * It has ITIMER_REAL and SIGALRM meanwhile. -errno where there can be no limit.
 */
int limit_set(uint32_t ms, const char *last_words);
/* Does nothing where none is set. */
void limit_clear(void);

#endif
