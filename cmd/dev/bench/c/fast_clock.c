/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * For LD_PRELOAD with dpdk-test: its mempool_perf_autotest runs each of 500 cases for 5 seconds of
 * a clock that it believes to have a slower beat than it has. What it prints as objects in a second
 * of its own is cycles per object all the same: CLOCK_HZ / rate.
 */

#include <stdint.h>

#define CLOCK_HZ 10000000

uint64_t rte_get_tsc_hz(void);

uint64_t
rte_get_tsc_hz(void)
{
	return CLOCK_HZ;
}
