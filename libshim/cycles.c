/* SPDX-License-Identifier: BSD-3-Clause */

/* rte_cycles.h */

#include <rte_cycles.h>

#include "shim.h"

uint64_t
shim_tsc(void)
{
	return rte_rdtsc();
}

uint64_t
shim_tsc_hz(void)
{
	return rte_get_tsc_hz();
}

/* Exact to 2^53 cycles, a month at 3 GHz; behind that to a cycle or two. */
double
shim_tsc_cycles(void)
{
	return (double)rte_rdtsc();
}

void
shim_delay_us_sleep(uint32_t us)
{
	rte_delay_us_sleep(us);
}
