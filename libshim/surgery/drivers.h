/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef SHIM_DRIVERS_H
#define SHIM_DRIVERS_H

#include <stdbool.h>

/*
 * Before EAL loads drivers as plugins: these find the functions of this library before DPDK's and
 * others' of the same name. True where they will, as where drivers are inside.
 */
bool drivers_find_us(void);

#endif
