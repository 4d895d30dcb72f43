/* SPDX-License-Identifier: BSD-3-Clause */

/* rte_cycles.h */

#include <rte_cpuflags.h>
#include <rte_cycles.h>

#include "cycles.h"
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

/*
 * Whether the counter counts at one rate, whatever the CPU's clock is and how deep it sleeps: CPUID
 * 0x80000007, EDX bit 8. The system timer of arm64, CNTVCT_EL0, always does.
 */
uint32_t
shim_tsc_invariant(void)
{
#ifdef RTE_ARCH_X86
	return rte_cpu_get_flag_enabled(RTE_CPUFLAG_INVTSC) == 1;
#else
	return 1;
#endif
}

/*
 * Counts in a second by the kernel's clock, between this thread's first call and this one, which
 * waits until they are that far apart.
 */
double
shim_tsc_measure(uint32_t least_us)
{
	static __thread struct tsc_reading first;
	struct tsc_reading last;

	if (first.ns == 0)
		first = tsc_read(CLOCK_MONOTONIC);
	last = tsc_read(CLOCK_MONOTONIC);
	if (last.ns - first.ns < least_us * UINT64_C(1000)) {
		rte_delay_us_sleep(least_us - (uint32_t)((last.ns - first.ns) / 1000));
		last = tsc_read(CLOCK_MONOTONIC);
	}
	return tsc_between(first, last);
}

void
shim_tsc_wall(struct shim_wall *wall)
{
	const struct tsc_reading now = tsc_read(CLOCK_REALTIME);

	wall->tsc = now.tsc;
	wall->ns = now.ns;
}

void
shim_delay_us_sleep(uint32_t us)
{
	rte_delay_us_sleep(us);
}
