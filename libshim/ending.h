/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef SHIM_ENDING_H
#define SHIM_ENDING_H

#include <stdbool.h>

/*
 * Around the start of a secondary: one that a signal kills there may hold a lock in shared
 * memory, which records no owner. What came meanwhile has its effect when it is over.
 */
void ending_starting(bool starting);

/* In a handler: whether this signal is to wait. */
bool ending_waits(int sig);

#endif
