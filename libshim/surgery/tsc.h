/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef SHIM_TSC_H
#define SHIM_TSC_H

#include <stdbool.h>

/* For how long the time stamp counter is measured. */
#define TSC_WINDOW_NS (20 * 1000 * 1000)

/* tsc.c: whether a function of ours measures it, in place of EAL's. */
bool tsc_is_replaced(void);

/*
 * tsc_sleep.c: until tsc_unwatch(), the sleep in which EAL measures it is cut short. Both are called
 * by the thread that starts EAL.
 */
void tsc_watch(void);
void tsc_unwatch(void);

#endif
